-- Grain: one std dossier record that is gone from its source, and that no new batch has written.
insert into pg_temp.staged_record (node, source_id, source_key, round, dossier_id, rule, weight, {carried})
select (select coalesce(max(node), 0) from pg_temp.staged_record) + row_number() over (order by r.source_id, r.source_key),
       r.source_id, r.source_key, 0, s.dossier_id, s.rule, s.weight, {carried_values}
from (select distinct source_id, source_key from pg_temp.staged_grave where record_type = 'dossier') g
join std.dossier_record r using (source_id, source_key)
left join core.dossier_source s using (source_id, source_key)
where not exists (select from pg_temp.staged_record c where c.source_id = r.source_id and c.source_key = r.source_key);

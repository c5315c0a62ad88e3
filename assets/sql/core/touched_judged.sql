-- Grain: one std dossier record of which people have said something that core has not heard yet.
insert into pg_temp.staged_record (node, source_id, source_key, round, dossier_id, rule, weight, {carried})
select (select coalesce(max(node), 0) from pg_temp.staged_record) + row_number() over (order by t.source_id, t.source_key),
       t.source_id, t.source_key, 0, s.dossier_id, s.rule, s.weight, {carried_values}
from (
    select source_id_a as source_id, source_key_a as source_key from core.judgement where core_run_id is null
    union
    select source_id_b, source_key_b from core.judgement where core_run_id is null
    except
    select source_id, source_key from pg_temp.staged_record
) t
join std.dossier_record r using (source_id, source_key)
left join core.dossier_source s using (source_id, source_key);

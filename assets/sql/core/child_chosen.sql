-- Grain: one dossier of several records that has children of this type: the record whose set is taken whole.
insert into pg_temp.staged_chosen (dossier_id, is_new, source_id, source_key)
select distinct on (m.dossier_id) m.dossier_id, m.is_new, m.source_id, m.source_key
from pg_temp.staged_member m
join std.dossier_record r using (source_id, source_key)
where m.size > 1 and m.speaks
  and (exists (select from std.{child}_record c
               where c.source_id = m.source_id and c.parent_key = m.source_key and c.is_deleted is not true{real}){by_number})
order by m.dossier_id, {order};

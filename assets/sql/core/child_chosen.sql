-- Grain: one dossier of several records that has children of this type: the record whose set is taken whole.
insert into pg_temp.staged_chosen (dossier_id, is_new, source_id, source_key)
select distinct on (r.dossier_id) r.dossier_id, r.is_new, r.source_id, r.source_key
from pg_temp.staged_told r
where r.speaks
  and (exists (select from std.{child}_record c
               where c.source_id = r.source_id and c.parent_key = r.source_key and c.is_deleted is not true{real}){by_number})
order by r.dossier_id, {order};

-- Grain: (record, kind, number). The numbers by which core knows the records whose numbers may be others now.
insert into pg_temp.staged_held (node, kind, number, dossier_id)
select m.node, t.kind, t.number, t.dossier_id
from (select distinct was_dossier_id as dossier_id from pg_temp.staged_member where is_renumbered) a
join core.dossier_number t using (dossier_id)
join pg_temp.staged_member m on m.source_id = t.source_id and m.source_key = t.source_key and m.is_renumbered;

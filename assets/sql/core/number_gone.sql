-- Numbers that a record no longer carries.
delete from core.dossier_number t
using pg_temp.staged_record c
where t.source_id = c.source_id and t.source_key = c.source_key and c.dossier_id is not null
  and t.dossier_id in (select dossier_id from pg_temp.staged_member union select dossier_id from pg_temp.staged_gone)
  and not exists (select from pg_temp.staged_number n where n.node = c.node and n.kind = t.kind and n.number = t.number);

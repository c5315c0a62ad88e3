-- Provenance of records that decide nothing in common any more, that are elsewhere, or whose dossier is gone.
delete from core.value_origin t
using (select distinct dossier_id from pg_temp.staged_member where not is_new
       union select dossier_id from pg_temp.staged_gone) a
where t.dossier_id = a.dossier_id
  and not exists (select from pg_temp.staged_origin s
                  where s.dossier_id = t.dossier_id and s.source_id = t.source_id and s.source_key = t.source_key);

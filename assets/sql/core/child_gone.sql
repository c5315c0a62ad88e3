-- Children that the chosen record no longer has, that another record's set replaced, or whose dossier is gone.
delete from core.{target} t
using (select distinct dossier_id from pg_temp.staged_member where not is_new
       union select dossier_id from pg_temp.staged_gone) a
where t.dossier_id = a.dossier_id
  and not exists (
      select from pg_temp.staged_kept k
      where k.dossier_id = t.dossier_id and k.source_id = t.source_id and k.source_key = t.source_key);

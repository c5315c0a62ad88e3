-- Grain: (dossier, child record) of new dossiers.
insert into core.{target} (dossier_id, source_id, source_key, {names})
select k.dossier_id, c.source_id, c.source_key, {values}
from pg_temp.staged_kept k join std.{child}_record c using (source_id, source_key)
where k.is_new
order by k.dossier_id;

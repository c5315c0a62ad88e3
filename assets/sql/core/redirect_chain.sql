-- A redirect always names a living dossier.
update core.dossier_redirect r
set to_dossier_id = n.to_dossier_id
from core.dossier_redirect n
where n.from_dossier_id = r.to_dossier_id and r.to_dossier_id in (select dossier_id from pg_temp.staged_gone);

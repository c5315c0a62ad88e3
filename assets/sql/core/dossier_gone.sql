-- A dossier that was merged away is no longer current; its history and redirect stay.
delete from core.dossier where dossier_id in (select dossier_id from pg_temp.staged_gone);

-- How many dossiers have no open version in the history, or an open version and no dossier.
select count(*)
from (select dossier_id from core.dossier_history where recorded_to = 'infinity') h
full join core.dossier d using (dossier_id)
where h.dossier_id is null or d.dossier_id is null;

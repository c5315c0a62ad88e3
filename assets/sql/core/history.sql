-- Grain: (dossier, recorded_from). A new version for each changed known dossier that has no open one any more.
insert into core.dossier_history (dossier_id, recorded_from, recorded_to, core_run_id, {names})
select g.dossier_id, %(now)s, 'infinity', %(run)s, {new}
from pg_temp.staged_changed c
join pg_temp.staged_golden g using (dossier_id)
where not exists (select from core.dossier_history h where h.dossier_id = g.dossier_id and h.recorded_to = 'infinity');

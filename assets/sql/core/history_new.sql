-- Grain: (dossier, recorded_from). The first version of each new dossier.
insert into core.dossier_history (dossier_id, recorded_from, recorded_to, core_run_id, {names})
select d.dossier_id, %(now)s, 'infinity', %(run)s, {old}
from pg_temp.staged_cluster k
join core.dossier d using (dossier_id)
where k.is_new;

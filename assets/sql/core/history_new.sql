-- Grain: (dossier, recorded_from). The first version of each new dossier.
insert into core.dossier_history (dossier_id, recorded_from, recorded_to, core_run_id, told_by, told_at, {names})
select d.dossier_id, %(now)s, 'infinity', %(run)s, d.told_by, d.told_at, {old}
from pg_temp.staged_cluster k
join core.dossier d using (dossier_id)
where k.is_new;

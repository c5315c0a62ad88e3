-- Grain: (dossier, recorded_from). A new version for each changed known dossier that has no open one any more: that of a
-- current dossier has just been closed.
-- The lateral subquery with OFFSET asks for each dossier by index; an anti join reads the open versions of all dossiers.
insert into core.dossier_history (dossier_id, recorded_from, recorded_to, core_run_id, told_by, told_at, {names})
select g.dossier_id, %(now)s, 'infinity', %(run)s, g.told_by, g.told_at, {new}
from pg_temp.staged_changed c
join pg_temp.staged_golden g using (dossier_id)
left join lateral (select v.dossier_id from core.dossier_history v
                   where v.dossier_id = g.dossier_id and v.recorded_to = 'infinity' and not c.is_there offset 0) h on true
where h.dossier_id is null;

-- Grain: one dossier. The current state; first and last recorded times are those of its history.
merge into core.dossier t
using (
    select g.*, h.first_recorded_at, h.last_recorded_at
    from pg_temp.staged_changed c
    join pg_temp.staged_golden g using (dossier_id)
    join (select dossier_id, min(recorded_from) as first_recorded_at, max(recorded_from) as last_recorded_at
          from core.dossier_history where dossier_id in (select dossier_id from pg_temp.staged_changed)
          group by dossier_id) h using (dossier_id)
) s on t.dossier_id = s.dossier_id
when matched then update set {sets}, told_by = s.told_by, told_at = s.told_at, last_recorded_at = s.last_recorded_at
when not matched then insert (dossier_id, {names}, told_by, told_at, first_recorded_at, last_recorded_at)
                      values (s.dossier_id, {new}, s.told_by, s.told_at, s.first_recorded_at, s.last_recorded_at);

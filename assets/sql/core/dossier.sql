-- Grain: one dossier. The current state; recorded times are those of its history, whose newest version is this run's when
-- the dossier stood in core with other values.
merge into core.dossier t
using (
    select g.*, h.first_recorded_at, coalesce(h.last_recorded_at, %(now)s) as last_recorded_at
    from pg_temp.staged_changed c
    join pg_temp.staged_golden g using (dossier_id)
    left join lateral (
        select min(v.recorded_from) as first_recorded_at, max(v.recorded_from) as last_recorded_at
        from core.dossier_history v where v.dossier_id = c.dossier_id and not c.is_there) h on true
) s on t.dossier_id = s.dossier_id
when matched then update set {sets}, told_by = s.told_by, told_at = s.told_at, last_recorded_at = s.last_recorded_at
when not matched then insert (dossier_id, {names}, told_by, told_at, first_recorded_at, last_recorded_at)
                      values (s.dossier_id, {new}, s.told_by, s.told_at, s.first_recorded_at, s.last_recorded_at);

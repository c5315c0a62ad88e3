-- due_moved_after_due: one source told a later due date when the one before had already passed.
-- Input: consecutive versions. Innocent: a stop, a supplement or an apology beside it; another source's date; a date that
-- the source still told rightly by its own version; a clock that stood still at the old date; a source that tells neither
-- steps nor requests for papers, as a register, in which a supplement looks like this. That it was moved after it had
-- passed needs a proof: the old date was told after it had passed, or the source was read between then and the version
-- that moved it (a folder: by a file that was made in between). Day and month exchanged are a correction; of
-- a record that was once refused nobody knows what it said.
with pair as (
    select v.*, lag(v.due_at) over told as old_due_at, lag(v.due_precision) over told as old_precision,
           lag(v.told_by) over told as old_told_by, lag(v.told_at) over told as old_told_at,
           lag(v.stops) over told as old_stops, lag(v.apology_count) over told as old_apologies,
           lag(v.source_count) over told as old_source_count, lag(v.status) over told as old_status,
           lag(v.supplement_count) over told as old_supplements
    from mart.dossier_version v join concerned using (dossier_id)
    window told as (partition by v.dossier_id order by v.recorded_from)
), moved as (
    select p.*, o.family, r.rule_id, r.allowance,
           case when p.old_precision = 'd' then p.old_due_at + interval '1 day' else p.old_due_at end + r.allowance as passed_at
    from pair p
    join ops.source o on o.source_id = p.told_by
    cross join rule r
    where p.due_at > p.old_due_at + r.allowance and p.told_by = p.old_told_by and p.source_count = p.old_source_count
      and p.stops = p.old_stops and p.apology_count = p.old_apologies and p.supplement_count = p.old_supplements
      and (isempty(p.stops) or upper(p.stops) < p.old_due_at)
      and (exists (select from std.step_record y where y.source_id = p.told_by)
           or exists (select from std.supplement_record y where y.source_id = p.told_by))
      and p.old_due_at >= p.effective_received_at and not p.is_deleted and not o.level = any (r.lossy_levels)
      and (p.due_at at time zone 'Asia/Ho_Chi_Minh')::date > (p.old_due_at at time zone 'Asia/Ho_Chi_Minh')::date
      and to_char(p.due_at at time zone 'Asia/Ho_Chi_Minh', 'MMDD')
          <> to_char(p.old_due_at at time zone 'Asia/Ho_Chi_Minh', 'DDMM')
      and not exists (select from core.dossier_source s
                      join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
                      join ops.quarantine q on q.source_id = x.source_id and q.source_key = x.source_key
                      where s.dossier_id = p.dossier_id and s.source_id = p.told_by and q.record_type = 'dossier')
      and coalesce((select bool_or(s.source_id = p.told_by)
                    from core.dossier_source s
                    join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
                    where s.dossier_id = p.dossier_id and x.due_at = p.due_at), true)
), files as materialized (
    -- when the files were made by which these folders were read
    select told_by, told_at from mart.dossier_version
    where told_by in (select told_by from moved where family = 'files')
    group by told_by, told_at
), proven as (
    select m.*, case
        when m.old_told_at > m.passed_at then 'told_after'
        when exists (select from ops.pull q
                     where q.source_id = m.told_by and q.record_type = 'dossier' and q.outcome = 'ok'
                       and q.started_at > m.passed_at and q.started_at < coalesce(m.told_at, m.recorded_from)
                       and q.finished_at <= (select max(c.recorded_at) from ops.core_run c
                                             where c.recorded_at < m.recorded_from))
             and (m.family <> 'files' or exists (
                 select from files f
                 where f.told_by = m.told_by and f.told_at > m.passed_at and f.told_at < m.told_at))
             then 'read_after' end as proof
    from moved m
    where coalesce(least(m.told_at, m.recorded_from), m.recorded_from) > m.passed_at
)
select p.dossier_id, coalesce(least(p.told_at, p.recorded_from), p.recorded_from) as happened_at,
       coalesce(nullif(p.processing_agency_id, 0), p.receiving_agency_id) as agency_id, null::text as officer_id,
       p.recorded_from as detected_at, p.rule_id,
       jsonb_build_object('old_due_at', p.old_due_at, 'new_due_at', p.due_at, 'told_by', p.told_by, 'told_at', p.told_at,
                          'old_told_at', p.old_told_at, 'recorded_from', p.recorded_from, 'proof', p.proof) as evidence
from proven p where p.proof is not null

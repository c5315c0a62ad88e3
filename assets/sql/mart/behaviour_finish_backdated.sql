-- finish_backdated: a dossier that was open is told as finished at a moment that lies working days before it was told.
-- Input: consecutive versions of one source. Innocent: within what the source usually needs; a finish or a hand-over that
-- any record told before; a finish of another record than that which tells the status; a finish that the source's own
-- version bears out, however late it was read; a record that was once refused, so that nobody knows what it said.
-- That it was recorded late needs a proof: the source still told the dossier as open after the finish, or was read
-- between the finish and its version. A folder is read when a file came that was made in between: that nobody sent one
-- proves nothing. So a folder's delay goes up to the last file that did not tell the finish, not to that which told it:
-- its first file brings months at once, which says when it began to send and not how late its clerks write.
with pair as (
    select v.*, lag(v.told_by) over told as old_told_by, lag(v.told_at) over told as old_told_at,
           lag(v.effective_finished_at) over told as old_finished_at, lag(v.source_count) over told as old_source_count,
           coalesce(lag(v.finished_at) over told, lag(v.returned_at) over told) as old_ended_at,
           lag(v.recorded_from) over told as old_recorded_from
    from mart.dossier_version v join concerned using (dossier_id)
    window told as (partition by v.dossier_id order by v.recorded_from)
), closed as (
    select p.*, o.family, r.rule_id, r.allowance, r.backdated_days, r.usual_share, r.least_samples,
           coalesce(least(p.told_at, p.recorded_from), p.recorded_from) as known_at,
           p.finished_at + case when p.finished_precision = 'd' then interval '1 day' else interval '0' end as ended_at
    from pair p
    join ops.source o on o.source_id = p.told_by
    cross join rule r
    where p.old_recorded_from is not null and p.old_finished_at is null and p.old_ended_at is null
      and p.finished_basis = 'finished_at'
      and not p.repaired and p.status in (9, 10) and not p.is_deleted and p.told_by = p.old_told_by
      and p.source_count = p.old_source_count and not o.level = any (r.lossy_levels)
      and coalesce(least(p.told_at, p.recorded_from), p.recorded_from) > p.finished_at + interval '1 day'
      and not exists (select from core.dossier_source s
                      join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
                      join ops.quarantine q on q.source_id = x.source_id and q.source_key = x.source_key
                      where s.dossier_id = p.dossier_id and s.source_id = p.told_by and q.record_type = 'dossier')
      and coalesce((select bool_or(s.source_id = p.told_by)
                    from core.dossier_source s
                    join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
                    where s.dossier_id = p.dossier_id and x.finished_at = p.finished_at), true)
), late as materialized (
    select c.*, k.working_index - f.working_index as days
    from closed c
    join mart.day f on f.day = (c.finished_at at time zone 'Asia/Ho_Chi_Minh')::date
    join mart.day k on k.day = (c.known_at at time zone 'Asia/Ho_Chi_Minh')::date
    where k.working_index - f.working_index >= c.backdated_days
), files as materialized (
    -- when the files were made by which these folders were read, each with the one before it
    select told_by, told_at, lag(told_at) over (partition by told_by order by told_at) as before_at
    from mart.dossier_version
    where told_by in (select told_by from late where family = 'files') and told_at is not null
    group by told_by, told_at
), measured as materialized (
    select l.*, case when l.family = 'files' then greatest(0, b.working_index - f.working_index) else l.days end as delay
    from late l
    join mart.day f on f.day = (l.finished_at at time zone 'Asia/Ho_Chi_Minh')::date
    left join files e on l.family = 'files' and e.told_by = l.told_by and e.told_at = l.told_at
    left join mart.day b on b.day = (e.before_at at time zone 'Asia/Ho_Chi_Minh')::date
), usual as materialized (
    -- how many working days each of these sources usually needs, by closings that nothing followed
    select v.told_by,
           case when count(*) >= r.least_samples
                then percentile_disc(r.usual_share) within group (order by greatest(0, k.working_index - f.working_index))
                else 0 end as days
    from mart.dossier_version v
    cross join rule r
    join ops.source o on o.source_id = v.told_by
    left join files e on o.family = 'files' and e.told_by = v.told_by and e.told_at = v.told_at
    join mart.day f on f.day = (v.finished_at at time zone 'Asia/Ho_Chi_Minh')::date
    join mart.day k
        on k.day = (case when o.family = 'files' then e.before_at else v.told_at end at time zone 'Asia/Ho_Chi_Minh')::date
    where v.told_by in (select told_by from late) and v.status = 9 and v.returned_at is null
      and v.recorded_from > %(now)s::timestamptz - interval '120 days'
      -- one that was told before is told again for another reason, as by who takes a dossier over
      and not exists (select from mart.dossier_version w
                      where w.dossier_id = v.dossier_id and w.recorded_from < v.recorded_from and w.finished_at is not null)
    group by v.told_by, r.usual_share, r.least_samples
), proven as (
    select m.*, case
        when m.old_told_at > m.ended_at + interval '12 hours' then 'told_after'
        when exists (select from ops.pull q
                     where q.source_id = m.told_by and q.record_type = 'dossier' and q.outcome = 'ok'
                       and q.started_at > m.ended_at + interval '12 hours'
                       and q.started_at < coalesce(m.told_at, m.recorded_from)
                       and q.finished_at <= (select max(c.recorded_at) from ops.core_run c
                                             where c.recorded_at < m.recorded_from))
             and (m.family <> 'files' or exists (
                 select from files f
                 where f.told_by = m.told_by and f.told_at > m.ended_at + interval '12 hours' and f.told_at < m.told_at))
             then 'read_after' end as proof
    from measured m
    left join usual u on u.told_by = m.told_by
    where m.delay > coalesce(u.days, 0)
)
select p.dossier_id, p.finished_at as happened_at,
       coalesce(nullif(p.processing_agency_id, 0), p.receiving_agency_id) as agency_id,
       (select s.officer_id from core.dossier_step s where s.dossier_id = p.dossier_id and s.status = 9
        order by s.step_at desc, s.source_key limit 1) as officer_id,
       p.recorded_from as detected_at, p.rule_id,
       jsonb_build_object('finished_at', p.finished_at, 'told_by', p.told_by, 'told_at', p.told_at,
                          'open_until', coalesce(p.old_told_at, p.old_recorded_from), 'recorded_from', p.recorded_from,
                          'working_days', p.days, 'proof', p.proof) as evidence
from proven p where p.proof is not null

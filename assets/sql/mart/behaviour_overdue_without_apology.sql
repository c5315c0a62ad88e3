-- overdue_without_apology: late by a day or more under rule ii06a_td_v1, and no apology, where a feed that tells apologies
-- has told of the dossier since it became late. Innocent: a source that has never told one; a clock that was stopped; a
-- dossier of which its feed has told nothing since it became late; any record with a later appointment or an earlier
-- finish, by which it is not late; a finish that counts only from a receipt after it; day and month in each other's place
-- where nothing but one record tells the date (no other record, request for papers or step).
with late as (
    select v.*, w.outcome, r.rule_id, r.lossy_levels,
           coalesce(v.effective_finished_on, (%(now)s::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date) as ended_on
    from concerned
    join mart.dossier_version v using (dossier_id)
    join mart.verdict w
        on w.dossier_id = v.dossier_id and w.rule_id = 'ii06a_td_v1' and w.outcome in ('overdue', 'overdue_open')
    cross join rule r
    where v.recorded_to = 'infinity' and v.is_counted and v.apology_count = 0 and v.due_at is not null and not v.repaired
      -- an appointment that a stop moved: told to the minute, or with day and month put right, it is the same
      and (isempty(v.stops) or v.due_on is distinct from (v.original_due_at at time zone 'Asia/Ho_Chi_Minh')::date
                               and to_char(v.due_on, 'MMDD')
                                   is distinct from to_char(v.original_due_at at time zone 'Asia/Ho_Chi_Minh', 'DDMM'))
), told as (
    select l.dossier_id, s.source_id, x.version_at, o.level = any (l.lossy_levels) as is_lossy, l.due_at, l.outcome,
           l.due_on, l.ended_on, (x.due_at at time zone 'Asia/Ho_Chi_Minh')::date as told_due_on,
           (x.finished_at at time zone 'Asia/Ho_Chi_Minh')::date as told_finished_on
    from late l
    join core.dossier_source s using (dossier_id)
    join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
    join ops.source o on o.source_id = s.source_id
    where not x.is_deleted
), borne as (
    select t.dossier_id,
           coalesce(bool_or(t.told_due_on >= t.ended_on or t.told_finished_on <= t.due_on), false) as is_denied,
           count(*) filter (where t.told_due_on = t.due_on) as dues,
           count(*) filter (where t.told_finished_on = t.ended_on) as finishes
    from told t group by t.dossier_id
), feed as (
    select distinct on (t.dossier_id) t.dossier_id, t.source_id, t.version_at as told_at
    from told t
    where not t.is_lossy and t.version_at > t.due_at + case when t.outcome = 'overdue' then interval '0' else interval '1 day' end
      and exists (select from std.apology_record a where a.source_id = t.source_id)
    order by t.dossier_id, t.version_at desc, t.source_id
)
select l.dossier_id, l.due_at as happened_at,
       coalesce(nullif(l.processing_agency_id, 0), l.receiving_agency_id) as agency_id, null::text as officer_id,
       l.recorded_from as detected_at, l.rule_id,
       jsonb_build_object('due_at', l.due_at, 'finished_at', l.effective_finished_at, 'told_by', f.source_id,
                          'told_at', f.told_at, 'outcome', l.outcome) as evidence
from late l
join feed f using (dossier_id)
join borne b using (dossier_id)
where not b.is_denied
  and not (b.dues = 1 and extract(day from l.due_on) <= 12
           and make_date(extract(year from l.due_on)::int, extract(day from l.due_on)::int,
                         extract(month from l.due_on)::int) >= l.ended_on
           and not exists (select from core.supplement p
                           where p.dossier_id = l.dossier_id
                             and (p.new_due_at at time zone 'Asia/Ho_Chi_Minh')::date = l.due_on))
  and not (b.finishes = 1 and extract(day from l.ended_on) <= 12
           and make_date(extract(year from l.ended_on)::int, extract(day from l.ended_on)::int,
                         extract(month from l.ended_on)::int) between l.effective_received_on and l.due_on
           and not exists (select from core.dossier_step z
                           where z.dossier_id = l.dossier_id and z.status in (9, 10)
                             and (z.step_at at time zone 'Asia/Ho_Chi_Minh')::date = l.ended_on))

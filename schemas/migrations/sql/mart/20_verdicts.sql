-- mart.verdicts_at: what an overdue rule says of every dossier, as of any moment and as recorded at any moment.
-- Grain: one row per dossier known at recorded_at, received by as_of, not deleted. Input: mart.dossier_version, mart.rule,
-- mart.day. The same rules as polars expressions: hub/rules/overdue.py; a property test holds the two together.
-- What happened after as_of is not known: a later finish is open, a later stop does not stop.
--   ii06a_td_v1      dates; finished without due date, withdrawn: on_time; waiting: within_due (or as the rule says)
--   qd766_td_v1      dates; withdrawn is finished; waiting is not judged
--   qd766_dvcqg_v1   moments; supplements taken out; a second request is overdue; one request and no finish ends there;
--                    without due date the legal one
--   opencps_v1       moments; received and waiting are not judged; early by the hand-over or after an extension: an apology
--                    with a new date or a move that no supplement explains
-- A time known by its day alone is compared by day. late_by: working minutes from the due moment to the finish, or to
-- as_of while open; negative is early; a day of a rule by dates counts as a whole working day.
drop function if exists mart.verdicts(text, date, timestamptz);
drop function if exists mart.verdicts_at(text, timestamptz, timestamptz);
create or replace function mart.verdicts_at(
    rule_id text, as_of timestamptz, recorded_at timestamptz default 'infinity'
) returns table (
    dossier_id bigint, outcome text, basis text, finished_at_used timestamptz, due_at_used timestamptz, late_by integer,
    receiving_agency_id bigint, holder_agency_id bigint
) language sql stable as $$
select v.dossier_id, o.outcome,
       case when o.outcome = 'not_judged' then o.why
            when verdicts_at.rule_id = 'qd766_dvcqg_v1' and o.why is not null then o.why
            when f.is_finished then v.finished_basis
            else 'as_of' end,
       case when o.outcome <> 'not_judged' then coalesce(u.used, case when f.is_finished then v.effective_finished_at end) end,
       case when o.outcome <> 'not_judged' then u.due end,
       case when o.outcome = 'not_judged' or u.due is null then null
            when b.by_day then (e.working_index - d.working_index) * (h.day_s / 60)
            else ((e.working_index - e.is_working::int - d.working_index + d.is_working::int)::bigint * h.day_s
                  + case when e.is_working then greatest(0, least(c.till, h.noon) - h.opening)
                                                + greatest(0, least(c.till, h.closing) - h.afternoon) else 0 end
                  - case when d.is_working then greatest(0, least(c.due, h.noon) - h.opening)
                                                + greatest(0, least(c.due, h.closing) - h.afternoon) else 0 end) / 60
       end::int,
       v.receiving_agency_id, v.holder_agency_id
from mart.dossier_version v
cross join lateral (select (as_of at time zone 'Asia/Ho_Chi_Minh')::date as as_on) a
cross join lateral (
    select coalesce(case when v.finished_precision = 'd' then v.effective_finished_on <= a.as_on
                         else v.effective_finished_at <= as_of end, false) as is_finished,
           v.stops @> as_of or v.status in (5, 6, 8) and not upper_inf(v.stops) as is_waiting,
           case when v.second_supplement_at <= as_of then 2
                when lower(v.supplement_stops) <= as_of then 1 else 0 end as requests) f
cross join lateral (
    -- national: what counts as the finish, before supplements are taken out
    select case when verdicts_at.rule_id <> 'qd766_dvcqg_v1' then null
                when f.is_finished then v.effective_finished_at
                when f.requests = 1 then lower(v.supplement_stops)
                when v.status = 8 then (select max(lower(r)) from unnest(v.stops) r
                                        where lower(r) <= as_of) end as finish) n
cross join lateral (
    select case when n.finish is null then null
                else n.finish - coalesce((select sum(least(upper(r), n.finish) - lower(r)) from unnest(v.supplement_stops) r
                                          where lower(r) < n.finish), interval '0') end as used,
           case when verdicts_at.rule_id = 'qd766_dvcqg_v1' then coalesce(v.due_at, v.legal_due_at) else v.due_at end as due,
           case when verdicts_at.rule_id = 'qd766_dvcqg_v1'
                then as_of - coalesce((select sum(least(upper(r), as_of) - lower(r)) from unnest(v.supplement_stops) r
                                       where lower(r) < as_of), interval '0') else as_of end as till_now) u
cross join lateral (
    select verdicts_at.rule_id in ('ii06a_td_v1', 'qd766_td_v1') or v.due_at is not null and v.due_precision = 'd'
           or (f.is_finished and v.finished_precision = 'd') as by_day,
           coalesce(u.used, case when f.is_finished then v.effective_finished_at end, u.till_now) as till) b
cross join lateral (
    select (b.till at time zone 'Asia/Ho_Chi_Minh')::date as till_on, (u.due at time zone 'Asia/Ho_Chi_Minh')::date as due_on,
           floor(extract(epoch from (b.till at time zone 'Asia/Ho_Chi_Minh')::time))::int as till,
           floor(extract(epoch from (u.due at time zone 'Asia/Ho_Chi_Minh')::time))::int as due) c
cross join lateral (
    select case when b.by_day then c.till_on > c.due_on else b.till > u.due end as is_late,
           case when b.by_day then c.till_on < c.due_on else b.till < u.due end as is_early) l
cross join lateral (
    select case
        when not v.is_counted then 'not_judged'
        when verdicts_at.rule_id = 'ii06a_td_v1' then
            case when f.is_finished then case when v.status = 7 or u.due is null then 'on_time' when l.is_late then 'overdue'
                                              when l.is_early then 'early' else 'on_time' end
                 when f.is_waiting then case when w.waiting_column = 9 then 'on_time' else 'within_due' end
                 when l.is_late then 'overdue_open' else 'within_due' end
        when verdicts_at.rule_id = 'qd766_td_v1' then
            case when f.is_finished then case when u.due is null then 'on_time' when l.is_late then 'overdue'
                                              when l.is_early then 'early' else 'on_time' end
                 when f.is_waiting then 'not_judged'
                 when l.is_late then 'overdue_open' else 'within_due' end
        when verdicts_at.rule_id = 'qd766_dvcqg_v1' then
            case when f.requests = 2 then 'overdue'
                 when u.due is null then 'not_judged'
                 when f.is_finished then case when l.is_late then 'overdue' else 'on_time' end
                 when l.is_late then 'overdue_open' else 'within_due' end
        when verdicts_at.rule_id = 'opencps_v1' then
            case when v.status in (2, 5, 6, 7, 8) or u.due is null then 'not_judged'
                 when f.is_finished then
                     case when l.is_late then 'overdue'
                          when l.is_early and (v.apology_count > 0 or v.reappointment_count > v.supplement_count)
                               or case when b.by_day then (v.returned_at at time zone 'Asia/Ho_Chi_Minh')::date < c.due_on
                                       else v.returned_at < u.due end and v.returned_at <= as_of then 'early'
                          else 'on_time' end
                 when l.is_late then 'overdue_open' else 'within_due' end
        end as outcome,
        case when not v.is_counted then 'not_counted'
             when verdicts_at.rule_id = 'qd766_dvcqg_v1' and f.requests = 2 then 'second_supplement'
             when verdicts_at.rule_id <> 'qd766_dvcqg_v1' then
                 case when u.due is null and verdicts_at.rule_id = 'opencps_v1' then 'no_due' else 'waiting' end
             when u.due is null then 'no_due'
             when f.is_finished or n.finish is null then null
             when f.requests = 1 then 'supplement'
             else 'stopped' end as why
    from (select coalesce((select (r.parameters ->> 'waiting_supplement_column')::int
                           from mart.rule r
                           where r.rule_id = 'ii06a_td_v1' and r.valid_from <= a.as_on
                             and (r.valid_to is null or r.valid_to > a.as_on)
                             and r.recorded_from <= recorded_at
                             and (r.recorded_to = 'infinity' or r.recorded_to > recorded_at)
                           order by r.valid_from desc limit 1), 12) as waiting_column) w) o
left join mart.working_hours h on true
left join mart.day e on e.day = c.till_on
left join mart.day d on d.day = c.due_on
where not v.is_deleted
  and (v.effective_received_on is null or v.effective_received_on <= a.as_on)
  and v.recorded_from <= recorded_at
  and (v.recorded_to = 'infinity' or v.recorded_to > recorded_at)
  and o.outcome is not null
$$;
comment on function mart.verdicts_at(text, timestamptz, timestamptz) is
    'Kết quả so hạn của từng hồ sơ theo một quy tắc, tính đến một thời điểm và theo nội dung kho ghi nhận tới một thời điểm: early, on_time, overdue, within_due, overdue_open, not_judged';

create or replace function mart.verdicts(
    rule_id text, as_of date, recorded_at timestamptz default 'infinity', structure text default 'then'
) returns table (
    dossier_id bigint, outcome text, basis text, finished_at_used timestamptz, due_at_used timestamptz, late_by integer,
    agency_id bigint, conversion text
) language sql stable as $$
select v.dossier_id, v.outcome, v.basis, v.finished_at_used, v.due_at_used, v.late_by,
       coalesce(h.counted_agency_id, a.counted_agency_id, v.receiving_agency_id), coalesce(h.rule, a.rule)
from mart.verdicts_at(
    verdicts.rule_id, (as_of + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh' - interval '1 microsecond', recorded_at) v
left join mart.conversion(structure) a on a.agency_id = v.receiving_agency_id and a.holder_agency_id is null
left join mart.conversion(structure) h
       on h.agency_id = v.receiving_agency_id and h.holder_agency_id = v.holder_agency_id
$$;
comment on function mart.verdicts(text, date, timestamptz, text) is
    'Như mart.verdicts_at, tính đến hết một ngày (giờ Việt Nam), kèm cơ quan được tính theo cơ cấu khi đó (then) hoặc hiện nay (today) và quy tắc quy đổi như mart.conversion';

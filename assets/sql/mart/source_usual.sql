-- source_usual: what each source, and each agency within it, usually has, against what it has now.
-- Grain: (source_id, agency_code); agency_code '' is the source as a whole. Input: {volume}, by default ops.volume.
-- Learned per row: the rate over the last `history_days` before the longest window. Learned per level, where counts are
-- large enough: the weight of each weekday and, after a year, of each month. Days off, days made up and the days around
-- Tết are not judged and not learned from. Windows of several lengths are summed, so that a commune with one
-- dossier a week is judged by a month and the portal by a day.
-- Invariant: for independent Poisson counts a row is told falsely with at most `probability` a day, because the test
-- allows for how little was learned (ops.at_most) and shares the probability among windows and directions; counts that
-- scatter more than Poisson are divided by how much more.
create temporary table source_usual on commit drop as
with rule as materialized (
    select (parameters ->> 'probability')::float8 as probability,
           array(select jsonb_array_elements_text(parameters -> 'windows')::int) as windows,
           (parameters ->> 'history_days')::int as history_days,
           (parameters ->> 'least_history_days')::int as least_history_days,
           (parameters ->> 'silent_share')::float8 as silent_share,
           (parameters ->> 'strange_times')::float8 as strange_times,
           parameters -> 'complete_after_days' as complete_after,
           (parameters ->> 'long_break_days')::int as long_break_days,
           (parameters ->> 'around_break_days')::int as around_break_days,
           (parameters ->> 'smoothing')::float8 as smoothing,
           (parameters ->> 'steady_days')::int as steady_days
    from ops.rule_config
    where rule_id = 'source_health_v1' and recorded_to = 'infinity'
      and valid_from <= %(today)s::date and coalesce(valid_to, 'infinity') > %(today)s::date
), span as materialized (
    select *, (select max(w) from unnest(windows) w) as longest from rule
), asked as materialized (
    -- through: the last day of which everything should have been read by the last complete reading
    select a.source_id, a.level,
           ((a.complete_at - greatest(make_interval(days => coalesce((r.complete_after ->> a.level)::int, 0)), a.lag))
            at time zone 'Asia/Ho_Chi_Minh')::date - 1 as through
    from unnest(%(source_id)s::text[], %(level)s::text[], %(complete_at)s::timestamptz[], %(lag)s::interval[])
         as a (source_id, level, complete_at, lag)
    cross join rule r
    where a.complete_at is not null
), calendar as materialized (
    select day, is_working, is_makeup_day, name, working_index
    from core.calendar_day
    where recorded_to = 'infinity' and day between %(today)s::date - 900 and %(today)s::date + 60
), break as materialized (
    -- days off in a row carry the number of the last working day before them
    select min(day) as first_day, max(day) as last_day
    from calendar where not is_working group by working_index
    having count(*) >= (select long_break_days from rule) and bool_or(name is not null)
), judged as materialized (
    select c.day, extract(isodow from c.day)::int as weekday, extract(month from c.day)::int as month
    from calendar c
    where c.name is null and not c.is_makeup_day and (c.is_working or extract(isodow from c.day) > 5)
      and not exists (select from break b, rule r
                      where c.day between b.first_day - r.around_break_days and b.last_day + r.around_break_days)
), counted as materialized (
    select v.source_id, coalesce(v.agency_code, '') as agency_code, v.day, sum(v.dossiers)::float8 as dossiers
    from {volume} v
    join asked a using (source_id)
    where v.day <= a.through
    group by grouping sets ((v.source_id, v.day), (v.source_id, v.agency_code, v.day))
), held as materialized (
    select source_id, agency_code, min(day) as first_day from counted
    where agency_code = '' or source_id in (
        select source_id from counted where agency_code <> '' group by 1 having min(agency_code) <> max(agency_code))
    group by 1, 2
), series as materialized (
    -- the first day is left out: that there was a first dossier says nothing about how often there is one
    select h.source_id, h.agency_code, a.level, d.weekday, d.month, coalesce(c.dossiers, 0) as dossiers,
           row_number() over (partition by h.source_id, h.agency_code order by d.day desc) as place
    from held h
    join asked a using (source_id)
    cross join span r
    join judged d on d.day > h.first_day and d.day <= a.through and d.day > a.through - (r.history_days + r.longest + 45)
    left join counted c on c.source_id = h.source_id and c.agency_code = h.agency_code and c.day = d.day
), recent as materialized (
    select s.*, s.place > r.longest as is_history
    from series s cross join span r
    where s.place <= r.longest + r.history_days
), flat as (
    select level, weekday, dossiers, avg(dossiers) over (partition by source_id) as rate
    from recent where agency_code = '' and is_history
), weekday as (
    -- observed against what a rate without weekdays would give, drawn to 1 as long as there is little
    select f.level, f.weekday, (sum(f.dossiers) + r.smoothing) / (sum(f.rate) + r.smoothing) as weight
    from flat f cross join rule r
    group by f.level, f.weekday, r.smoothing
), year as (
    -- the year before what is judged and learned from, of sources that were there all along
    select h.source_id, a.level, a.through - r.history_days - r.longest as year_end
    from held h join asked a using (source_id) cross join span r
    where h.agency_code = '' and h.first_day <= a.through - r.steady_days
), year_day as (
    select y.source_id, y.level, d.month, coalesce(c.dossiers, 0) as dossiers,
           avg(coalesce(c.dossiers, 0)) over (partition by y.source_id) as rate
    from year y
    join judged d on d.day > y.year_end - 365 and d.day <= y.year_end
    left join counted c on c.source_id = y.source_id and c.agency_code = '' and c.day = d.day
), season as (
    select level, month,
           least(2, greatest(0.5, (sum(dossiers) + 10 * r.smoothing) / (sum(rate) + 10 * r.smoothing))) as weight
    from year_day cross join rule r group by level, month, r.smoothing
), exposed as materialized (
    select r.source_id, r.agency_code, r.place, r.is_history, r.dossiers,
           coalesce(w.weight, 1) * coalesce(s.weight, 1) as exposure
    from recent r
    left join weekday w using (level, weekday)
    left join season s using (level, month)
), totals as (
    select *, count(*) over whole as days, sum(dossiers) over whole as total, sum(exposure) over whole as total_exposure
    from exposed where is_history
    window whole as (partition by source_id, agency_code)
), learned as materialized (
    select source_id, agency_code, days, total as dossiers, total_exposure as exposure,
           greatest(1, sum((dossiers - exposure * total / total_exposure) ^ 2) * days / greatest(days - 1, 1)
                       / nullif(total, 0)) as dispersion
    from totals
    group by source_id, agency_code, days, total, total_exposure
), watched as materialized (
    select e.source_id, e.agency_code, w.days, sum(e.dossiers) as seen, sum(e.exposure) as exposure
    from (select * from exposed where not is_history) e
    join (select unnest(windows) as days from rule) w on e.place <= w.days
    group by 1, 2, 3
    having count(*) = w.days
), compared as (
    select w.source_id, w.agency_code, w.days, w.seen, l.days as history_days,
           l.days >= r.least_history_days and l.dossiers > 0 as is_learned,
           w.exposure * l.dossiers / l.exposure as expected,
           l.dispersion, l.dossiers / l.dispersion + 0.5 as shape, l.exposure / (l.exposure + w.exposure) as share,
           r.probability / (2 * cardinality(r.windows)) as bound, r.silent_share, r.strange_times
    from watched w
    left join learned l using (source_id, agency_code)
    cross join rule r
), tested as (
    -- only what is far enough from the usual to matter is asked whether chance explains it
    select *, case when is_learned and seen < silent_share * expected
                   then ops.at_most(ceil(seen / dispersion)::bigint, shape, share) end as too_few,
              case when is_learned and seen > strange_times * expected
                   then 1 - ops.at_most(floor(seen / dispersion)::bigint - 1, shape, share) end as too_many
    from compared
), told as (
    select *, coalesce(too_few, too_many) as probability,
           case when too_few < bound then 'silent' when too_many < bound then 'strange' end as finding
    from tested
), chosen as (
    select distinct on (source_id, agency_code) *
    from told
    order by source_id, agency_code, finding is null, case when finding is not null then probability end, days desc
)
select h.source_id, h.agency_code, a.through,
       case when coalesce(c.is_learned, false) then coalesce(c.finding, 'ok') else 'not_learned' end as finding,
       c.days as window_days,
       case when c.is_learned then c.expected end as expected,
       c.seen::bigint as seen,
       c.probability,
       coalesce(c.history_days, 0) as history_days
from held h
join asked a using (source_id)
left join chosen c using (source_id, agency_code)

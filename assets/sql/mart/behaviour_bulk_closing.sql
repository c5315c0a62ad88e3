-- bulk_closing: one desk closes many dossiers within minutes, just before a period ends, many times what it does otherwise.
-- Input: current versions with a finish to the minute. A period is a month of VPCP or of the calendar.
-- Innocent: what was closed on the same day but not in the rush; desks that always close in batches.
with place as materialized (
    select distinct v.receiving_agency_id, v.effective_finished_on as day
    from concerned
    join mart.dossier_version v using (dossier_id)
    cross join rule r
    join mart.day d on d.day = v.effective_finished_on
    join mart.day n on n.day = v.effective_finished_on + r.bulk_last_days
    where v.recorded_to = 'infinity' and v.is_counted and v.finished_basis = 'finished_at' and v.finished_precision in ('s', 'm')
      and (d.vpcp_month <> n.vpcp_month or d.calendar_month <> n.calendar_month)
), closing as (
    select v.dossier_id, v.receiving_agency_id, v.processing_agency_id, v.effective_finished_at as at, v.recorded_from,
           v.effective_finished_on as day, p.day is not null as is_last
    from mart.dossier_version v
    join ops.source o on o.source_id = v.told_by
    cross join rule r
    left join place p on p.receiving_agency_id = v.receiving_agency_id and p.day = v.effective_finished_on
    where v.receiving_agency_id in (select receiving_agency_id from place) and v.recorded_to = 'infinity' and v.is_counted
      and v.finished_basis = 'finished_at' and v.finished_precision in ('s', 'm') and not v.repaired
      and not o.level = any (r.lossy_levels)
), parted as (
    select c.*, (c.at - lag(c.at) over desk > r.bulk_gap)::int as is_new
    from closing c cross join rule r window desk as (partition by c.receiving_agency_id order by c.at, c.dossier_id)
), rush as materialized (
    select p.*, sum(coalesce(p.is_new, 0)) over (partition by p.receiving_agency_id order by p.at, p.dossier_id) as n
    from parted p
), counted as materialized (
    select receiving_agency_id, n, count(*) as dossiers, min(at) as from_at, max(at) as to_at, bool_or(is_last) as is_last,
           min(day) as day
    from rush group by 1, 2
), usual as (
    select p.receiving_agency_id, p.day, coalesce(max(c.dossiers), 0) as dossiers
    from place p
    left join counted c on c.receiving_agency_id = p.receiving_agency_id and not c.is_last
        and c.day between p.day - 90 and p.day - 1
    group by 1, 2
), bulk as (
    select c.*, u.dossiers as usual_dossiers, r.rule_id
    from counted c
    join usual u using (receiving_agency_id, day)
    cross join rule r
    where c.is_last and c.dossiers >= r.bulk_least and c.dossiers >= r.bulk_times_usual * u.dossiers
)
select x.dossier_id, x.at as happened_at, coalesce(nullif(x.processing_agency_id, 0), x.receiving_agency_id) as agency_id,
       (select s.officer_id from core.dossier_step s where s.dossier_id = x.dossier_id and s.status = 9
        order by s.step_at desc, s.source_key limit 1) as officer_id,
       x.recorded_from as detected_at, b.rule_id,
       jsonb_build_object('finished_at', x.at, 'dossiers', b.dossiers, 'from', b.from_at, 'to', b.to_at,
                          'usual_dossiers', b.usual_dossiers) as evidence
from bulk b join rush x using (receiving_agency_id, n)

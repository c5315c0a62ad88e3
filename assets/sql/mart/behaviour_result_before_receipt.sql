-- result_before_receipt: a record ends before it begins. Input: std records of the dossier.
-- Innocent: any other record, a step, or the day inside the number, that bears out another receipt or finish; another
-- record that ends after it begins, as this one may err in both; day and month swapped; times that differ by a few
-- minutes; a copy that falsifies statuses, unless it alone tells the finish of a dossier that every record calls closed.
-- The day of an online submission stands in the number too, and a hand-over is no finish: neither bears out anything.
with told as (
    select c.dossier_id, r.source_id, r.source_key, r.received_at, r.received_precision, r.number_date, r.recorded_at,
           r.finished_at, r.returned_at, coalesce(r.version_at, r.recorded_at) as told_at,
           coalesce(r.finished_at, r.returned_at) as ended_at,
           case when r.finished_at is not null then r.finished_precision else r.returned_precision end as ended_precision,
           o.level = any (u.lossy_levels) as is_lossy, bool_or(r.status not in (9, 10)) over w as is_open,
           min((r.submitted_at at time zone 'Asia/Ho_Chi_Minh')::date) over w as submitted_on,
           bool_or(r.channel = 2) over w as is_online,
           bool_or(r.finished_at is not null and not o.level = any (u.lossy_levels)) over w as has_original
    from concerned c
    join core.dossier_source s using (dossier_id)
    join std.dossier_record r on r.source_id = s.source_id and r.source_key = s.source_key
    join ops.source o on o.source_id = r.source_id
    cross join rule u
    where not r.is_deleted
    window w as (partition by c.dossier_id)
), dated as (
    select t.*, (t.received_at at time zone 'Asia/Ho_Chi_Minh')::date as received_on,
           (t.ended_at at time zone 'Asia/Ho_Chi_Minh')::date as ended_on,
           t.received_precision = 'd' or t.ended_precision = 'd' as by_day
    from told t
), early as (
    select d.*, r.rule_id from dated d cross join rule r
    where (not d.is_lossy or not d.has_original and d.finished_at is not null and not coalesce(d.is_open, true))
      and case when d.by_day then d.ended_on < d.received_on else d.ended_at < d.received_at - r.allowance end
      and (d.number_date is null or d.number_date > d.ended_on or d.number_date = d.submitted_on and d.is_online)
      -- a day and a month in each other's place, where that is possible: nothing ends after it is told, handed over
      -- or closed by a step, or is received after it is told
      and not (extract(day from d.received_on) <= 12 and d.ended_on <> d.received_on
               and make_date(extract(year from d.received_on)::int, extract(day from d.received_on)::int,
                             extract(month from d.received_on)::int)
                   between coalesce(d.number_date, '-infinity') and d.ended_on)
      and d.received_on <= (d.told_at at time zone 'Asia/Ho_Chi_Minh')::date
      and not (extract(day from d.ended_on) <= 12 and d.ended_on <> d.received_on
               and make_date(extract(year from d.ended_on)::int, extract(day from d.ended_on)::int,
                             extract(month from d.ended_on)::int)
                   between d.received_on
                       and (least(d.told_at, case when d.finished_at is not null then d.returned_at end,
                                  (select min(z.step_at) from core.dossier_step z join ops.source o using (source_id)
                                   where z.dossier_id = d.dossier_id and z.status in (9, 10)
                                     and not o.level = any (r.lossy_levels)))
                            at time zone 'Asia/Ho_Chi_Minh')::date)
)
select distinct on (e.dossier_id) e.dossier_id, e.ended_at as happened_at,
       coalesce(nullif(v.processing_agency_id, 0), v.receiving_agency_id) as agency_id, null::text as officer_id,
       v.recorded_from as detected_at, e.rule_id,
       jsonb_build_object('received_at', e.received_at, 'ended_at', e.ended_at, 'source_id', e.source_id,
                          'source_key', e.source_key) as evidence
from early e
join mart.dossier_version v on v.dossier_id = e.dossier_id and v.recorded_to = 'infinity' and not v.is_deleted
where not exists (
    select from core.dossier_step z
    join ops.source o using (source_id)
    cross join rule u
    where z.dossier_id = e.dossier_id and z.status in (2, 4) and not o.level = any (u.lossy_levels)
      and z.step_at < case when e.by_day then (e.ended_on + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh' else e.ended_at end)
  and not exists (
    select from dated x
    where x.dossier_id = e.dossier_id and (x.source_id, x.source_key) <> (e.source_id, e.source_key)
      and (case when e.by_day or x.by_day then x.received_on <= e.ended_on else x.received_at <= e.ended_at end
           or (x.finished_at is not null or e.finished_at is null)
              and (case when e.by_day or x.by_day then x.ended_on >= e.received_on else x.ended_at >= e.received_at end
                   or case when x.by_day then x.ended_on >= x.received_on else x.ended_at >= x.received_at end)))
order by e.dossier_id, e.source_id, e.source_key

-- Grain: (dossier, field, losing record). Values that lost, of which kind and how far apart; personal fields say where,
-- never what, and their kind and size come from hub/reconcile/disagreement.py.
-- Size is in days for times. Kinds: precision (same day, one knows only the day), rounding (within a minute),
-- swapped_day_month, impossible, distortion, implied, number_day, outvoted, handed_over, behind (an older state), differs.
insert into pg_temp.staged_conflict
    (dossier_id, field, source_id, source_key, value, kept_value, kept_source_id, kept_source_key, kind, size)
with base as materialized (
    select k.differing, r.dossier_id, r.source_id, r.source_key, r.version_at, r.weak, {columns}
    from pg_temp.staged_contest k
    join pg_temp.staged_told r using (dossier_id)
    where r.speaks and k.differing <> 0
), each (dossier_id, field, shown, value, moment, precision, place, source_id, source_key, version_at) as (
{told}
), told as (
    select each.*, (moment at time zone 'Asia/Ho_Chi_Minh')::date as day from each
), judged as (
    select told.*, first_value(value) over best as kept_value, first_value(source_id) over best as kept_source_id,
           first_value(source_key) over best as kept_source_key, first_value(moment) over best as kept_moment,
           first_value(day) over best as kept_day, first_value(precision) over best as kept_precision,
           first_value(version_at) over best as kept_version_at
    from told window best as (partition by dossier_id, field order by place)
)
select j.dossier_id, j.field, j.source_id, j.source_key, case when j.shown then j.value end,
       case when j.shown then j.kept_value end, j.kept_source_id, j.kept_source_key,
       case when j.day = j.kept_day and 'd' in (j.precision, j.kept_precision) then 'precision'
            when abs(extract(epoch from j.moment - j.kept_moment)) < 60 then 'rounding'
            when j.day <> j.kept_day and extract(year from j.day) = extract(year from j.kept_day)
                 and extract(month from j.day) = extract(day from j.kept_day)
                 and extract(day from j.day) = extract(month from j.kept_day) then 'swapped_day_month'
            when w.reason in ('before_receipt', 'after_receipt', 'ahead') then 'impossible'
            when w.reason in ('not_in_force', 'number_agency') then 'handed_over'
            when w.reason in ('distortion', 'implied', 'number_day', 'outvoted') then w.reason
            when j.field = 'status' and j.version_at < j.kept_version_at then 'behind'
            else 'differs' end,
       round((abs(extract(epoch from j.moment - j.kept_moment)) / 86400)::numeric, 5)::double precision
from judged j
left join (select dossier_id, source_id, source_key, field, min(reason) as reason
           from pg_temp.staged_weak group by 1, 2, 3, 4) w using (dossier_id, source_id, source_key, field)
where j.value <> j.kept_value;

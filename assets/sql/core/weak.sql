-- Grain: (dossier, record, field, reason). Values that give way to any other of the same field: what a record says
-- against itself, and what the other records of the dossier say against it (schemas/survivorship.yml, plausible).
-- Only what differs is weighed; a record that no flag and no difference of times or agencies concerns is not looked at.
-- With day and month exchanged it is the other value that stands when more speaks for it: the day in the number, its own
-- record's order, how many records tell it, how exact it is. A day that several records tell is not before the receipt
-- because one of them errs in its receipt.
insert into pg_temp.staged_weak (dossier_id, source_id, source_key, field, reason, place)
with told as materialized (
    select r.dossier_id, r.source_id, r.source_key, {orders}, k.differing, r.flags,
           r.receiving_agency_code, (r.version_at at time zone 'Asia/Ho_Chi_Minh')::date as version_day,
           max(r.number_date) filter (where r.number_form in ('tt01', 'tt03')) over dossier as number_on,
           max(r.number_agency_code) filter (where r.number_form in ('tt01', 'tt03')) over dossier as number_agency,
           min(r.number_agency_code) filter (where r.number_form in ('tt01', 'tt03')) over dossier as least_number_agency,
           bool_and(r.channel in (1, 3)) over dossier as at_the_desk,
           {days}
    from pg_temp.staged_contest k
    join pg_temp.staged_told r using (dossier_id)
    where r.speaks and (k.differing & {weighed} <> 0 or k.differing & {flagged} <> 0 and r.flags && array[{flags}])
    window dossier as (partition by r.dossier_id)
), time as (
    select t.dossier_id, t.source_id, t.source_key, v.*, t.number_on, t.at_the_desk,
           count(*) over (partition by t.dossier_id, v.field, v.day) as votes
    from told t
    cross join lateral (values {times}) v (field, bit, day, precision, wrong, place)
    where v.day is not null and t.differing & v.bit <> 0
), against as (
    select a.dossier_id, a.source_id, a.source_key, a.field, a.place,
           case when a.day = b.day then
                     case when a.precision = 'd' and b.precision <> 'd' and a.field in ({may_precision})
                          then 'precision' end
                when extract(year from a.day) = extract(year from b.day)
                     and extract(month from a.day) = extract(day from b.day)
                     and extract(day from a.day) = extract(month from b.day)
                     and a.field in ({may_swapped_day_month}) then
                     case when (coalesce(b.day = b.number_on, false), not b.wrong, b.votes, b.precision <> 'd')
                               > (coalesce(a.day = a.number_on, false), not a.wrong, a.votes, a.precision <> 'd')
                          then 'swapped_day_month' end
                when a.at_the_desk and b.day = b.number_on and a.field in ({may_number_day}) then 'number_day'
                when a.votes < b.votes and not b.wrong and not coalesce(a.at_the_desk and a.day = a.number_on, false)
                     and a.field in ({may_outvoted}) then 'outvoted'
           end as reason
    from time a
    join time b using (dossier_id, field)
    where (a.source_id, a.source_key) <> (b.source_id, b.source_key)
)
select t.dossier_id, t.source_id, t.source_key, v.field, v.reason, v.place
from told t
cross join lateral (values {own}) v (field, reason, holds, place)
where v.holds
  and not (v.reason = 'before_receipt' and exists (
      select from time o where o.dossier_id = t.dossier_id and o.source_id = t.source_id and o.source_key = t.source_key
                           and o.field = v.field and o.votes > 1))
union
select dossier_id, source_id, source_key, field, reason, place from against where reason is not null
union
select t.dossier_id, t.source_id, t.source_key, v.field, 'receipt_errs', v.place
from against a
join told t using (dossier_id, source_id, source_key)
cross join lateral (values {by_day}) v (field, bit, place)
where a.field = 'received_at' and a.reason in ('swapped_day_month', 'number_day', 'outvoted') and t.differing & v.bit <> 0;

-- mart.agency_successor: which agencies of today may have taken over from one that is no more.
-- Grain: (agency_id, successor_agency_id). Inputs: core.agency, core.agency_succession; today is the hub's date.
-- The way goes from one validity of an agency to the next: by a succession on the day on which it ended, else by the
-- same code under its next name. It never goes by the code alone, since codes are given anew. A way of default steps
-- ends in the default successor. Where a way ends in a dissolved agency (a district), whoever stands today for the
-- communes below it may have taken over, and so may departments and their branches; none of them is the default.
-- Invariants: at most one default; an unchanged row is not written.
with recursive hop as (
    select a.agency_id, t.agency_id as next_id, n.is_default
    from core.agency a
    join core.agency_succession n on n.from_agency_code = a.agency_code and n.on_date = a.valid_to
    join core.agency t on t.agency_code = n.to_agency_code and n.on_date >= t.valid_from and n.on_date < t.valid_to
    where a.valid_to <= %(today)s::date
    union all
    select a.agency_id, t.agency_id, true
    from core.agency a
    join core.agency t on t.agency_code = a.agency_code and t.valid_from = a.valid_to
    where a.valid_to <= %(today)s::date
      and not exists (select from core.agency_succession n
                      where n.from_agency_code = a.agency_code and n.on_date = a.valid_to and n.to_agency_code <> '')
), way (agency_id, at_id, is_default) as (
    select agency_id, agency_id, true from core.agency where valid_to <= %(today)s::date
    union
    select w.agency_id, h.next_id, w.is_default and h.is_default from way w join hop h on h.agency_id = w.at_id
), standing as (
    select w.agency_id, w.at_id as successor_agency_id, bool_or(w.is_default) as is_default
    from way w
    join core.agency a on a.agency_id = w.at_id and a.valid_to > %(today)s::date and a.valid_from <= %(today)s::date
    group by 1, 2
), dissolved as (
    select w.agency_id, e.agency_code
    from way w
    join core.agency e on e.agency_id = w.at_id and e.valid_to <= %(today)s::date
    where not exists (select from hop h where h.agency_id = w.at_id)
), found as (
    select agency_id, successor_agency_id, bool_or(is_default) as is_default
    from (select * from standing
          union all
          select d.agency_id, s.successor_agency_id, false
          from dissolved d
          join core.agency below on below.parent_agency_code = d.agency_code and below.level = 'commune'
          join standing s on s.agency_id = below.agency_id
          union all
          select d.agency_id, o.agency_id, false
          from dissolved d
          join core.agency o on o.level in ('department', 'branch')
               and o.valid_from <= %(today)s::date and o.valid_to > %(today)s::date) f
    group by 1, 2
), gone as (
    delete from mart.agency_successor t
    where not exists (select from found f
                      where f.agency_id = t.agency_id and f.successor_agency_id = t.successor_agency_id)
)
insert into mart.agency_successor (agency_id, successor_agency_id, is_default)
select f.agency_id, f.successor_agency_id, f.is_default
from found f
left join mart.agency_successor t using (agency_id, successor_agency_id)
where t.is_default is distinct from f.is_default
on conflict (agency_id, successor_agency_id) do update set is_default = excluded.is_default

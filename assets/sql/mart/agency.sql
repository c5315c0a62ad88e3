-- mart.agency: one row per agency and validity; what reports group by.
-- Grain: agency_id. Inputs: core.agency, mart.agency_successor (refreshed before it); today is the hub's date.
-- Invariants: agency_id 0 exists (agency not known); an unchanged row is not written.
-- current_agency_id is the agency itself while it stands, else its default successor of today; null when the way ends
-- in an agency that does not exist today (a dissolved district) or the agency has not begun.
merge into mart.agency t
using (
    with stands as (
        select agency_id, agency_id as current_agency_id, 1 as successors from core.agency
        where valid_from <= %(today)s::date and valid_to > %(today)s::date
        union all
        select agency_id, min(successor_agency_id) filter (where is_default), count(*)
        from mart.agency_successor group by agency_id
    )
    select a.agency_id, a.agency_code, a.name, a.level, a.catalog, a.parent_agency_code, a.admin_unit_code,
           a.valid_from, a.valid_to, c.agency_code as current_agency_code, s.current_agency_id,
           coalesce(s.successors, 0)::smallint as successors, a.sort_key
    from core.agency a
    left join stands s using (agency_id)
    left join core.agency c on c.agency_id = s.current_agency_id
    union all
    select 0, '?', 'Cơ quan chưa xác định', 'unknown', null, null, null, '-infinity', 'infinity', null, null, 0, ''
    where not exists (select from core.agency where agency_id = 0)
) s
on t.agency_id = s.agency_id
when matched and row(t.*) is distinct from row(s.*) then update set
    agency_code = s.agency_code,
    name = s.name,
    level = s.level,
    catalog = s.catalog,
    parent_agency_code = s.parent_agency_code,
    admin_unit_code = s.admin_unit_code,
    valid_from = s.valid_from,
    valid_to = s.valid_to,
    current_agency_code = s.current_agency_code,
    current_agency_id = s.current_agency_id,
    successors = s.successors,
    sort_key = s.sort_key
when not matched then insert values (
    s.agency_id, s.agency_code, s.name, s.level, s.catalog, s.parent_agency_code, s.admin_unit_code,
    s.valid_from, s.valid_to, s.current_agency_code, s.current_agency_id, s.successors, s.sort_key
)

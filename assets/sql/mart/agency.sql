-- mart.agency: one row per agency and validity; what reports group by.
-- Grain: agency_id. Inputs: core.agency, core.agency_succession; today is the hub's date.
-- Invariants: agency_id 0 exists (agency not known); an unchanged row is not written.
-- current_agency_code follows the default successions that have happened by today; it is null when the chain ends
-- in an agency that does not exist today (a dissolved district).
merge into mart.agency t
using (
    with recursive path (agency_id, code) as (
        select agency_id, agency_code from core.agency
        union
        select p.agency_id, n.to_agency_code
        from path p
        join core.agency_succession n
          on n.from_agency_code = p.code and n.is_default and n.on_date <= %(today)s::date
    ), today_code as (
        select p.agency_id, min(p.code) as code
        from path p
        join core.agency a
          on a.agency_code = p.code and a.valid_from <= %(today)s::date and a.valid_to > %(today)s::date
        where not exists (
            select from core.agency_succession n
            where n.from_agency_code = p.code and n.is_default and n.on_date <= %(today)s::date
        )
        group by p.agency_id
    )
    select a.agency_id, a.agency_code, a.name, a.level, a.catalog, a.parent_agency_code, a.admin_unit_code,
           a.valid_from, a.valid_to, c.code as current_agency_code, a.sort_key
    from core.agency a
    left join today_code c using (agency_id)
    union all
    select 0, '?', 'Cơ quan chưa xác định', 'unknown', null, null, null, '-infinity', 'infinity', null, ''
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
    sort_key = s.sort_key
when not matched then insert values (
    s.agency_id, s.agency_code, s.name, s.level, s.catalog, s.parent_agency_code, s.admin_unit_code,
    s.valid_from, s.valid_to, s.current_agency_code, s.sort_key
)

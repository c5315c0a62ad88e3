-- mart.day: one row per calendar day with the report periods it belongs to.
-- Grain: day. Input: current rows of core.calendar_day.
-- Invariant: a VPCP month runs from the 15th of the month before to the 14th, a VPCP quarter is three of them
-- (NĐ 09/2019/NĐ-CP art. 12); an unchanged row is not written.
merge into mart.day t
using (
    with shifted as (
        select day, is_working, is_makeup_day, name, is_projected, working_index,
               case when extract(day from day) >= 15 then day + interval '1 month' else day end as vpcp
        from core.calendar_day
        where recorded_to = 'infinity'
    )
    select day, is_working, is_makeup_day, name as holiday_name, is_projected,
           to_char(vpcp, 'YYYY-MM') as vpcp_month,
           to_char(vpcp, 'YYYY"-Q"Q') as vpcp_quarter,
           to_char(day, 'YYYY-MM') as calendar_month,
           working_index
    from shifted
) s
on t.day = s.day
when matched and row(t.*) is distinct from row(s.*) then update set
    is_working = s.is_working,
    is_makeup_day = s.is_makeup_day,
    holiday_name = s.holiday_name,
    is_projected = s.is_projected,
    vpcp_month = s.vpcp_month,
    vpcp_quarter = s.vpcp_quarter,
    calendar_month = s.calendar_month,
    working_index = s.working_index
when not matched then insert values (
    s.day, s.is_working, s.is_makeup_day, s.holiday_name, s.is_projected,
    s.vpcp_month, s.vpcp_quarter, s.calendar_month, s.working_index
)

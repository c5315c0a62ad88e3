-- mart.working_hours: the hours of a working day by rule working_hours_v1, in seconds of the day. One row, or none.
create or replace view mart.working_hours with (security_invoker = true) as
select h.opening, h.noon, h.afternoon, h.closing, h.day_hours, h.noon - h.opening as morning_s,
       h.noon - h.opening + h.closing - h.afternoon as day_s
from (select extract(epoch from (parameters #>> '{morning,0}')::time)::int as opening,
             extract(epoch from (parameters #>> '{morning,1}')::time)::int as noon,
             extract(epoch from (parameters #>> '{afternoon,0}')::time)::int as afternoon,
             extract(epoch from (parameters #>> '{afternoon,1}')::time)::int as closing,
             (parameters ->> 'hours_per_day')::int as day_hours
      from mart.rule
      where rule_id = 'working_hours_v1' and recorded_to = 'infinity'
      order by valid_from desc limit 1) h;
comment on view mart.working_hours is 'Giờ làm việc trong ngày theo quy tắc working_hours_v1, tính bằng giây từ 0 giờ';

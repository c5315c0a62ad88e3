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

-- Seconds worked from the first day of the calendar up to a moment; null outside the calendar. As hub/rules/working_time.py.
create or replace function mart.worked_seconds(moment timestamptz) returns bigint language sql stable as $$
select (d.working_index - d.is_working::int)::bigint * h.day_s
       + case when d.is_working then greatest(0, least(c.clock, h.noon) - h.opening)
                                     + greatest(0, least(c.clock, h.closing) - h.afternoon) else 0 end
from mart.working_hours h
cross join lateral (
    select floor(extract(epoch from (moment at time zone 'Asia/Ho_Chi_Minh')::time))::int as clock) c
join mart.day d on d.day = (moment at time zone 'Asia/Ho_Chi_Minh')::date
$$;
comment on function mart.worked_seconds(timestamptz) is
    'Số giây làm việc từ đầu lịch đến một thời điểm; trống ngoài lịch';

-- A legal due moment moved on by the working time that stops took: stops that began before it and have ended.
-- A due moment at closing is that of a limit in days and stays at closing, later rather than earlier. Null while a stop
-- is running or where the calendar ends.
create or replace function mart.extended_due(due timestamptz, stops tstzmultirange) returns timestamptz
language sql stable as $$
select (d.day + case when t.at_closing then h.closing
                     when t.within <= h.morning_s then h.opening + t.within
                     else h.afternoon + t.within - h.morning_s end * interval '1 second') at time zone 'Asia/Ho_Chi_Minh'
from mart.working_hours h
cross join lateral (
    select mart.worked_seconds(due)
           + coalesce(sum(mart.worked_seconds(upper(r)) - mart.worked_seconds(lower(r))), 0)::bigint as total
    from unnest(stops) r where lower(r) < due) s
cross join lateral (
    select (s.total + h.day_s - 1) / h.day_s as n,
           (s.total - (s.total + h.day_s - 1) / h.day_s * h.day_s + h.day_s)::int as within,
           extract(epoch from (due at time zone 'Asia/Ho_Chi_Minh')::time) = h.closing as at_closing) t
join mart.day d on d.is_working and d.working_index = t.n and not d.is_projected
where not upper_inf(stops)
$$;
comment on function mart.extended_due(timestamptz, tstzmultirange) is
    'Hạn theo quy định cộng thời gian làm việc đã tạm dừng; trống khi còn đang dừng hoặc vượt quá lịch đã công bố';

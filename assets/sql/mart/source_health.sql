-- mart.source_health: one verdict per source, and one per agency within it.
-- Grain: (source_id, agency_code). Inputs: what the ledger says of each source (bound by hub/health.py), source_usual,
-- source_lag, ops.drift. Invariants: the worst finding is the verdict; a row that would say the same is not written;
-- rows whose source or agency is gone are deleted by the caller.
-- Rule source_health_v1 gives the tolerances; sentences say what to do next.
with rule as (
    select (parameters ->> 'skew_s')::int as skew_s, (parameters ->> 'lag_share')::float8 as lag_share,
           make_interval(hours => (parameters ->> 'longest_lag_h')::int) as longest_lag
    from ops.rule_config
    where rule_id = 'source_health_v1' and recorded_to = 'infinity'
      and valid_from <= %(today)s::date and coalesce(valid_to, 'infinity') > %(today)s::date
), stood as (
    select *
    from unnest(%(source_id)s::text[], %(level)s::text[], %(active)s::boolean[], %(outcome)s::text[],
                %(complete_at)s::timestamptz[], %(late)s::interval[], %(lag)s::interval[],
                %(quarantined)s::bigint[], %(pending)s::bigint[], %(difference)s::bigint[])
         as s (source_id, level, is_active, outcome, last_success_at, late_by, lag_declared,
               open_quarantine, pending, difference)
), drift as (
    select source_id, count(*) as open_drift from ops.drift group by 1
), refused as (
    select source_id, coalesce(agency_code, '?') as agency_code, count(*) as open_quarantine
    from ops.quarantine where resolved_at is null group by 1, 2
), whole as (
    select s.*, u.through as window_to, u.window_days, u.expected, u.seen, u.probability, u.finding, u.history_days,
           l.lag_median, l.lag_p95, l.lag_needed, l.clock_skew_s, l.version_ahead_s,
           coalesce(d.open_drift, 0) as open_drift,
           case when l.lag_needed > r.lag_share * s.lag_declared and l.lag_needed <= r.longest_lag
                then make_interval(mins => ceil(extract(epoch from l.lag_needed) * 1.5 / 60)::int) end as lag_proposed,
           case when not s.is_active then 'ended'
                when s.difference <> 0 then 'unaccounted'
                when s.outcome <> 'ok' then s.outcome
                when s.late_by is not null then 'late'
                when u.finding in ('silent', 'strange') then u.finding
                when abs(l.clock_skew_s) > r.skew_s then 'skewed'
                when l.version_ahead_s > r.skew_s then 'ahead'
                when l.lag_needed > r.lag_share * s.lag_declared then 'lag_short'
                else coalesce(u.finding, 'not_learned')
           end as verdict
    from stood s
    cross join rule r
    left join source_usual u on u.source_id = s.source_id and u.agency_code = ''
    left join source_lag l on l.source_id = s.source_id
    left join drift d on d.source_id = s.source_id
), part as (
    select u.source_id, u.agency_code, s.level, s.is_active, s.last_success_at, u.through, u.window_days, u.expected,
           u.seen, u.probability, u.history_days, coalesce(q.open_quarantine, 0) as open_quarantine,
           case when s.is_active then u.finding else 'ended' end as verdict
    from source_usual u
    join stood s using (source_id)
    left join refused q using (source_id, agency_code)
    where u.agency_code <> ''
), judged as (
    select source_id, '' as agency_code, level, is_active, verdict, last_success_at, late_by, window_to, window_days,
           expected, seen, probability, history_days, lag_median, lag_p95, lag_declared, lag_needed, lag_proposed,
           clock_skew_s, version_ahead_s, open_quarantine, open_drift, pending, difference
    from whole
    union all
    select source_id, agency_code, level, is_active, verdict, last_success_at, null, through, window_days,
           expected, seen, probability, history_days, null, null, null, null, null,
           null, null, open_quarantine, 0, 0, 0
    from part
), said as (
    select j.*, coalesce(case j.verdict
        when 'ok' then 'Bình thường'
        when 'ended' then 'Nguồn đã hết hiệu lực, không còn được hỏi'
        when 'not_learned' then 'Chưa đủ dữ liệu để biết thế nào là thường lệ'
        when 'unaccounted' then format('Có %%s bản ghi không cân đối: chạy hub balance rồi báo người phụ trách kho', j.difference)
        when 'never' then 'Chưa từng được hỏi: chạy hub run'
        when 'failed' then 'Lần hỏi gần nhất thất bại: chạy hub sources test'
        when 'incomplete' then 'Lần đọc gần nhất chưa hết: chạy lại khi nguồn rảnh'
        when 'skipped' then 'Tạm thời không được hỏi: xem lý do trong hub status'
        when 'late' then format('Muộn %%s giờ so với chu kỳ đã khai báo: kiểm tra lịch chạy',
                                round(extract(epoch from j.late_by) / 3600, 1))
        when 'silent' then format('Im lặng: %%s ngày đến %%s chỉ có %%s hồ sơ, thường có khoảng %%s; hỏi đơn vị vận hành nguồn',
                                  j.window_days, to_char(j.window_to, 'DD/MM/YYYY'), j.seen, round(j.expected::numeric, 1))
        when 'strange' then format('Khác thường: %%s ngày đến %%s có tới %%s hồ sơ, thường có khoảng %%s; xem có bản ghi trùng hay nhập bù không',
                                   j.window_days, to_char(j.window_to, 'DD/MM/YYYY'), j.seen, round(j.expected::numeric, 1))
        when 'skewed' then format('Đồng hồ của nguồn lệch %%s giây: đề nghị chỉnh giờ máy chủ', j.clock_skew_s)
        when 'ahead' then format('Có phiên bản ở tương lai %%s giây: đề nghị nguồn sửa ngày cập nhật', j.version_ahead_s)
        when 'lag_short' then
            case when j.lag_proposed is not null
                 then format('Bản ghi đến muộn tới %%s phút mà độ lùi là %%s phút: khai báo lag %%s phút',
                             ceil(extract(epoch from j.lag_needed) / 60), round(extract(epoch from j.lag_declared) / 60),
                             round(extract(epoch from j.lag_proposed) / 60))
                 else 'Có bản ghi đến muộn quá xa con trỏ: độ lùi không cứu được, cần đối chiếu số lượng với nguồn' end
        end, j.verdict) as sentence
    from judged j
)
merge into mart.source_health t
using said s
on t.source_id = s.source_id and t.agency_code = s.agency_code
when matched and ({old}) is distinct from ({new}) then update set
    judged_at = %(now)s::timestamptz,
    {set}
when not matched then insert (source_id, agency_code, judged_at, {columns})
    values (s.source_id, s.agency_code, %(now)s::timestamptz, {new})

-- source_lag: how long after its own version a record is recorded, and how far behind the watermark newcomers lay.
-- Grain: source_id. Only what came after the first complete reading, which brings years at once.
create temporary table source_lag on commit drop as
with first as (
    select source_id, min(pull_id) as pull_id from ops.pull
    where outcome = 'ok' and stored > 0 and record_type = 'dossier' group by 1
), taken as (
    select r.source_id,
           percentile_cont(array[0.5, 0.95]) within group (order by r.recorded_at - r.version_at) as lags
    from std.dossier_record r
    join ops.batch b using (batch_id)
    join first f on f.source_id = r.source_id and b.pull_id > f.pull_id
    where r.version_at <= r.recorded_at and r.recorded_at > %(now)s::timestamptz - interval '90 days'
    group by 1
), behind as (
    select source_id, max(late_arrival_s) as late_arrival_s
    from ops.pull where finished_at > %(now)s::timestamptz - interval '90 days' group by 1
), seen as (
    -- the last pull that saw a clock, stream by stream the largest difference
    select distinct on (source_id) source_id, clock_skew_s, version_ahead_s from (
        select distinct on (source_id, stream) source_id, clock_skew_s, version_ahead_s
        from ops.pull where outcome in ('ok', 'incomplete') order by source_id, stream, pull_id desc) p
    order by source_id, greatest(abs(clock_skew_s), version_ahead_s) desc nulls last
)
select s.source_id, t.lags[1] as lag_median, t.lags[2] as lag_p95,
       make_interval(secs => b.late_arrival_s) as lag_needed, n.clock_skew_s, n.version_ahead_s
from ops.source s
left join taken t using (source_id)
left join behind b using (source_id)
left join seen n using (source_id)

-- ops.flow: the balance of the stations per source and record type, over the whole ledger.
-- Invariants: raw_difference = 0, std_difference = 0 for consumed batches; pending is what std has not read yet.
drop view if exists ops.flow;
create view ops.flow with (security_invoker = true) as
with pulled as (
    select source_id, record_type, count(*) as pulls, sum(fetched) as fetched, sum(stored) as stored,
           sum(unchanged) as unchanged, sum(refused) as refused
    from ops.pull group by 1, 2
), consumed as (
    select b.source_id, b.record_type, sum(b.row_count) as landed,
           sum(b.row_count) filter (where c.batch_id is null) as pending,
           sum(c.new) as new, sum(c.changed) as changed, sum(c.unchanged) as same,
           sum(c.superseded) as superseded, sum(c.quarantined) as quarantined
    from ops.batch b left join ops.batch_consumed c on c.batch_id = b.batch_id and c.consumer = 'std'
    group by 1, 2
)
select p.source_id, p.record_type, p.pulls, p.fetched, p.stored, p.unchanged, p.refused,
       p.fetched - p.stored - p.unchanged - p.refused as raw_difference,
       coalesce(c.pending, 0) as pending,
       coalesce(c.new, 0) as std_new, coalesce(c.changed, 0) as std_changed, coalesce(c.same, 0) as std_unchanged,
       coalesce(c.superseded, 0) as std_superseded, coalesce(c.quarantined, 0) as std_quarantined,
       p.stored - coalesce(c.pending, 0) - coalesce(c.new, 0) - coalesce(c.changed, 0) - coalesce(c.same, 0)
         - coalesce(c.superseded, 0) - coalesce(c.quarantined, 0) as std_difference
from pulled p left join consumed c using (source_id, record_type);
comment on view ops.flow is 'Cân đối qua các trạm theo nguồn và loại bản ghi: nhận = lưu + không đổi + từ chối; lưu = chờ + mới + đổi + giống + cũ hơn + cách ly';

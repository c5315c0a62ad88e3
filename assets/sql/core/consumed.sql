-- These batches have reached core; their counts are std's.
insert into ops.batch_consumed (batch_id, consumer, consumed_at, stored, new, changed, unchanged, superseded, quarantined)
select s.batch_id, 'core', %(now)s, s.stored, s.new, s.changed, s.unchanged, s.superseded, s.quarantined
from ops.batch_consumed s join pg_temp.staged_batch b using (batch_id)
where s.consumer = 'std';

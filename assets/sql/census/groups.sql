-- Grain: one group of the records that std holds of a stream: those that are there, and those that their source has
-- marked as deleted, which it may go on listing. The checksum is that of the connectors.
select {agency}, {day}, {status}, count(*), count(*) filter (where r.is_deleted is not true),
       sum((('x' || left(md5(r.source_key), 16))::bit(64)::bigint)::numeric)
from std.{type}_record r join ops.batch b using (batch_id)
where r.source_id = %(source)s and b.stream = %(stream)s and b.record_type = %(type)s
  and r.deletion is distinct from 'vanished' and r.deletion is distinct from 'message'
group by 1, 2, 3;

-- Grain: one record that std holds of the stream, of the groups that differ (all groups when none is named).
insert into pg_temp.staged_held (source_key, agency, day, status, live)
select source_key, agency, day, status, live
from (select r.source_key, {agency} as agency, {day} as day, {status} as status, r.is_deleted is not true as live
      from std.{type}_record r join ops.batch b using (batch_id)
      where r.source_id = %(source)s and b.stream = %(stream)s and b.record_type = %(type)s
        and r.deletion is distinct from 'vanished' and r.deletion is distinct from 'message') h
where not %(some)s
   or exists (select from pg_temp.staged_group g where (g.agency, g.day, g.status) = (h.agency, h.day, h.status));

-- These tombstones have reached core.
update ops.tombstone t set core_run_id = %(run)s
from pg_temp.staged_grave g
where t.record_type = g.record_type and t.source_id = g.source_id and t.source_key = g.source_key
  and t.reason = g.reason and t.core_run_id is null;

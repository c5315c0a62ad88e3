-- How many raw records the ledger points to, for the sources of a level.
select coalesce(sum(b.row_count), 0)::bigint
from ops.batch b join ops.source s using (source_id)
where s.level = %(level)s;

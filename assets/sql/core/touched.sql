-- Grain: one std dossier record, written by the new batches. The batches are bound as values, so that the planner knows
-- how rare they are.
insert into pg_temp.staged_record (node, source_id, source_key, round, dossier_id, rule, weight, {carried})
select row_number() over (), r.source_id, r.source_key, 0, s.dossier_id, s.rule, s.weight,
       {carried_values}
from std.dossier_record r
left join core.dossier_source s using (source_id, source_key)
where r.batch_id = any (%(batches)s::bigint[]);

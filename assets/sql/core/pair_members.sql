-- Grain: one record of a cluster that a pair touches; `number` where an office has accepted it.
with ends as (
    select source_a as source_id, key_a as source_key from pg_temp.staged_pair
    union
    select source_b, key_b from pg_temp.staged_pair
), clustered as materialized (
    select c.node, c.source_id, c.source_key, coalesce(l.cluster, c.node) as cluster
    from pg_temp.staged_record c left join pg_temp.staged_link l using (node)
)
select k.node, row_number() over (order by k.source_id, k.source_key) as place, k.cluster,
       {system} as system, case when r.number_form in ('tt01', 'tt03') then r.dossier_no end as number
from clustered k
join std.dossier_record r using (source_id, source_key)
join ops.source s using (source_id)
where k.cluster in (select e.cluster from ends join clustered e using (source_id, source_key))

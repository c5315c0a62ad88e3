-- Grain: one record of a cluster that a pair touches; `number` where an office has accepted it.
with ends as (
    select source_a as source_id, key_a as source_key from pg_temp.staged_pair
    union
    select source_b, key_b from pg_temp.staged_pair
), clustered as materialized (
    select r.node, r.source_id, r.source_key, coalesce(l.cluster, r.node) as cluster,
           case when r.number_form in ('tt01', 'tt03') then r.dossier_no end as number
    from pg_temp.staged_record r left join pg_temp.staged_link l using (node)
)
select k.node, row_number() over (order by k.source_id, k.source_key) as place, k.cluster,
       {system} as system, k.number
from clustered k
join ops.source s using (source_id)
where k.cluster in (select e.cluster from ends join clustered e using (source_id, source_key))

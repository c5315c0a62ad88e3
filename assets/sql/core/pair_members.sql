-- Grain: one record of a cluster that a pair touches; `number` where an office has accepted it.
with concerned as (
    select coalesce(l.cluster, c.node) as cluster
    from pg_temp.staged_pair p
    join pg_temp.staged_record c on (c.source_id, c.source_key) in ((p.source_a, p.key_a), (p.source_b, p.key_b))
    left join pg_temp.staged_link l using (node)
)
select c.node, row_number() over (order by c.source_id, c.source_key) as place, coalesce(l.cluster, c.node) as cluster,
       {system} as system, case when r.number_form in ('tt01', 'tt03') then r.dossier_no end as number
from pg_temp.staged_record c
join std.dossier_record r using (source_id, source_key)
join ops.source s using (source_id)
left join pg_temp.staged_link l using (node)
where coalesce(l.cluster, c.node) in (select cluster from concerned)

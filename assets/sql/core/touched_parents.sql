-- Grain: one std dossier record. The dossiers of children that came by themselves: by key, or by dossier number.
insert into pg_temp.staged_record (node, source_id, source_key, round, dossier_id, rule, weight, {carried})
with child as (
    {children}
), parent as (
    select r.source_id, r.source_key
    from child c join std.dossier_record r on r.source_id = c.source_id and r.source_key = c.parent_key
    union
    select r.source_id, r.source_key
    from child c join std.dossier_record r on r.source_id = c.source_id and r.dossier_no = c.parent_no
    where c.parent_key is null
)
select (select coalesce(max(node), 0) from pg_temp.staged_record) + row_number() over (order by p.source_id, p.source_key),
       p.source_id, p.source_key, 0, s.dossier_id, s.rule, s.weight, {carried_values}
from parent p
join std.dossier_record r using (source_id, source_key)
left join core.dossier_source s using (source_id, source_key)
where not exists (select from pg_temp.staged_record c where c.source_id = p.source_id and c.source_key = p.source_key);

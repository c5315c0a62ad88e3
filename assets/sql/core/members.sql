-- Grain: one record of an affected dossier: by which rule it belongs there, with how many others, and where it belonged.
-- The numbers that core knows of it may be others now when the record itself was touched or has moved; a neighbour that
-- stays has the same.
insert into pg_temp.staged_member (dossier_id, is_new, node, source_id, source_key, rule, weight, size,
                                   was_dossier_id, was_rule, was_weight, is_renumbered, is_deleted, version_at,
                                   last_event)
select k.dossier_id, k.is_new, c.node, c.source_id, c.source_key, coalesce(l.rule, 'alone'), coalesce(l.weight, 1.0),
       count(*) over (partition by k.dossier_id), c.dossier_id, c.rule, c.weight,
       c.dossier_id is not null and (c.round = 0 or c.dossier_id <> k.dossier_id),
       c.is_deleted, c.version_at, c.last_event
from pg_temp.staged_record c
left join pg_temp.staged_link l using (node)
join pg_temp.staged_cluster k on k.cluster = coalesce(l.cluster, c.node);

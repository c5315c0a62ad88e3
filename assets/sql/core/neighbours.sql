-- Grain: one std dossier record. The records that share a number, a dossier, a judgement or a pair with those of the last
-- round, each with its whole dossier. The keys are gathered first, so that records are found by index whatever the size
-- of the map; EXCEPT, because an anti join would be planned for as few records as the planner believes that an array finds.
insert into pg_temp.staged_record (node, source_id, source_key, round, dossier_id, rule, weight, {carried})
select (select max(node) from pg_temp.staged_record) + row_number() over (),
       m.source_id, m.source_key, %(round)s + 1, m.dossier_id, m.rule, m.weight, {carried_values}
from (
    select source_id, source_key, dossier_id, rule, weight
    from core.dossier_source
    where dossier_id = any (array(
            select n.dossier_id
            from pg_temp.staged_record c
            join pg_temp.staged_number k using (node)
            join core.dossier_number n using (number)
            where c.round = %(round)s
            union
            select dossier_id from pg_temp.staged_record where round = %(round)s and dossier_id is not null
            union
            select s.dossier_id from pg_temp.staged_near n join core.dossier_source s using (source_id, source_key)))
    except
    select source_id, source_key, dossier_id, rule, weight
    from pg_temp.staged_record where dossier_id is not null
) m
join std.dossier_record r using (source_id, source_key);

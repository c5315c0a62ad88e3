-- Grain: one record of clusters that content has joined. What a number ties to others keeps that rule.
merge into pg_temp.staged_link l
using pg_temp.staged_moved m on l.node = m.node
when matched then update set cluster = m.cluster,
    rule = case when l.rule = 'alone' then coalesce(m.rule, l.rule) else l.rule end,
    weight = case when l.rule = 'alone' then coalesce(m.weight, l.weight) else l.weight end
when not matched then insert (node, cluster, rule, weight)
    values (m.node, m.cluster, coalesce(m.rule, 'alone'), coalesce(m.weight, 1.0));

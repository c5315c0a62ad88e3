-- Grain: (number, record) for numbers that more than one record carries.
insert into pg_temp.staged_shared (number, kind, node)
select n.number, n.kind, n.node
from pg_temp.staged_number n
join (select number from pg_temp.staged_number group by number having min(node) <> max(node)) d using (number);

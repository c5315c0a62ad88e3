-- Grain: one kind in one group.
select kind, agency, day, status, count(*) from pg_temp.staged_found group by 1, 2, 3, 4;

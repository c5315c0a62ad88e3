-- No statistics of source_id: taken before a source came they say that it has no rows, and then any index that begins
-- with source_id looks as good as the right one. A first load once read all rows of its source for each record.
-- std is analysed by the hub after each load, never by the server in the middle of one: rows that are not committed yet
-- look like none on many pages, and a rebuild then read all rows of its source for each record again.
do $$
declare
    t record;
begin
    for t in
        select c.table_schema, c.table_name
        from information_schema.columns c
        join information_schema.tables b using (table_schema, table_name)
        where c.column_name = 'source_id' and c.table_schema in ('ops', 'std', 'core', 'vault')
          and b.table_type = 'BASE TABLE'
    loop
        execute format('alter table %I.%I alter column source_id set statistics 0', t.table_schema, t.table_name);
        if t.table_schema = 'std' then
            execute format('alter table std.%I set (autovacuum_analyze_threshold = 2147483647,
                            autovacuum_vacuum_insert_threshold = -1)', t.table_name);
        end if;
    end loop;
end
$$;

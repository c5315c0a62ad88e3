-- Grain: one column of a table, as the server has it. `key_place`: its place in the valid primary key.
select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       array_position(string_to_array(k.indkey::text, ' '), a.attnum::text) as key_place
from pg_attribute a
left join pg_index k on k.indrelid = a.attrelid and k.indisprimary and k.indisvalid
where a.attrelid = to_regclass(%(table)s) and a.attnum > 0 and not a.attisdropped
order by a.attnum;

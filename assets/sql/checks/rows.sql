-- How many rows a table has.
select count(*) from {table};

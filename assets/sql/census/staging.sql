-- The census's own staging tables, kept as long as its connection.
create temporary table if not exists staged_said (source_key text, version text, agency text, day text, status text);
create temporary table if not exists staged_held (
    source_key text, agency text, day text, status text, live boolean);
create temporary table if not exists staged_group (agency text, day text, status text);
create temporary table if not exists staged_found (
    source_key text, kind text, version text, agency text, day text, status text);

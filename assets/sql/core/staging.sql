-- The writer's own staging tables, kept as long as its connection. Temporary and not unlogged: see hub/warehouse/staging.py.
create temporary table if not exists staged_batch (batch_id bigint);
create temporary table if not exists staged_grave (record_type text, source_id text, source_key text, reason text);
create temporary table if not exists staged_record (
    node bigint, source_id text, source_key text, round int, dossier_id bigint, rule text, weight real,
    {carried});
create temporary table if not exists staged_number (node bigint, kind text, number text);
create temporary table if not exists staged_shared (number text, kind text, node bigint);
create temporary table if not exists staged_seek (
    source_id text, source_key text, system text, is_seeker boolean, agency_code text, place text,
    procedure_code text, received_at timestamptz, filed_on date, from_day date, to_day date, swapped_day date,
    applicant bytea, name bytea, phone bytea);
create temporary table if not exists staged_crowd (
    rule text, agency_code text, filed_on date, value text, size int, outside int, round int);
create temporary table if not exists staged_pair (source_a text, key_a text, source_b text, key_b text, round int);
create temporary table if not exists staged_near (source_id text, source_key text);
create temporary table if not exists staged_judged (
    judgement_id bigint, node_a bigint, node_b bigint, verdict text, machine_said text, is_new boolean);
create temporary table if not exists staged_stand (judgement_id bigint, machine_said text);
create temporary table if not exists staged_link (node bigint, cluster bigint, rule text, weight real);
create temporary table if not exists staged_moved (node bigint, cluster bigint, rule text, weight real);
create temporary table if not exists staged_doubt (a bigint, b bigint, reason text, weight real);
create temporary table if not exists staged_evidence (a bigint, b bigint, rule text, weight real, evidence jsonb);
create temporary table if not exists staged_cluster (cluster bigint, dossier_id bigint, is_new boolean);
create temporary table if not exists staged_member (
    dossier_id bigint, is_new boolean, node bigint, source_id text, source_key text, rule text, weight real, size int,
    was_dossier_id bigint, was_rule text, was_weight real, is_renumbered boolean,
    is_deleted boolean, version_at timestamptz, last_event timestamptz);
create temporary table if not exists staged_held (node bigint, kind text, number text, dossier_id bigint);
create temporary table if not exists staged_told (
    dossier_id bigint, is_new boolean, source_id text, source_key text, size int, speaks boolean,
    weak text[] not null default '{}', {told});
create temporary table if not exists staged_chosen (dossier_id bigint, is_new boolean, source_id text, source_key text);
create temporary table if not exists staged_kept (dossier_id bigint, is_new boolean, source_id text, source_key text);
create temporary table if not exists staged_gone (dossier_id bigint);
create temporary table if not exists staged_golden ({golden});
create temporary table if not exists staged_changed (dossier_id bigint, is_there boolean);
create temporary table if not exists staged_conflict (
    dossier_id bigint, field text, source_id text, source_key text, value text, kept_value text,
    kept_source_id text, kept_source_key text, kind text, size double precision);
create temporary table if not exists staged_contest (dossier_id bigint, told bigint, differing bigint);
create temporary table if not exists staged_weak (
    dossier_id bigint, source_id text, source_key text, field text, reason text, place bigint);
create temporary table if not exists staged_apart (
    dossier_id bigint, field text, source_id text, source_key text, kind text, size double precision);
create temporary table if not exists staged_origin (
    dossier_id bigint, source_id text, source_key text, chosen bigint, reasons jsonb);

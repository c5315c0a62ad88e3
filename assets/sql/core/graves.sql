-- Grain: one tombstone that core has not looked at. Its record has changed in std without a batch of its own.
insert into pg_temp.staged_grave (record_type, source_id, source_key, reason)
select record_type, source_id, source_key, reason from ops.tombstone where core_run_id is null;

-- Grain: (dossier, record) of dossiers of several records: what each tells, side by side, and whose value comes first.
-- A deleted record speaks only when all records of the dossier are deleted; the order inside a group is schemas/survivorship.yml, then the later
-- event, then the later version, then (source, key), so it never depends on arrival.
insert into pg_temp.staged_told (dossier_id, is_new, source_id, source_key, size, speaks, {names})
select m.dossier_id, m.is_new, m.source_id, m.source_key, m.size,
       not r.is_deleted or bool_and(r.is_deleted) over (partition by m.dossier_id), {orders}, {fields}
from pg_temp.staged_member m
join std.dossier_record r using (source_id, source_key)
join ops.source s using (source_id)
where m.size > 1;

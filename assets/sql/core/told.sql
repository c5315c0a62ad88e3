-- Grain: (dossier, record) of dossiers of several records: what each tells, side by side, and whose value comes first.
-- A deleted record speaks only when all records of the dossier are deleted; the order inside a group is schemas/survivorship.yml, then the later
-- event, then the later version, then (source, key), so it never depends on arrival. A source whose office had ended
-- when another one-stop system still told of the dossier stands behind every one-stop system: it shows for ever what it
-- showed on its last evening.
-- Only what orders them is sorted; the rows themselves are fetched after that, by their place in the table. The level is
-- found first: a source joined to std would be read whole for a few of its records.
insert into pg_temp.staged_told (dossier_id, is_new, source_id, source_key, size, speaks, {names})
with member as materialized (
    select m.dossier_id, m.is_new, m.size, m.source_id, m.source_key, s.level, s.valid_to
    from pg_temp.staged_member m join ops.source s using (source_id)
    where m.size > 1
), standing as (
    select r.ctid as row, m.dossier_id, m.is_new, m.size, m.source_id, m.source_key, r.is_deleted, r.version_at, m.level,
           not r.is_deleted or bool_and(r.is_deleted) over (partition by m.dossier_id) as speaks,
           coalesce(m.valid_to <= (max(r.version_at) filter (where m.level in ('province', 'district', 'commune')
                                                                   and not r.is_deleted)
                                   over (partition by m.dossier_id) at time zone 'Asia/Ho_Chi_Minh')::date, false)
               as has_ended,
           {last_event} as last_event
    from member m join std.dossier_record r using (source_id, source_key)
), placed as materialized (
    select p.row, p.dossier_id, p.is_new, p.size, p.speaks, {orders} from standing p
)
select p.dossier_id, p.is_new, r.source_id, r.source_key, p.size, p.speaks, {places}, {fields}
from placed p join std.dossier_record r on r.ctid = p.row;

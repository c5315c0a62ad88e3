-- Grain: (dossier, record) of dossiers of several records: what each tells, side by side, and whose value comes first.
-- A deleted record speaks only when all records of the dossier are deleted; the order inside a group is schemas/survivorship.yml, then the later
-- event, then the later version, then (source, key), so it never depends on arrival. A source whose office had ended
-- when another one-stop system still told of the dossier stands behind every one-stop system: it shows for ever what it
-- showed on its last evening.
-- Only what orders them is sorted; the rows themselves are fetched after that.
insert into pg_temp.staged_told (dossier_id, is_new, source_id, source_key, size, speaks, {names})
with standing as (
    select m.dossier_id, m.is_new, m.size, m.source_id, m.source_key, m.is_deleted, m.version_at, m.last_event, s.level,
           not m.is_deleted or bool_and(m.is_deleted) over (partition by m.dossier_id) as speaks,
           coalesce(s.valid_to <= (max(m.version_at) filter (where s.level in ('province', 'district', 'commune')
                                                                   and not m.is_deleted)
                                   over (partition by m.dossier_id) at time zone 'Asia/Ho_Chi_Minh')::date, false)
               as has_ended
    from pg_temp.staged_member m join ops.source s using (source_id)
    where m.size > 1
), placed as materialized (
    select p.dossier_id, p.is_new, p.size, p.speaks, p.source_id, p.source_key, {orders} from standing p
)
select p.dossier_id, p.is_new, p.source_id, p.source_key, p.size, p.speaks, {places}, {fields}
from placed p join std.dossier_record r using (source_id, source_key);

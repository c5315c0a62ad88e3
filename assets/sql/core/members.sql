-- Grain: (dossier, record). Who belongs to each affected dossier and, per field group, whose value comes first.
-- A deleted record speaks only when all records of the dossier are deleted; the order inside a group is schemas/survivorship.yml, then the later
-- event, then the later version, then (source, key), so it never depends on arrival. A source whose office had ended
-- when another one-stop system still told of the dossier stands behind every one-stop system: it shows for ever what it
-- showed on its last evening.
insert into pg_temp.staged_member (dossier_id, is_new, source_id, source_key, rule, weight, size, speaks{order_names})
with member as (
    select k.dossier_id, k.is_new, c.source_id, c.source_key,
           coalesce(l.rule, 'alone') as rule, coalesce(l.weight, 1.0) as weight,
           count(*) over (partition by k.dossier_id) as size
    from pg_temp.staged_record c
    left join pg_temp.staged_link l using (node)
    join pg_temp.staged_cluster k on k.cluster = coalesce(l.cluster, c.node)
), told as (
    select m.*, r.is_deleted, r.version_at, s.level,
           coalesce(s.valid_to <= (max(r.version_at) filter (where s.level in ('province', 'district', 'commune')
                                                                   and not r.is_deleted)
                                   over (partition by m.dossier_id) at time zone 'Asia/Ho_Chi_Minh')::date, false)
               as has_ended,
           not r.is_deleted or bool_and(r.is_deleted) over (partition by m.dossier_id) as speaks,
           greatest(r.submitted_at, r.received_at, r.finished_at, r.returned_at, r.rejected_at, r.withdrawn_at,
                    r.sent_back_at, r.suspended_at) as last_event
    from member m
    join std.dossier_record r using (source_id, source_key)
    join ops.source s using (source_id)
    where m.size > 1
), ranked as (
    select t.*, p.* from told t
    join (values {ranks}) p (level{rank_names}) on p.level = case when t.has_ended then 'commune' else t.level end
)
select dossier_id, is_new, source_id, source_key, rule, weight, size, true{ones} from member where size = 1
union all
select dossier_id, is_new, source_id, source_key, rule, weight, size, speaks{orders} from ranked;

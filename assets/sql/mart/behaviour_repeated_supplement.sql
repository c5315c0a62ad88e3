-- repeated_supplement: one system's record of a dossier asks for papers more than once. Input: the requests of each record
-- (some systems keep only the last one), core's own, and steps that lead anew into waiting for papers.
-- Innocent: one request written twice within minutes, a waiting dossier handed on, requests that only several systems make
-- up, steps that are told by a number which two dossiers of their source bear.
with asked as (
    select s.dossier_id, s.source_id, s.source_key, u.requested_at
    from concerned
    join core.dossier_source s using (dossier_id)
    join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
    join std.supplement_record u on u.source_id = s.source_id and u.parent_key = s.source_key
    where not x.is_deleted and u.is_deleted is not true and u.requested_at is not null
    union all
    select u.dossier_id, u.source_id, '', u.requested_at
    from concerned join core.supplement u using (dossier_id)
    where u.requested_at is not null
    union all
    select t.dossier_id, t.source_id, 'step', t.step_at
    from (select e.dossier_id, e.source_id, e.status, e.step_at,
                 lag(e.status) over (partition by e.dossier_id order by e.step_at, e.source_key) as before
          from concerned join core.dossier_step e using (dossier_id)
          where e.status is not null and e.step_at is not null) t
    join ops.source o using (source_id)
    cross join rule r
    where t.status = 5 and t.before is distinct from 5 and not o.level = any (r.lossy_levels)
      and not exists (
          select from core.dossier_source s
          join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
          join std.dossier_record z on z.dossier_no = x.dossier_no and z.source_id = x.source_id
          where s.dossier_id = t.dossier_id and s.source_id = t.source_id and z.source_key <> x.source_key)
), told as (
    select a.dossier_id, a.source_id, a.source_key, jsonb_agg(distinct a.requested_at order by a.requested_at) as requested_at,
           min(a.requested_at) filter (where a.requested_at > f.first_at + r.allowance) as second_at, r.rule_id
    from asked a
    join (select dossier_id, source_id, source_key, min(requested_at) as first_at
          from asked group by 1, 2, 3 having count(*) > 1) f using (dossier_id, source_id, source_key)
    cross join rule r
    group by a.dossier_id, a.source_id, a.source_key, r.rule_id
)
select distinct on (t.dossier_id) t.dossier_id, t.second_at as happened_at,
       coalesce(nullif(v.processing_agency_id, 0), v.receiving_agency_id) as agency_id, null::text as officer_id,
       v.recorded_from as detected_at, t.rule_id,
       jsonb_build_object('requested_at', t.requested_at, 'source_id', t.source_id) as evidence
from told t
join mart.dossier_version v on v.dossier_id = t.dossier_id and v.recorded_to = 'infinity' and not v.is_deleted
where t.second_at is not null
order by t.dossier_id, t.second_at, t.source_id, t.source_key

-- repeated_supplement: papers were asked for more than once, at moments that are not one request written twice.
select v.dossier_id, v.second_supplement_at as happened_at,
       coalesce(nullif(v.processing_agency_id, 0), v.receiving_agency_id) as agency_id, null::text as officer_id,
       v.recorded_from as detected_at, r.rule_id,
       jsonb_build_object('requested_at', s.requested_at, 'source_id', s.source_id) as evidence
from concerned
join mart.dossier_version v using (dossier_id)
cross join rule r
cross join lateral (
    select jsonb_agg(distinct u.requested_at order by u.requested_at) as requested_at, min(u.requested_at) as first_at,
           min(u.source_id) as source_id
    from core.supplement u where u.dossier_id = v.dossier_id and u.requested_at is not null) s
where v.recorded_to = 'infinity' and not v.is_deleted and v.second_supplement_at > s.first_at + r.allowance

-- refusal_without_reason: refused, and no record has a note, a reason, a returned paper or a text of the refusing step.
-- Innocent: nobody could have told (no source has such a field); the steps of the source have not come yet.
select v.dossier_id, coalesce(d.rejected_at, p.step_at, v.recorded_from) as happened_at,
       coalesce(nullif(v.receiving_agency_id, 0), v.processing_agency_id) as agency_id, p.officer_id,
       v.recorded_from as detected_at, r.rule_id,
       jsonb_build_object('rejected_at', d.rejected_at, 'records', t.records, 'told_by', v.told_by) as evidence
from concerned
join mart.dossier_version v using (dossier_id)
join core.dossier d using (dossier_id)
cross join rule r
cross join lateral (
    select bool_or(x.has_note or x.has_return_info or x.has_rejection_reason) as has_reason,
           bool_or(x.has_note is not null or x.has_return_info is not null or x.has_rejection_reason is not null) as is_told,
           jsonb_agg(jsonb_build_array(x.source_id, x.source_key) order by x.source_id, x.source_key) as records
    from core.dossier_source s
    join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
    where s.dossier_id = v.dossier_id and not x.is_deleted) t
left join lateral (
    select e.step_at, e.officer_id from core.dossier_step e
    where e.dossier_id = v.dossier_id and e.status = 3 order by e.step_at, e.source_key limit 1) p on true
where v.recorded_to = 'infinity' and v.status = 3 and not v.is_deleted and t.is_told and not coalesce(t.has_reason, false)
  and not exists (select from core.dossier_step e join std.step_record y using (source_id, source_key)
                  where e.dossier_id = v.dossier_id and y.has_step_text and (e.status = 3 or e.step_at >= d.rejected_at))
  and not exists (select from core.document q
                  where q.dossier_id = v.dossier_id and q.document_kind = 'result' and q.has_file)
  and (p.step_at is not null or not exists (select from std.step_record y where y.source_id = v.told_by))

-- overdue_without_apology: late by a day or more under rule ii06a_td_v1, and no apology, where the source tells apologies.
-- Innocent: a source that has never told one; a clock that was stopped; a dossier of which the source has told nothing
-- since it became late.
select v.dossier_id, v.due_at as happened_at,
       coalesce(nullif(v.processing_agency_id, 0), v.receiving_agency_id) as agency_id, null::text as officer_id,
       v.recorded_from as detected_at, r.rule_id,
       jsonb_build_object('due_at', v.due_at, 'finished_at', v.effective_finished_at, 'told_by', v.told_by,
                          'told_at', v.told_at, 'outcome', w.outcome) as evidence
from concerned
join mart.dossier_version v using (dossier_id)
join mart.verdict w on w.dossier_id = v.dossier_id and w.rule_id = 'ii06a_td_v1' and w.outcome in ('overdue', 'overdue_open')
join ops.source o on o.source_id = v.told_by
cross join rule r
where v.recorded_to = 'infinity' and v.is_counted and v.apology_count = 0 and v.due_at is not null
  and not o.level = any (r.lossy_levels)
  and (isempty(v.stops) or v.due_at is distinct from v.original_due_at)
  and (w.outcome = 'overdue' or v.told_at > v.due_at + interval '1 day')
  and exists (select from std.apology_record a where a.source_id = v.told_by)

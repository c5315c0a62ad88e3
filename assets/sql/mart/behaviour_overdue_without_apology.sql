-- overdue_without_apology: late by a day or more under rule ii06a_td_v1, and no apology, where a feed that tells apologies
-- has told of the dossier since it became late. Innocent: a source that has never told one; a clock that was stopped; a
-- dossier of which its feed has told nothing since it became late; any record with a later appointment or an earlier
-- finish, by which it is not late; a finish that counts only from a receipt after it.
select v.dossier_id, v.due_at as happened_at,
       coalesce(nullif(v.processing_agency_id, 0), v.receiving_agency_id) as agency_id, null::text as officer_id,
       v.recorded_from as detected_at, r.rule_id,
       jsonb_build_object('due_at', v.due_at, 'finished_at', v.effective_finished_at, 'told_by', f.source_id,
                          'told_at', f.told_at, 'outcome', w.outcome) as evidence
from concerned
join mart.dossier_version v using (dossier_id)
join mart.verdict w on w.dossier_id = v.dossier_id and w.rule_id = 'ii06a_td_v1' and w.outcome in ('overdue', 'overdue_open')
cross join rule r
cross join lateral (
    select s.source_id, x.version_at as told_at
    from core.dossier_source s
    join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
    join ops.source o on o.source_id = s.source_id
    where s.dossier_id = v.dossier_id and not x.is_deleted and not o.level = any (r.lossy_levels)
      and x.version_at > v.due_at + case when w.outcome = 'overdue' then interval '0' else interval '1 day' end
      and exists (select from std.apology_record a where a.source_id = s.source_id)
    order by x.version_at desc, s.source_id
    limit 1) f
where v.recorded_to = 'infinity' and v.is_counted and v.apology_count = 0 and v.due_at is not null and not v.repaired
  and (isempty(v.stops) or v.due_at is distinct from v.original_due_at)
  and not exists (
      select from core.dossier_source s
      join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
      where s.dossier_id = v.dossier_id and not x.is_deleted
        and ((x.due_at at time zone 'Asia/Ho_Chi_Minh')::date
                 >= coalesce(v.effective_finished_on, (%(now)s::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date)
             or (x.finished_at at time zone 'Asia/Ho_Chi_Minh')::date <= v.due_on))

-- mart.behaviour, one kind: what is found now of the dossiers looked at, against what stands there.
-- Grain: (dossier_id, kind, happened_at). Looked at are dossiers with a version that begins or ends after the watermark,
-- those that stand there already (evidence may come that clears them) and what the kind adds.
-- Invariants: no row without its rule in force today; a row whose evidence does not hold any more is taken back; an
-- unchanged row is not written. Each kind is a file behaviour_<kind>.sql that reads `concerned` and `rule`.
merge into mart.behaviour t
using (
    with rule as materialized (
        select rule_id, make_interval(mins => (parameters ->> 'allowance_minutes')::int) as allowance,
               array(select jsonb_array_elements_text(parameters -> 'lossy_levels')) as lossy_levels,
               (parameters ->> 'backdated_working_days')::int as backdated_days,
               (parameters ->> 'usual_share')::float8 as usual_share,
               (parameters ->> 'least_samples')::int as least_samples,
               (parameters ->> 'bulk_least')::int as bulk_least,
               make_interval(secs => (parameters ->> 'bulk_gap_s')::int) as bulk_gap,
               (parameters ->> 'bulk_last_days')::int as bulk_last_days,
               (parameters ->> 'bulk_times_usual')::float8 as bulk_times_usual
        from mart.rule
        where rule_id = 'behaviour_v1' and recorded_to = 'infinity' and valid_from <= %(today)s::date
          and coalesce(valid_to, 'infinity') > %(today)s::date
    ), concerned as materialized (
        select dossier_id from mart.dossier_version where recorded_from > %(watermark)s::timestamptz
        union
        select dossier_id from mart.dossier_version
        where recorded_to > %(watermark)s::timestamptz and recorded_to < 'infinity'
        union
        select dossier_id from mart.behaviour where kind = '{kind}'
        {more}
    ), found as materialized (
        {found}
    )
    select dossier_id, happened_at, agency_id, officer_id, detected_at, rule_id, evidence, true as stands from found
    union all
    select b.dossier_id, b.happened_at, null, null, null, null, null, false
    from mart.behaviour b join concerned c using (dossier_id)
    where b.kind = '{kind}'
      and not exists (select from found f where f.dossier_id = b.dossier_id and f.happened_at = b.happened_at)
) s
on t.dossier_id = s.dossier_id and t.kind = '{kind}' and t.happened_at = s.happened_at
when matched and not s.stands then delete
when matched and (t.agency_id, t.officer_id, t.rule_id, t.evidence)
                 is distinct from (s.agency_id, s.officer_id, s.rule_id, s.evidence) then update set
    agency_id = s.agency_id,
    officer_id = s.officer_id,
    rule_id = s.rule_id,
    evidence = s.evidence
when not matched and s.stands then insert
    values (s.dossier_id, '{kind}', s.happened_at, s.agency_id, s.officer_id, s.detected_at, s.rule_id, s.evidence)

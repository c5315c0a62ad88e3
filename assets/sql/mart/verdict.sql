-- mart.verdict: what each overdue rule says of each dossier now. Grain: (dossier_id, rule_id). Input: mart.verdicts_at.
-- Looked at again are dossiers with a version that begins or ends after the watermark, those whose due moment has come,
-- and those recorded before the day of their receipt, once it has come. Invariants: equal to mart.verdicts_at at that moment; an unchanged row is not written; how late an open dossier
-- is changes with every minute and is asked of the function.
merge into mart.verdict t
using (
    with concerned as (
        select dossier_id from mart.dossier_version where recorded_from > %(watermark)s::timestamptz
        union
        select dossier_id from mart.dossier_version
        where recorded_to > %(watermark)s::timestamptz and recorded_to < 'infinity'
        union
        select dossier_id from mart.verdict
        where rule_id = %(rule)s and outcome = 'within_due' and due_at_used < %(now)s::timestamptz
        union
        select dossier_id from mart.dossier_version
        where recorded_to = 'infinity' and effective_received_on <= %(today)s::date
          and effective_received_on > (recorded_from at time zone 'Asia/Ho_Chi_Minh')::date
    )
    select c.dossier_id, %(rule)s::text as rule_id, v.outcome, v.basis, v.finished_at_used, v.due_at_used,
           case when v.outcome in ('early', 'on_time', 'overdue') then v.late_by end as late_by
    from concerned c
    left join mart.verdicts_at(%(rule)s, %(now)s::timestamptz) v using (dossier_id)
) s
on t.dossier_id = s.dossier_id and t.rule_id = s.rule_id
when matched and s.outcome is null then delete
when matched and (t.outcome, t.basis, t.finished_at_used, t.due_at_used, t.late_by)
                 is distinct from (s.outcome, s.basis, s.finished_at_used, s.due_at_used, s.late_by) then update set
    outcome = s.outcome,
    basis = s.basis,
    finished_at_used = s.finished_at_used,
    due_at_used = s.due_at_used,
    late_by = s.late_by
when not matched and s.outcome is not null then insert
    values (s.dossier_id, s.rule_id, s.outcome, s.basis, s.finished_at_used, s.due_at_used, s.late_by)

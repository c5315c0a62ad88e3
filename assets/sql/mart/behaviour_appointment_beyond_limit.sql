-- appointment_beyond_limit: the first appointment lies after the legal due date, by more than sources disagree on the
-- receipt. Innocent: no limit known to have been valid at the receipt; a date that a stop has moved and nobody told what
-- it was before; another record with an earlier appointment, procedure or channel; day and month swapped.
with judged as (
    select v.dossier_id, v.original_due_at, v.legal_due_at, v.effective_received_on, v.effective_received_at, v.told_by,
           v.recorded_from, coalesce(nullif(v.processing_agency_id, 0), v.receiving_agency_id) as agency_id,
           v.due_precision, r.rule_id, r.allowance,
           (v.original_due_at at time zone 'Asia/Ho_Chi_Minh')::date as due_on,
           (v.legal_due_at at time zone 'Asia/Ho_Chi_Minh')::date as legal_on,
           extract(epoch from (v.legal_due_at at time zone 'Asia/Ho_Chi_Minh')::time) = h.closing as at_closing
    from concerned
    join mart.dossier_version v using (dossier_id)
    cross join rule r
    cross join mart.working_hours h
    where v.recorded_to = 'infinity' and v.is_counted and v.received_basis = 'received_at'
      and v.original_due_at > v.legal_due_at and (isempty(v.stops) or v.original_due_at is distinct from v.due_at)
), beyond as (
    select j.*, d.working_index - l.working_index as days
    from judged j
    join mart.day d on d.day = j.due_on
    join mart.day l on l.day = j.legal_on
    where j.due_on > j.legal_on
       or not j.at_closing and j.due_precision is distinct from 'd' and j.original_due_at > j.legal_due_at + j.allowance
)
select b.dossier_id, b.effective_received_at as happened_at, b.agency_id, null::text as officer_id,
       b.recorded_from as detected_at, b.rule_id,
       jsonb_build_object('first_due_at', b.original_due_at, 'legal_due_at', b.legal_due_at,
                          'received_at', b.effective_received_at, 'told_by', b.told_by, 'working_days', b.days) as evidence
from beyond b
cross join lateral (
    select coalesce(max(w.working_index - g.working_index), 0) as doubt,
           bool_or(case when b.at_closing then (x.due_at at time zone 'Asia/Ho_Chi_Minh')::date <= b.legal_on
                        else x.due_at <= b.legal_due_at + b.allowance end) as is_denied
    from core.dossier_source s
    join std.dossier_record x on x.source_id = s.source_id and x.source_key = s.source_key
    join mart.day g on g.day = b.effective_received_on
    left join mart.day w on w.day = greatest((x.received_at at time zone 'Asia/Ho_Chi_Minh')::date, x.number_date)
    where s.dossier_id = b.dossier_id and not x.is_deleted) o
where b.days >= o.doubt + (b.due_on > b.legal_on)::int and not coalesce(o.is_denied, false)
  and (b.days > 0 or b.due_on = b.legal_on)
  and not exists (select from core.conflict c
                  where c.dossier_id = b.dossier_id and c.field in ('procedure_code', 'channel'))
  and not (extract(day from b.due_on) <= 12 and b.due_on > b.legal_on
           and make_date(extract(year from b.due_on)::int, extract(day from b.due_on)::int,
                         extract(month from b.due_on)::int) between b.effective_received_on and b.legal_on)

-- mart.dossier_version: every recorded version of every dossier with the effective times of rule effective_v1.
-- Grain: (dossier_id, recorded_from). Inputs: core.dossier_history of each dossier with a version that begins or ends
-- after the watermark (one merged into another ends without a new version); core.procedure (field), mart.agency.
-- Invariants: versions of a dossier do not overlap in recorded time; agency ids and procedure codes exist in their
-- dimensions; a finish is never before the receipt; a row is written only when it is new or differs. A version's
-- content never changes in history, so what an incremental run updates is the end of the version before.
with touched as (
    select dossier_id from core.dossier_history where recorded_from > %(watermark)s::timestamptz
    union
    select dossier_id from core.dossier_history
    where recorded_to > %(watermark)s::timestamptz and recorded_to < 'infinity'
), history as (
    -- what one source said one version after the other; a due date that changed though nothing stopped the clock and
    -- nobody apologised is a new appointment
    select h.*,
           first_value(h.due_at) over (partition by h.dossier_id, h.told_by, h.due_at is null order by h.recorded_from)
               as first_due_at,
           h.due_at <> lag(h.due_at) over told
           and h.stops = lag(h.stops) over told and h.apology_count = lag(h.apology_count) over told
           and h.source_count = lag(h.source_count) over told as is_moved
    from core.dossier_history h where h.dossier_id in (select dossier_id from touched)
    window told as (partition by h.dossier_id, h.told_by order by h.recorded_from)
), counted as (
    select s.*, count(*) filter (where s.is_moved)
                over (partition by s.dossier_id order by s.recorded_from) as moves
    from history s
), first_closed as (
    -- finished (9) and returned (10) are one closing: a hand-over later does not move the finish
    select dossier_id, status = 7 as is_withdrawn, min(recorded_from) as seen_at
    from history
    where status in (7, 9, 10)
    group by 1, 2
), numbered as (
    -- the date inside the number, by TT 01/2018/TT-VPCP (YYMMDD) or TT 03/2025/TT-VPCP (YYYYMMDD), as YYYYMMDD;
    -- read only where no receipt is known
    select h.*,
           case when h.received_at is null then regexp_replace(
               substring(h.dossier_no from
                   '^(?:\d{3}\.\d{2}\.\d{2}\.[GHK]\d{2}|[GHK]\d{2}(?:\.\d{1,3}){0,4})-(\d{6}|\d{8})-\d{3,7}$'),
               '^(\d{6})$', '20\1') end as number_digits
    from counted h
), dated as (
    select n.*,
           case when n.number_digits ~ '^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$'
                then case when substring(n.number_digits from 7)::int <= extract(day from
                         make_date(left(n.number_digits, 4)::int, substring(n.number_digits from 5 for 2)::int, 1)
                         + interval '1 month' - interval '1 day')
                     then make_date(left(n.number_digits, 4)::int, substring(n.number_digits from 5 for 2)::int,
                                    substring(n.number_digits from 7)::int) end
           end as number_on
    from numbered n
), based as (
    select d.*,
           case when d.received_at is not null then 'received_at'
                -- a submission counts as received once something happened after it
                when d.submitted_at is not null and (
                         d.status > 3
                         or not isempty(d.stops)
                         or greatest(d.finished_at, d.returned_at, d.withdrawn_at, d.sent_back_at,
                                     d.suspended_at, d.closed_step_at) > d.submitted_at)
                     then 'submitted_at'
                when d.number_on is not null then 'dossier_no'
           end as received_basis,
           case when d.status is null or d.status not in (7, 9, 10) then null
                when d.finished_at is not null then 'finished_at'
                when d.status = 7 and d.withdrawn_at is not null then 'withdrawn_at'
                when d.status = 7 and d.sent_back_at is not null then 'sent_back_at'
                when d.returned_at is not null then 'returned_at'
                when d.closed_step_at is not null then 'step'
                else 'recorded'
           end as finished_basis
    from dated d
), effective as (
    select b.*,
           case b.received_basis
                when 'received_at' then (b.received_at at time zone 'Asia/Ho_Chi_Minh')::date
                when 'submitted_at' then (b.submitted_at at time zone 'Asia/Ho_Chi_Minh')::date
                else b.number_on
           end as received_on,
           (case b.finished_basis
                when 'finished_at' then b.finished_at
                when 'withdrawn_at' then b.withdrawn_at
                when 'sent_back_at' then b.sent_back_at
                when 'returned_at' then b.returned_at
                when 'step' then b.closed_step_at
                when 'recorded' then c.seen_at
            end at time zone 'Asia/Ho_Chi_Minh')::date as finished_on,
           case b.received_basis when 'received_at' then b.received_at when 'submitted_at' then b.submitted_at
                else b.number_on::timestamp at time zone 'Asia/Ho_Chi_Minh' end as received_moment,
           case b.received_basis when 'received_at' then b.received_precision when 'submitted_at' then b.submitted_precision
                when 'dossier_no' then 'd' end as received_exact,
           case b.finished_basis when 'finished_at' then b.finished_at when 'withdrawn_at' then b.withdrawn_at
                when 'sent_back_at' then b.sent_back_at when 'returned_at' then b.returned_at
                when 'step' then b.closed_step_at when 'recorded' then c.seen_at end as finished_moment,
           case b.finished_basis when 'finished_at' then b.finished_precision when 'withdrawn_at' then b.withdrawn_precision
                when 'sent_back_at' then b.sent_back_precision when 'returned_at' then b.returned_precision
                when 'step' then 's' when 'recorded' then 'd' end as finished_exact
    from based b
    left join first_closed c on c.dossier_id = b.dossier_id and c.is_withdrawn = (b.status = 7)
)
merge into mart.dossier_version t
using (
    select e.dossier_id, e.recorded_from, e.recorded_to, e.dossier_no,
           coalesce(nullif(e.procedure_code, ''), '?') as procedure_code,
           coalesce(p.field_name, nullif(e.field_name, ''), 'Chưa xác định') as field_name,
           coalesce(r.agency_id, 0) as receiving_agency_id,
           coalesce(g.agency_id, 0) as processing_agency_id,
           coalesce(o.agency_id, r.agency_id, 0) as holder_agency_id,
           coalesce(e.channel, 1::smallint) as channel,
           e.return_method, e.applicant_type, e.applicant_masked, e.status,
           e.submitted_at, e.received_at, e.due_at,
           -- a supplement says what the date was before it; else the first one that this source told
           case when e.original_due_at is distinct from e.due_at then e.original_due_at
                else coalesce(e.first_due_at, e.original_due_at) end as original_due_at,
           e.legal_due_at, e.finished_at, e.returned_at,
           e.received_on as effective_received_on,
           e.received_basis,
           greatest(e.finished_on, case when e.finished_on is not null then e.received_on end) as effective_finished_on,
           e.finished_basis,
           coalesce(e.finished_on < e.received_on, false) as repaired,
           (e.due_at at time zone 'Asia/Ho_Chi_Minh')::date as due_on,
           e.stops,
           not e.is_deleted and coalesce(e.status, 0) not in (1, 3) and e.received_on is not null as is_counted,
           e.supplement_count, e.apology_count, e.paid_online, e.digitised, e.result_is_electronic, e.source_count,
           e.is_deleted,
           e.received_moment as effective_received_at, e.received_exact as received_precision,
           greatest(e.finished_moment, case when e.finished_moment is not null then e.received_moment end)
               as effective_finished_at,
           e.finished_exact as finished_precision, e.due_precision,
           case when e.legal_due_at is null or isempty(e.stops) then e.legal_due_at
                else mart.extended_due(e.legal_due_at, e.stops) end as extended_due_at,
           e.supplement_stops, e.second_supplement_at,
           (e.reappointment_count + e.moves)::smallint as reappointment_count,
           e.told_by, e.told_at
    from effective e
    left join core.procedure p on p.procedure_code = e.procedure_code and p.procedure_code <> '?'
    left join mart.agency r on r.agency_id = e.receiving_agency_id
    left join mart.agency g on g.agency_id = e.processing_agency_id
    left join mart.agency o on o.agency_id = e.holder_agency_id
) s
on t.dossier_id = s.dossier_id and t.recorded_from = s.recorded_from
when matched and row(t.*) is distinct from row(s.*) then update set
    recorded_to = s.recorded_to,
    dossier_no = s.dossier_no,
    procedure_code = s.procedure_code,
    field_name = s.field_name,
    receiving_agency_id = s.receiving_agency_id,
    processing_agency_id = s.processing_agency_id,
    holder_agency_id = s.holder_agency_id,
    channel = s.channel,
    return_method = s.return_method,
    applicant_type = s.applicant_type,
    applicant_masked = s.applicant_masked,
    status = s.status,
    submitted_at = s.submitted_at,
    received_at = s.received_at,
    due_at = s.due_at,
    original_due_at = s.original_due_at,
    legal_due_at = s.legal_due_at,
    finished_at = s.finished_at,
    returned_at = s.returned_at,
    effective_received_on = s.effective_received_on,
    received_basis = s.received_basis,
    effective_finished_on = s.effective_finished_on,
    finished_basis = s.finished_basis,
    repaired = s.repaired,
    due_on = s.due_on,
    stops = s.stops,
    is_counted = s.is_counted,
    supplement_count = s.supplement_count,
    apology_count = s.apology_count,
    paid_online = s.paid_online,
    digitised = s.digitised,
    result_is_electronic = s.result_is_electronic,
    source_count = s.source_count,
    is_deleted = s.is_deleted,
    effective_received_at = s.effective_received_at,
    received_precision = s.received_precision,
    effective_finished_at = s.effective_finished_at,
    finished_precision = s.finished_precision,
    due_precision = s.due_precision,
    extended_due_at = s.extended_due_at,
    supplement_stops = s.supplement_stops,
    second_supplement_at = s.second_supplement_at,
    reappointment_count = s.reappointment_count,
    told_by = s.told_by,
    told_at = s.told_at
when not matched then insert values (
    s.dossier_id, s.recorded_from, s.recorded_to, s.dossier_no, s.procedure_code, s.field_name,
    s.receiving_agency_id, s.processing_agency_id, s.holder_agency_id, s.channel, s.return_method, s.applicant_type,
    s.applicant_masked, s.status, s.submitted_at, s.received_at, s.due_at, s.original_due_at, s.legal_due_at, s.finished_at, s.returned_at,
    s.effective_received_on, s.received_basis, s.effective_finished_on, s.finished_basis, s.repaired, s.due_on, s.stops,
    s.is_counted, s.supplement_count, s.apology_count, s.paid_online, s.digitised, s.result_is_electronic,
    s.source_count, s.is_deleted, s.effective_received_at, s.received_precision, s.effective_finished_at, s.finished_precision,
    s.due_precision, s.extended_due_at, s.supplement_stops, s.second_supplement_at, s.reappointment_count, s.told_by, s.told_at
)

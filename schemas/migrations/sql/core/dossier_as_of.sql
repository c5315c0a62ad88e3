-- core.dossier_as_of: what the warehouse knew at recorded_at about the state of each dossier at event_at.
-- Grain: one row per dossier that is known at recorded_at and has an event by event_at. Two times that never mix:
-- recorded time picks the version, event time reads it. An event after event_at has not happened; the status is the one
-- that the version's own events bring about by then: its status where nothing later than event_at led to it, else what
-- the last event by event_at made of it. Of steps only what core holds today is known, so they are read where
-- recorded_at is now; a past reading stands on the version's own times and stops.
create or replace function core.dossier_as_of(event_at timestamptz, recorded_at timestamptz default 'infinity')
returns table (
    dossier_id bigint, dossier_no text, status smallint, status_basis text, status_since timestamptz,
    submitted_at timestamptz, received_at timestamptz, due_at timestamptz, finished_at timestamptz,
    returned_at timestamptz, receiving_agency_id bigint, processing_agency_id bigint, is_waiting boolean,
    recorded_from timestamptz, recorded_to timestamptz
) language sql stable as $$
select h.dossier_id, h.dossier_no, s.status::smallint, s.basis, s.since,
       h.submitted_at, case when h.received_at <= event_at then h.received_at end, h.due_at,
       case when h.finished_at <= event_at then h.finished_at end,
       case when h.returned_at <= event_at then h.returned_at end,
       h.receiving_agency_id, h.processing_agency_id, h.stops @> event_at, h.recorded_from, h.recorded_to
from core.dossier_history h
left join lateral (
    select t.status, t.step_at from core.dossier_step t
    where recorded_at >= now() and h.recorded_to = 'infinity' and t.dossier_id = h.dossier_id
      and t.status is not null and t.step_at <= event_at
    order by t.step_at desc, t.source_key desc limit 1) p on true
cross join lateral (
    -- the last event by event_at, and what it made of the dossier; of two at one moment the later in a dossier's life
    select e.status, e.basis, e.since
    from (values (1, 'submitted_at', h.submitted_at, 1), (2, 'received_at', h.received_at, 2),
                 (3, 'rejected_at', h.rejected_at, 3),
                 (case when h.supplement_stops @> event_at then 5 when h.status in (6, 8) then h.status else 8 end, 'stops',
                  case when h.stops @> event_at
                       then (select max(lower(r)) from unnest(h.stops) r where lower(r) <= event_at) end, 4),
                 (4, 'stops', (select max(upper(r)) from unnest(h.stops) r where upper(r) <= event_at), 4),
                 (p.status::int, 'step', p.step_at, 5),
                 (9, 'finished_at', h.finished_at, 6), (7, 'withdrawn_at', h.withdrawn_at, 7),
                 (7, 'sent_back_at', case when h.status = 7 then h.sent_back_at end, 7),
                 (10, 'returned_at', h.returned_at, 8)) e (status, basis, since, place)
    where e.since <= event_at and e.status is not null
    order by e.since desc, e.place desc limit 1) s
where h.recorded_from <= recorded_at and (h.recorded_to = 'infinity' or h.recorded_to > recorded_at) and not h.is_deleted
$$;
comment on function core.dossier_as_of(timestamptz, timestamptz) is
    'Trạng thái của từng hồ sơ tại một thời điểm sự kiện, theo những gì kho đã ghi nhận tới một thời điểm khác';

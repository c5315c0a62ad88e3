-- mart.journey: one row per journey of chained dossiers (liên thông), judged by its own clock.
-- Grain: journey_id, the least dossier_id of the chain. Inputs: core.dossier_link, mart.dossier_version as it is now.
-- A journey is everything that links reach. It begins with the first receipt and ends with the last result, once every leg
-- has one. Its limit is that of the dossier that leads (no one links to it; the earliest, where there are several): the
-- chained procedure's, and no other: where that is not known to have been valid there is no verdict.
-- Invariants: dossiers that are deleted or not counted are no legs; a journey of one leg is none; an unchanged row is
-- not written.
with recursive edge as (
    select dossier_id as a, next_dossier_id as b from core.dossier_link
    union
    select next_dossier_id, dossier_id from core.dossier_link
), reached (a, b) as (
    select a, a from edge
    union
    select r.a, e.b from reached r join edge e on e.a = r.b
), leg as materialized (
    select r.journey_id, v.*,
           not exists (select from core.dossier_link l where l.next_dossier_id = v.dossier_id) as leads
    from (select a as dossier_id, min(b) as journey_id from reached group by a) r
    join mart.dossier_version v on v.dossier_id = r.dossier_id and v.recorded_to = 'infinity' and v.is_counted
), now as (
    select journey_id, (array_agg(dossier_id order by leads desc, effective_received_on, dossier_id))[1] as first_dossier_id,
           (array_agg(dossier_no order by leads desc, effective_received_on, dossier_id))[1] as dossier_no,
           (array_agg(procedure_code order by leads desc, effective_received_on, dossier_id))[1] as procedure_code,
           (array_agg(receiving_agency_id order by leads desc, effective_received_on, dossier_id))[1] as receiving_agency_id,
           count(*)::smallint as legs,
           count(effective_finished_on)::smallint as finished_legs,
           min(effective_received_on) as received_on,
           case when bool_and(effective_finished_on is not null) then max(effective_finished_on) end as finished_on,
           ((array_agg(legal_due_at order by leads desc, effective_received_on, dossier_id))[1]
               at time zone 'Asia/Ho_Chi_Minh')::date as limit_on
    from leg group by journey_id having count(*) > 1
), judged as (
    select now.*,
           case when limit_on is null or finished_on is null then null
                when finished_on < limit_on then 'early' when finished_on = limit_on then 'on_time' else 'overdue' end
               as outcome
    from now
), gone as (
    delete from mart.journey t where not exists (select from judged n where n.journey_id = t.journey_id)
)
insert into mart.journey
select n.* from judged n left join mart.journey t using (journey_id)
where row(t.*) is distinct from row(n.*)
on conflict (journey_id) do update set
    first_dossier_id = excluded.first_dossier_id,
    dossier_no = excluded.dossier_no,
    procedure_code = excluded.procedure_code,
    receiving_agency_id = excluded.receiving_agency_id,
    legs = excluded.legs,
    finished_legs = excluded.finished_legs,
    received_on = excluded.received_on,
    finished_on = excluded.finished_on,
    limit_on = excluded.limit_on,
    outcome = excluded.outcome

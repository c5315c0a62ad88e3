-- mart.journey_leg: the dossiers of each journey in their order, each judged by its own clock.
-- Grain: dossier_id. Inputs: core.dossier_link, mart.journey (refreshed before it), mart.dossier_version as it is now.
-- Order: the dossier that leads, then by receipt. A finish is compared with the leg's own due date by dates (rule
-- ii06a_td_v1); an open leg, and one without a due date, has no verdict.
-- Invariant: an unchanged row is not written.
with recursive edge as (
    select dossier_id as a, next_dossier_id as b from core.dossier_link
    union
    select next_dossier_id, dossier_id from core.dossier_link
), reached (journey_id, dossier_id) as (
    select journey_id, journey_id from mart.journey
    union
    select r.journey_id, e.b from reached r join edge e on e.a = r.dossier_id
), before as (
    select next_dossier_id as dossier_id, min(dossier_id) as previous_dossier_id, min(kind) as kind
    from core.dossier_link group by 1
), now as (
    select v.dossier_id, r.journey_id,
           row_number() over (partition by r.journey_id order by v.dossier_id = j.first_dossier_id desc,
                              v.effective_received_on, v.dossier_id)::smallint as leg_no,
           b.previous_dossier_id, b.kind, v.dossier_no, v.procedure_code, v.receiving_agency_id, v.processing_agency_id,
           v.status, v.effective_received_on as received_on, v.due_on, v.effective_finished_on as finished_on,
           case when v.effective_finished_on is null or v.due_on is null then null
                when v.effective_finished_on < v.due_on then 'early'
                when v.effective_finished_on = v.due_on then 'on_time' else 'overdue' end as outcome
    from reached r
    join mart.journey j using (journey_id)
    join mart.dossier_version v on v.dossier_id = r.dossier_id and v.recorded_to = 'infinity' and v.is_counted
    left join before b on b.dossier_id = r.dossier_id
), gone as (
    delete from mart.journey_leg t where not exists (select from now n where n.dossier_id = t.dossier_id)
)
insert into mart.journey_leg
select n.* from now n left join mart.journey_leg t using (dossier_id)
where row(t.*) is distinct from row(n.*)
on conflict (dossier_id) do update set
    journey_id = excluded.journey_id,
    leg_no = excluded.leg_no,
    previous_dossier_id = excluded.previous_dossier_id,
    kind = excluded.kind,
    dossier_no = excluded.dossier_no,
    procedure_code = excluded.procedure_code,
    receiving_agency_id = excluded.receiving_agency_id,
    processing_agency_id = excluded.processing_agency_id,
    status = excluded.status,
    received_on = excluded.received_on,
    due_on = excluded.due_on,
    finished_on = excluded.finished_on,
    outcome = excluded.outcome

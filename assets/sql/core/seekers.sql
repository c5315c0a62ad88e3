-- Grain: one record of this round, with the days on which its twin in another system may say that it was received: those
-- within two working days of its own, and its own with day and month changed over. A seeker has no accepted number: only
-- its content can say whose twin it is; of any two twins without a common number, one is a seeker. It stands there with
-- each agency that it names: the desk that received it, the one that handles it elsewhere, or the only one; a record that
-- names none, with every agency. What an office that has ended handed over may stand at a desk that took its work.
insert into pg_temp.staged_seek (source_id, source_key, system, is_seeker, agency_code, place, procedure_code, received_at,
                                 filed_on, from_day, to_day, swapped_day, applicant, name, phone)
with concerned as materialized (
    select r.source_id, r.source_key, r.procedure_code, r.received_at, r.filed_on, r.received_precision,
           {system} as system, ({seeker}) as is_seeker, r.receiving_agency_code as desk,
           r.processing_agency_code as handler, r.applicant_id_hash as applicant, r.applicant_name_hash as name,
           r.applicant_phone_hash as phone
    from pg_temp.staged_record r join ops.source s using (source_id)
    where r.round = %(round)s and r.filed_on is not null
), near as materialized (
    select o.filed_on, coalesce(w.from_day, o.filed_on) as from_day, coalesce(w.to_day, o.filed_on) as to_day,
           case when extract(day from filed_on) <= 12 then
               make_date(extract(year from filed_on)::int, extract(day from filed_on)::int,
                         extract(month from filed_on)::int) end as swapped_day
    from (select distinct filed_on from concerned) o
    left join core.calendar_day k on k.day = o.filed_on and k.recorded_to = 'infinity'
    left join lateral (
        select min(day) as from_day, max(day) as to_day from core.calendar_day w
        where w.recorded_to = 'infinity' and w.day between o.filed_on - 20 and o.filed_on + 20
          and w.working_index between k.working_index - 2 and k.working_index + 2) w on true
), succession as materialized (
    select from_agency_code, to_agency_code, on_date from core.agency_succession
), dated as materialized (
    select c.*, n.from_day, n.to_day, n.swapped_day from concerned c join near n using (filed_on)
), standing as (
    select d.desk as agency_code, 'desk' as place, d.* from dated d where d.desk is not null
    union all
    select d.handler, case when d.desk is null then 'only' else 'elsewhere' end, d.* from dated d
    where {without_desk} and d.handler is not null and d.handler is distinct from d.desk
    union all
    select k.agency_code, 'only', d.* from dated d, (select distinct agency_code from core.agency) k
    where d.desk is null and d.handler is null and k.agency_code <> '?'
    union all
    select x.from_agency_code, 'kin', d.* from dated d join succession x on x.to_agency_code = d.desk
    where d.filed_on < x.on_date and d.system = 'one_stop'
    union all
    select x.to_agency_code, 'kin', d.* from dated d join succession x on x.from_agency_code = d.desk
    where d.filed_on < x.on_date and d.system = 'ended'
)
select source_id, source_key, system, is_seeker, agency_code, place, procedure_code,
       case when received_precision = 's' then received_at end, filed_on, from_day, to_day, swapped_day,
       applicant, name, phone
from standing;

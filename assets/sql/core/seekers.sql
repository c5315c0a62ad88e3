-- Grain: one record of this round, with the days on which its twin in another system may say that it was received: those
-- within two working days of its own, and its own with day and month changed over. A seeker has no accepted number: only
-- its content can say whose twin it is; of any two twins without a common number, one is a seeker. It stands there with
-- each agency that it names: the desk that received it, the one that handles it elsewhere, or the only one; a record that
-- names none, with every agency. What an office that has ended handed over may stand at a desk that took its work.
insert into pg_temp.staged_seek (source_id, source_key, system, is_seeker, agency_code, place, procedure_code, received_at,
                                 filed_on, from_day, to_day, swapped_day, applicant, name, phone)
with concerned as materialized (
    select r.source_id, r.source_key, r.procedure_code, r.received_at, r.filed_on, r.received_precision,
           {system} as system, ({seeker}) as is_seeker, r.receiving_agency_code as desk, r.processing_agency_code as handler,
           r.applicant_id_hash as applicant, r.applicant_name_hash as name, r.applicant_phone_hash as phone
    from pg_temp.staged_record c
    join std.dossier_record r using (source_id, source_key)
    join ops.source s using (source_id)
    where c.round = %(round)s and r.filed_on is not null
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
)
select c.source_id, c.source_key, c.system, c.is_seeker, a.agency_code, a.place, c.procedure_code,
       case when c.received_precision = 's' then c.received_at end, filed_on, n.from_day, n.to_day, n.swapped_day,
       c.applicant, c.name, c.phone
from concerned c
join near n using (filed_on)
cross join lateral (
    select c.desk as agency_code, 'desk' as place where c.desk is not null
    union all
    select c.handler, case when c.desk is null then 'only' else 'elsewhere' end
    where c.handler is not null and c.handler is distinct from c.desk
    union all
    select distinct k.agency_code, 'only' from core.agency k
    where c.desk is null and c.handler is null and k.agency_code <> '?'
    union all
    select x.from_agency_code, 'kin' from core.agency_succession x
    where x.to_agency_code = c.desk and c.filed_on < x.on_date and c.system = 'one_stop'
    union all
    select x.to_agency_code, 'kin' from core.agency_succession x
    where x.from_agency_code = c.desk and c.filed_on < x.on_date and c.system = 'ended') a;

-- Grain: one value that more than a cap of records of one desk and day share, by the rule of agreement that it would serve:
-- an agent's telephone, the moment of a mass import. Such a block says nothing about who is whose twin, and its pairs are
-- as many as its square. `outside`: its records that are not gathered; they are when the block has only now become one.
insert into pg_temp.staged_crowd (rule, agency_code, filed_on, value, size, outside, round)
with day as materialized (
    select distinct agency_code, filed_on from pg_temp.staged_seek where place <> 'elsewhere'
), standing as not materialized (
    select d.agency_code, d.filed_on, r.source_id, r.source_key
    from day d
    join std.dossier_record r on r.receiving_agency_code = d.agency_code and r.filed_on = d.filed_on
    union all
    select d.agency_code, d.filed_on, r.source_id, r.source_key
    from day d
    join std.dossier_record r on r.processing_agency_code = d.agency_code and r.filed_on = d.filed_on
                             and r.receiving_agency_code is null
                             and r.receiving_agency_code is distinct from r.processing_agency_code
), busy as materialized (
    select agency_code, filed_on from standing group by 1, 2 having count(*) > %(cap)s
)
select v.rule, s.agency_code, s.filed_on, v.value, count(*), count(*) filter (where c.node is null), %(round)s::int
from busy b
join standing s using (agency_code, filed_on)
join std.dossier_record r using (source_id, source_key)
left join pg_temp.staged_record c using (source_id, source_key)
cross join lateral (values {values}) v (rule, value)
where v.value is not null
  and not exists (select from pg_temp.staged_crowd k
                  where k.rule = v.rule and k.agency_code = s.agency_code and k.filed_on = s.filed_on
                    and k.value = v.value)
group by v.rule, s.agency_code, s.filed_on, v.value
having count(*) > %(cap)s;

-- Grain: one value that more than a cap of records of one desk and day share, by the rule of agreement that it would serve:
-- an agent's telephone, the moment of a mass import. Such a block says nothing about who is whose twin, and its pairs are
-- as many as its square. `outside`: its records that are not gathered; they are when the block has only now become one.
insert into pg_temp.staged_crowd (rule, agency_code, filed_on, value, size, outside, round)
with day as materialized (
    select distinct agency_code, filed_on from pg_temp.staged_seek where place <> 'elsewhere'
), busy as materialized (
    -- counted day by day and no further than the cap: most days are quiet, and joined as sets std would be read whole
    select d.agency_code, d.filed_on
    from day d
    where (select count(*) from ({counted} limit %(cap)s + 1) o) > %(cap)s
)
select v.rule, d.agency_code, d.filed_on, v.value, count(*), count(*) filter (where c.node is null), %(round)s::int
from busy d
cross join lateral ({standing} offset 0) r
left join pg_temp.staged_record c using (source_id, source_key)
cross join lateral (values {values}) v (rule, value)
where v.value is not null
  and not exists (select from pg_temp.staged_crowd k
                  where k.rule = v.rule and k.agency_code = d.agency_code and k.filed_on = d.filed_on
                    and k.value = v.value)
group by v.rule, d.agency_code, d.filed_on, v.value
having count(*) > %(cap)s;

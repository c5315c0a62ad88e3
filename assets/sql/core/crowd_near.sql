-- Grain: one record outside the round that shares a value which only this run has made a crowd's: its pairs fall away.
insert into pg_temp.staged_near (source_id, source_key)
select r.source_id, r.source_key
from pg_temp.staged_crowd k
join std.dossier_record r on r.filed_on = k.filed_on
                         and coalesce(r.receiving_agency_code, r.processing_agency_code) = k.agency_code
cross join lateral (values {values}) v (rule, value)
where k.round = %(round)s and k.outside <= %(cap)s and v.rule = k.rule and v.value = k.value
except
select source_id, source_key from pg_temp.staged_record;

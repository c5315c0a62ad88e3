-- Grain: one pair that agrees in nothing but what is a crowd's on either side.
delete from pg_temp.staged_pair p
using std.dossier_record a, std.dossier_record b
where a.source_id = p.source_a and a.source_key = p.key_a and b.source_id = p.source_b and b.source_key = p.key_b
  and not exists (
    select from (values {pairs}) v (rule, value, other)
    where v.value = v.other and not exists (
        select from pg_temp.staged_crowd k
        where k.rule = v.rule and k.value = v.value
          and (k.agency_code = coalesce(a.receiving_agency_code, a.processing_agency_code) and k.filed_on = a.filed_on
               or k.agency_code = coalesce(b.receiving_agency_code, b.processing_agency_code)
                  and k.filed_on = b.filed_on)));

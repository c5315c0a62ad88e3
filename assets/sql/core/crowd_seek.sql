-- Grain: one record of this round. What it shares with a crowd of its own desk and day finds nobody.
update pg_temp.staged_seek s
set applicant = case when crowd.rules @> array['same_identity'] then null else s.applicant end,
    name = case when crowd.rules @> array['same_name'] then null else s.name end,
    phone = case when crowd.rules @> array['same_phone'] then null else s.phone end,
    received_at = case when crowd.rules @> array['same_moment'] then null else s.received_at end
from (
    select r.source_id, r.source_key, array_agg(k.rule) as rules
    from (select distinct source_id, source_key from pg_temp.staged_seek) c
    join std.dossier_record r using (source_id, source_key)
    join pg_temp.staged_crowd k on k.filed_on = r.filed_on
                               and k.agency_code = coalesce(r.receiving_agency_code, r.processing_agency_code)
    cross join lateral (values {values}) v (rule, value)
    where v.rule = k.rule and v.value = k.value
    group by r.source_id, r.source_key
) crowd
where crowd.source_id = s.source_id and crowd.source_key = s.source_key;

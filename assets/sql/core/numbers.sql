-- Grain: (record, kind, number). The numbers by which records of this round can be found by others.
-- Dossier numbers of all kinds share one namespace, because one system's number is another's "other number".
-- A legacy number is unique only within (source, agency, year), a receipt number within (agency, year).
insert into pg_temp.staged_number (node, kind, number)
select r.node, v.kind, v.number
from pg_temp.staged_record r
cross join lateral (
    select 'dossier_no' as kind,
           case when r.number_form = 'legacy'
                then r.dossier_no || '@' || r.source_id || '/' || {scope} else r.dossier_no end as number
    where r.dossier_no is not null
    union all
    select 'receipt_no', 'receipt ' || r.receipt_no || '@' || {scope} where r.receipt_no is not null
    union all
    select 'alt_dossier_no', r.alt_dossier_no where r.alt_dossier_no is not null
    union all
    select 'portal_no', r.portal_no where r.portal_no is not null
    union all
    select 'ministry_no', r.ministry_no where r.ministry_no is not null
    union all
    select 'reference_uid', 'uid ' || r.reference_uid where r.reference_uid is not null
) v
where r.round = %(round)s;

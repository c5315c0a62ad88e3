-- Grain: one record that shares a number with another or that people have judged; what the matcher judges by.
select r.node, row_number() over (order by r.source_id, r.source_key) as place, r.procedure_code,
       encode(coalesce(r.applicant_id_hash, r.applicant_name_hash), 'hex') as applicant,
       (r.received_at at time zone 'Asia/Ho_Chi_Minh')::date::text as received_on
from pg_temp.staged_record r
where r.node in (
    select node from pg_temp.staged_shared
    union all
    select node_a from pg_temp.staged_judged
    union all
    select node_b from pg_temp.staged_judged)

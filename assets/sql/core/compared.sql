-- Grain: one record that stands in a pair, as the comparison sees it. The clear values come from the vault and stay in memory.
with concerned as (
    select source_a as source_id, key_a as source_key from pg_temp.staged_pair
    union
    select source_b, key_b from pg_temp.staged_pair
)
select c.node, {system} as system, r.source_id, r.procedure_code, r.receiving_agency_code as agency_code,
       v.applicant_name, v.applicant_id_no, v.applicant_phone,
       (extract(epoch from r.submitted_at) * 1000000)::bigint as submitted_at, r.submitted_precision,
       (extract(epoch from r.received_at) * 1000000)::bigint as received_at, r.received_precision,
       (extract(epoch from r.due_at) * 1000000)::bigint as due_at,
       (extract(epoch from r.finished_at) * 1000000)::bigint as finished_at,
       (extract(epoch from r.returned_at) * 1000000)::bigint as returned_at,
       r.channel, r.applicant_type, encode(r.applicant_id_hash, 'hex') as applicant
from concerned k
join pg_temp.staged_record c using (source_id, source_key)
join std.dossier_record r using (source_id, source_key)
join ops.source s using (source_id)
left join vault.dossier_record v
       on v.source_id = r.source_id and v.source_key = r.source_key and v.clear_hash = r.clear_hash

-- Grain: one record that shares a number with another or that people have judged; what the matcher judges by.
select c.node, row_number() over (order by c.source_id, c.source_key) as place, r.procedure_code,
       encode(coalesce(r.applicant_id_hash, r.applicant_name_hash), 'hex') as applicant,
       (r.received_at at time zone 'Asia/Ho_Chi_Minh')::date::text as received_on
from pg_temp.staged_record c
join std.dossier_record r using (source_id, source_key)
where c.node in (
    select n.node
    from pg_temp.staged_number n
    join (select number from pg_temp.staged_number group by number having min(node) <> max(node)) d using (number)
    union all
    select node_a from pg_temp.staged_judged
    union all
    select node_b from pg_temp.staged_judged)

-- Grain: one judged pair of records that are both looked at; the last word on a pair counts, and an undone one is none.
insert into pg_temp.staged_judged (judgement_id, node_a, node_b, verdict, machine_said, is_new)
select j.judgement_id, a.node, b.node, j.verdict, j.machine_said, j.core_run_id is null
from (
    select distinct on (source_id_a, source_key_a, source_id_b, source_key_b) *
    from core.judgement
    order by source_id_a, source_key_a, source_id_b, source_key_b, judgement_id desc
) j
join pg_temp.staged_record a on a.source_id = j.source_id_a and a.source_key = j.source_key_a
join pg_temp.staged_record b on b.source_id = j.source_id_b and b.source_key = j.source_key_b
where j.verdict <> 'undone';

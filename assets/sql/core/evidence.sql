-- Grain: one pair of records that content joined, or that people are asked about: the weight of each field.
insert into core.match_evidence as t (source_id_a, source_key_a, source_id_b, source_key_b, rule, weight, evidence)
select a.source_id, a.source_key, b.source_id, b.source_key, e.rule, e.weight, e.evidence
from pg_temp.staged_evidence e
join pg_temp.staged_record a on a.node = e.a
join pg_temp.staged_record b on b.node = e.b
on conflict (source_id_a, source_key_a, source_id_b, source_key_b) do update
    set rule = excluded.rule, weight = excluded.weight, evidence = excluded.evidence
    where (t.rule, t.weight, t.evidence) is distinct from (excluded.rule, excluded.weight, excluded.evidence);

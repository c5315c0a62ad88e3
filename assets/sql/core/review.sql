-- Grain: one pair of records. A question to people: asked once, told anew when its reason or weight has changed.
insert into core.review as t (source_id_a, source_key_a, source_id_b, source_key_b, reason, weight, raised_at)
select a.source_id, a.source_key, b.source_id, b.source_key, d.reason, d.weight, %(now)s
from pg_temp.staged_doubt d
join pg_temp.staged_record a on a.node = d.a
join pg_temp.staged_record b on b.node = d.b
on conflict (source_id_a, source_key_a, source_id_b, source_key_b) do update
    set reason = excluded.reason, weight = excluded.weight
    where (t.reason, t.weight) is distinct from (excluded.reason, excluded.weight);

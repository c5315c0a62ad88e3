-- Grain: one pair of records. Equal numbers that mean two dossiers are a question to people; asked once.
insert into core.review (source_id_a, source_key_a, source_id_b, source_key_b, reason, raised_at)
select a.source_id, a.source_key, b.source_id, b.source_key, 'number_collision', %(now)s
from unnest(%(a)s::bigint[], %(b)s::bigint[]) p (a, b)
join pg_temp.staged_record a on a.node = p.a
join pg_temp.staged_record b on b.node = p.b
on conflict do nothing;

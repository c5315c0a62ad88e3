-- Questions that are settled: one of the two records has changed, and they collide no longer.
delete from core.review v
where ((v.source_id_a, v.source_key_a) in (select source_id, source_key from pg_temp.staged_record)
       or (v.source_id_b, v.source_key_b) in (select source_id, source_key from pg_temp.staged_record))
  and not exists (
      select from unnest(%(a)s::bigint[], %(b)s::bigint[]) p (a, b)
      join pg_temp.staged_record a on a.node = p.a
      join pg_temp.staged_record b on b.node = p.b
      where a.source_id = v.source_id_a and a.source_key = v.source_key_a
        and b.source_id = v.source_id_b and b.source_key = v.source_key_b);

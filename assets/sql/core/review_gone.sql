-- Questions that are settled: one of the two records was looked at, and nothing is asked about the pair any more.
delete from core.review v
where ((v.source_id_a, v.source_key_a) in (select source_id, source_key from pg_temp.staged_record)
       or (v.source_id_b, v.source_key_b) in (select source_id, source_key from pg_temp.staged_record))
  and not exists (
      select from pg_temp.staged_doubt d
      join pg_temp.staged_record a on a.node = d.a
      join pg_temp.staged_record b on b.node = d.b
      where a.source_id = v.source_id_a and a.source_key = v.source_key_a
        and b.source_id = v.source_id_b and b.source_key = v.source_key_b);

-- Evidence of pairs that neither join nor are asked about any more.
delete from core.match_evidence v
where ((v.source_id_a, v.source_key_a) in (select source_id, source_key from pg_temp.staged_record)
       or (v.source_id_b, v.source_key_b) in (select source_id, source_key from pg_temp.staged_record))
  and not exists (
      select from pg_temp.staged_evidence e
      join pg_temp.staged_record a on a.node = e.a
      join pg_temp.staged_record b on b.node = e.b
      where a.source_id = v.source_id_a and a.source_key = v.source_key_a
        and b.source_id = v.source_id_b and b.source_key = v.source_key_b);

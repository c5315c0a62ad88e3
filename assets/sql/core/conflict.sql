-- Grain: (dossier, field, losing record). Conflicts as found now; an unchanged one is not written.
merge into core.conflict t
using pg_temp.staged_conflict s
on t.dossier_id = s.dossier_id and t.field = s.field and t.source_id = s.source_id and t.source_key = s.source_key
when matched and (t.value, t.kept_value, t.kept_source_id, t.kept_source_key, t.kind, t.size)
                 is distinct from (s.value, s.kept_value, s.kept_source_id, s.kept_source_key, s.kind, s.size)
    then update set value = s.value, kept_value = s.kept_value, kept_source_id = s.kept_source_id,
                    kept_source_key = s.kept_source_key, kind = s.kind, size = s.size
when not matched
    then insert (dossier_id, field, source_id, source_key, value, kept_value, kept_source_id, kept_source_key,
                 kind, size)
         values (s.dossier_id, s.field, s.source_id, s.source_key, s.value, s.kept_value, s.kept_source_id,
                 s.kept_source_key, s.kind, s.size);

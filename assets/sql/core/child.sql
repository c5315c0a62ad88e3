-- Grain: (dossier, child record) of known dossiers. An unchanged child is not written.
merge into core.{target} t
using (
    select k.dossier_id, c.source_id, c.source_key, {values}
    from pg_temp.staged_kept k join std.{child}_record c using (source_id, source_key)
    where not k.is_new
) s on t.dossier_id = s.dossier_id and t.source_id = s.source_id and t.source_key = s.source_key
when matched and ({old}) is distinct from ({new}) then update set {sets}
when not matched then insert (dossier_id, source_id, source_key, {names})
                      values (s.dossier_id, s.source_id, s.source_key, {new});

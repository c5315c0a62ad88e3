-- Grain: one std record. The map record → dossier, by rule and weight; primary data, never rebuilt.
merge into core.dossier_source t
using (
    select m.* from pg_temp.staged_member m join pg_temp.staged_record c using (source_id, source_key)
    where c.dossier_id is not null
) s on t.source_id = s.source_id and t.source_key = s.source_key
when matched and (t.dossier_id, t.rule, t.weight) is distinct from (s.dossier_id, s.rule, s.weight)
    then update set dossier_id = s.dossier_id, rule = s.rule, weight = s.weight
when not matched
    then insert (source_id, source_key, dossier_id, rule, weight)
         values (s.source_id, s.source_key, s.dossier_id, s.rule, s.weight);

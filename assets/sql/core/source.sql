-- Grain: one std record that belongs elsewhere now, or by another rule. The map record → dossier is primary data, never
-- rebuilt.
update core.dossier_source t
set dossier_id = m.dossier_id, rule = m.rule, weight = m.weight
from pg_temp.staged_member m
where m.was_dossier_id is not null
  and (m.dossier_id, m.rule, m.weight) is distinct from (m.was_dossier_id, m.was_rule, m.was_weight)
  and t.source_id = m.source_id and t.source_key = m.source_key;

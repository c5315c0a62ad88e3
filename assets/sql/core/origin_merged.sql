-- Grain: (dossier, record). Provenance as it stands now; an unchanged row is not written.
merge into core.value_origin t
using pg_temp.staged_origin s
on t.dossier_id = s.dossier_id and t.source_id = s.source_id and t.source_key = s.source_key
when matched and (t.chosen, t.reasons) is distinct from (s.chosen, s.reasons)
    then update set chosen = s.chosen, reasons = s.reasons
when not matched
    then insert (dossier_id, source_id, source_key, chosen, reasons)
         values (s.dossier_id, s.source_id, s.source_key, s.chosen, s.reasons);

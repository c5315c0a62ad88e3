-- Grain: (dossier, record). The fields in which a record gives way, beside the record, where every choice looks.
update pg_temp.staged_told r
set weak = w.fields
from (select dossier_id, source_id, source_key, array_agg(distinct field) as fields
      from pg_temp.staged_weak group by 1, 2, 3) w
where r.dossier_id = w.dossier_id and r.source_id = w.source_id and r.source_key = w.source_key;

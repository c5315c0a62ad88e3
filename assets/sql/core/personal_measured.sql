-- Grain: (dossier, field, losing record). Kind and size of what differs about a person.
update pg_temp.staged_conflict c
set kind = a.kind, size = a.size
from pg_temp.staged_apart a
where c.dossier_id = a.dossier_id and c.field = a.field and c.source_id = a.source_id and c.source_key = a.source_key;

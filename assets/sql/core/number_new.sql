-- Grain: (number, kind, record). The numbers of records that belong to no dossier yet; in key order for the index.
insert into core.dossier_number (number, kind, source_id, source_key, dossier_id)
select n.number, n.kind, m.source_id, m.source_key, m.dossier_id
from pg_temp.staged_number n
join pg_temp.staged_member m using (node)
where m.was_dossier_id is null
order by n.number;

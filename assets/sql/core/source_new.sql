-- Grain: one std record that belongs to no dossier yet.
insert into core.dossier_source (source_id, source_key, dossier_id, rule, weight)
select source_id, source_key, dossier_id, rule, weight
from pg_temp.staged_member
where was_dossier_id is null
order by source_id, source_key;

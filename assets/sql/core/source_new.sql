-- Grain: one std record that belongs to no dossier yet.
insert into core.dossier_source (source_id, source_key, dossier_id, rule, weight)
select m.source_id, m.source_key, m.dossier_id, m.rule, m.weight
from pg_temp.staged_member m join pg_temp.staged_record c using (source_id, source_key)
where c.dossier_id is null
order by m.source_id, m.source_key;

-- How many rows of a table of core name a dossier that core does not have.
select count(*) from {table} t where not exists (select from core.dossier d where d.dossier_id = t.dossier_id);

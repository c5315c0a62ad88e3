-- How many dossiers no record of any source stands behind.
select count(*) from core.dossier d where not exists (select from core.dossier_source s where s.dossier_id = d.dossier_id);

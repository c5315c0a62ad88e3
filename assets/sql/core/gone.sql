-- Dossiers whose records all belong to other dossiers now.
insert into pg_temp.staged_gone
select distinct c.dossier_id from pg_temp.staged_record c
where c.dossier_id is not null and not exists (select from pg_temp.staged_cluster k where k.dossier_id = c.dossier_id);

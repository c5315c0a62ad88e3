-- How many dossier records std holds of the sources of a level.
select count(*) from std.dossier_record r join ops.source s using (source_id) where s.level = %(level)s;

select c.dossier_id, c.field, c.source_id, c.source_key,
       case c.field when 'applicant_id_hash' then l.applicant_id_no else l.applicant_name end,
       case c.field when 'applicant_id_hash' then k.applicant_id_no else k.applicant_name end
from pg_temp.staged_conflict c
join std.dossier_record a on a.source_id = c.source_id and a.source_key = c.source_key
join std.dossier_record b on b.source_id = c.kept_source_id and b.source_key = c.kept_source_key
join vault.dossier_record l on l.source_id = a.source_id and l.source_key = a.source_key and l.clear_hash = a.clear_hash
join vault.dossier_record k on k.source_id = b.source_id and k.source_key = b.source_key and k.clear_hash = b.clear_hash
where c.field in ('applicant_id_hash', 'applicant_name_masked')

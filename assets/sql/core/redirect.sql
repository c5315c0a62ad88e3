-- Grain: one old id. Where to look for a dossier that was merged away, and for those that pointed to it.
insert into core.dossier_redirect (from_dossier_id, to_dossier_id, redirected_at, reason)
select distinct on (c.dossier_id) c.dossier_id, m.dossier_id, %(now)s, 'merged'
from pg_temp.staged_record c
join pg_temp.staged_gone g using (dossier_id)
join pg_temp.staged_member m using (source_id, source_key)
order by c.dossier_id, c.source_id, c.source_key
on conflict (from_dossier_id) do update
    set to_dossier_id = excluded.to_dossier_id, redirected_at = excluded.redirected_at
    where core.dossier_redirect.to_dossier_id is distinct from excluded.to_dossier_id;

-- Grain: (number, kind, record). By which numbers a known record's dossier is found: those that core does not have, or has
-- under another dossier.
merge into core.dossier_number t
using (
    select n.number, n.kind, m.source_id, m.source_key, m.dossier_id
    from (select n.node, n.kind, n.number, m.dossier_id
          from pg_temp.staged_number n join pg_temp.staged_member m using (node)
          where m.is_renumbered
          except
          select node, kind, number, dossier_id from pg_temp.staged_held) n
    join pg_temp.staged_member m using (node)
) s on t.number = s.number and t.kind = s.kind and t.source_id = s.source_id and t.source_key = s.source_key
when matched and t.dossier_id is distinct from s.dossier_id then update set dossier_id = s.dossier_id
when not matched then insert (number, kind, source_id, source_key, dossier_id)
                      values (s.number, s.kind, s.source_id, s.source_key, s.dossier_id);

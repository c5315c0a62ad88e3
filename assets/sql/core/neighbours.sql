-- Grain: one std dossier record. The records that share a number, or a dossier, with those of the last round.
insert into pg_temp.staged_record (node, source_id, source_key, round, dossier_id)
select (select max(node) from pg_temp.staged_record) + row_number() over (order by m.source_id, m.source_key),
       m.source_id, m.source_key, %(round)s + 1, m.dossier_id
from core.dossier_source m
where m.dossier_id in (
        select n.dossier_id
        from pg_temp.staged_record c join pg_temp.staged_number k using (node) join core.dossier_number n using (number)
        where c.round = %(round)s
        union
        select dossier_id from pg_temp.staged_record where round = %(round)s and dossier_id is not null)
  and not exists (select from pg_temp.staged_record c where c.source_id = m.source_id and c.source_key = m.source_key)
  and exists (select from std.dossier_record r where r.source_id = m.source_id and r.source_key = m.source_key);

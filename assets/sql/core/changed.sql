-- The known dossiers whose values are new or differ from what core holds.
insert into pg_temp.staged_changed (dossier_id, is_there)
select g.dossier_id, d.dossier_id is not null
from pg_temp.staged_golden g
left join lateral (select * from core.dossier c where c.dossier_id = g.dossier_id offset 0) d on true
where d.dossier_id is null or ({new}) is distinct from ({old});

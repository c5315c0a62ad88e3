-- Close the open version of a dossier that now looks otherwise, or that is gone. History is added to, never rewritten.
-- A current dossier's open version says what the dossier says, so what has changed need not be compared again.
-- The keys are gathered first, so that the open versions are found by their index whatever the size of history.
update core.dossier_history h
set recorded_to = %(now)s
where h.recorded_to = 'infinity'
  and h.dossier_id = any (array(
      select dossier_id from pg_temp.staged_changed where is_there
      union all
      select g.dossier_id
      from pg_temp.staged_changed c
      join pg_temp.staged_golden g using (dossier_id)
      cross join lateral (select * from core.dossier_history v
                          where v.dossier_id = g.dossier_id and v.recorded_to = 'infinity' offset 0) h
      where not c.is_there and ({old}) is distinct from ({new})
      union all
      select dossier_id from pg_temp.staged_gone));

-- Grain: one live record of std whose key the source did not list. A key that waits in quarantine in a later version is
-- not looked at apart: the source lists it, or it is gone, too.
insert into pg_temp.staged_found (source_key, kind, version, agency, day, status)
select h.source_key, 'vanished', '', h.agency, h.day, h.status
from pg_temp.staged_held h
where h.live and not exists (select from pg_temp.staged_said s where s.source_key = h.source_key);

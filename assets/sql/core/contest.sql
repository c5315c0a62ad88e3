-- Grain: one dossier of several records. Which fields more than one of them tells, and in which they differ, as sums of
-- the bits of PROVENANCE_FIELDS (schemas/tables/origin.py). Where nothing differs nobody has to be weighed.
insert into pg_temp.staged_contest (dossier_id, told, differing)
select r.dossier_id,
       {told},
       {differing}
from pg_temp.staged_told r
where r.speaks
group by r.dossier_id
having count(*) > 1;

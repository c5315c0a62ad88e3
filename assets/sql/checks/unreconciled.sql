-- Grain: one source. Records of std that belong to no dossier, although core has consumed their batch; those of a
-- batch that another run has just loaded wait for the next run of core and are no difference.
select r.source_id, count(*)
from std.dossier_record r
where not exists (select from core.dossier_source s where s.source_id = r.source_id and s.source_key = r.source_key)
  and not exists (
      select from ops.batch_consumed b
      where b.batch_id = r.batch_id and b.consumer = 'std'
        and not exists (select from ops.batch_consumed c where c.batch_id = b.batch_id and c.consumer = 'core'))
group by r.source_id
order by r.source_id;

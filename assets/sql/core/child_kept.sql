-- Grain: (dossier, child record). The children that the chosen records have now: by parent key, or by dossier number.
insert into pg_temp.staged_kept (dossier_id, is_new, source_id, source_key)
with chosen as (
    select dossier_id, is_new, source_id, source_key from pg_temp.staged_member where size = 1
    union all
    select dossier_id, is_new, source_id, source_key from pg_temp.staged_chosen
)
select k.dossier_id, k.is_new, c.source_id, c.source_key
from chosen k
join std.{child}_record c on c.source_id = k.source_id and c.parent_key = k.source_key
where c.is_deleted is not true{real}
{by_number};

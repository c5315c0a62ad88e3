-- Grain: (dossier, record). Of the fields that several records tell, those whose value is this record's, as a sum of bits
-- (PROVENANCE_FIELDS); and for each of them why a more trusted record's value gave way, where one did.
insert into pg_temp.staged_origin (dossier_id, source_id, source_key, chosen, reasons)
with best as materialized (
    select m.dossier_id, {best}
    from pg_temp.staged_member m join std.dossier_record r using (source_id, source_key)
    where m.size > 1 and m.speaks
    group by m.dossier_id
), gave_way as (
    -- more trusted by level than the record whose value stands
    select b.dossier_id, sum(v.bit)::bigint as bits, jsonb_object_agg(v.field, w.reason) as reasons
    from (select dossier_id, field, min(place) as place, (array_agg(reason order by place, reason))[1] as reason
          from pg_temp.staged_weak group by 1, 2) w
    join best b using (dossier_id)
    cross join lateral (values {winners}) v (field, bit, winner)
    where v.field = w.field and w.place < v.winner and v.winner < 1000
    group by b.dossier_id
)
select o.dossier_id, o.source_id, o.source_key, o.chosen,
       case when o.chosen & g.bits <> 0 then
           (select jsonb_object_agg(e.key, e.value) from jsonb_each(g.reasons) e
            where o.chosen & (case e.key {bits} else 0 end)::bigint <> 0) end
from (
    select m.dossier_id, m.source_id, m.source_key, k.told & ({chosen}) as chosen
    from pg_temp.staged_contest k
    join pg_temp.staged_member m using (dossier_id)
    join std.dossier_record r using (source_id, source_key)
    join best b using (dossier_id)
    where m.speaks
) o
left join gave_way g using (dossier_id)
where o.chosen <> 0;

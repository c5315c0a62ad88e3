-- Grain: (dossier, record). Of the fields that several records tell, those whose value is this record's, as a sum of bits
-- (PROVENANCE_FIELDS); and for each of them why a more trusted record's value gave way, where one did.
-- In bits: a record has what it tells and no better placed one tells before it; what gives way counts only where nobody
-- tells the field otherwise. Groups of one order share a window, so that this costs the same for any number of fields.
insert into pg_temp.staged_origin (dossier_id, source_id, source_key, chosen, reasons)
with said as materialized (
    select r.dossier_id, r.source_id, r.source_key, {orders}, k.told,
           {tells} as tells,
           {gives_way} as gives_way
    from pg_temp.staged_contest k
    join pg_temp.staged_told r using (dossier_id)
    where r.speaks and k.told <> 0
), firm as (
    select s.*, tells & ~gives_way as firm, tells & gives_way as weak,
           bit_or(tells & ~gives_way) over (partition by dossier_id) as any_firm
    from said s
), chosen as (
    select dossier_id, source_id, source_key, {orders_alone}, gives_way, told & ({chosen}) as chosen
    from firm
    window {windows}
), gave_way as (
    select c.dossier_id, c.source_id, c.source_key, jsonb_object_agg(w.field, w.reason) as reasons
    from (select dossier_id, field, min(place) as place, (array_agg(reason order by place, reason))[1] as reason
          from pg_temp.staged_weak group by 1, 2) w
    join chosen c using (dossier_id)
    cross join lateral (values {winners}) v (field, bit, place)
    where v.field = w.field and c.chosen & v.bit <> 0 and c.gives_way & v.bit = 0 and w.place < v.place
    group by 1, 2, 3
)
select c.dossier_id, c.source_id, c.source_key, c.chosen, g.reasons
from chosen c
left join gave_way g using (dossier_id, source_id, source_key)
where c.chosen <> 0;

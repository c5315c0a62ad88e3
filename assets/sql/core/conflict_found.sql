-- Grain: (dossier, field, losing record). Values that lost; personal fields say where, never what.
insert into pg_temp.staged_conflict
    (dossier_id, field, source_id, source_key, value, kept_value, kept_source_id, kept_source_key)
with told as (
    select m.dossier_id, v.field, v.shown, v.value, v.place, m.source_id, m.source_key
    from pg_temp.staged_member m
    join std.dossier_record r using (source_id, source_key)
    cross join lateral (values {values}) v (field, shown, value, place)
    where m.size > 1 and m.speaks and v.value is not null
), judged as (
    select told.*, first_value(value) over best as kept_value, first_value(source_id) over best as kept_source_id,
           first_value(source_key) over best as kept_source_key
    from told window best as (partition by dossier_id, field order by place)
)
select dossier_id, field, source_id, source_key, case when shown then value end,
       case when shown then kept_value end, kept_source_id, kept_source_key
from judged where value <> kept_value;

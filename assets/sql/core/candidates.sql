-- Grain: one pair of records, the first by (source, key) first: of one desk, of days near each other, in complementary
-- systems, one of them a seeker, of one procedure as far as both tell it, and with some agreement about who or when.
-- Each branch finds its records by an index of its own: by any record, by seekers alone, by those without a procedure. The
-- systems are looked at after that: joined before, a source would be read whole.
insert into pg_temp.staged_pair (source_a, key_a, source_b, key_b, round)
with found as materialized (
    select c.source_id as source_c, c.source_key as key_c, c.system, r.source_id, r.source_key
    from pg_temp.staged_seek c
    join std.dossier_record r on {desk} and {day} and r.procedure_code = c.procedure_code
    where c.is_seeker and {agreement}
    union all
    select c.source_id, c.source_key, c.system, r.source_id, r.source_key
    from pg_temp.staged_seek c
    join std.dossier_record r on {desk} and {day} and r.procedure_code = c.procedure_code and ({seeker})
    where not c.is_seeker and {agreement}
    union all
    select c.source_id, c.source_key, c.system, r.source_id, r.source_key
    from pg_temp.staged_seek c
    join std.dossier_record r on {desk} and {day}
    where {without_procedure} and c.procedure_code is null and (c.is_seeker or {seeker}) and {agreement}
    union all
    select c.source_id, c.source_key, c.system, r.source_id, r.source_key
    from pg_temp.staged_seek c
    join std.dossier_record r on {desk} and {day} and r.procedure_code is null
    where {without_procedure} and c.procedure_code is not null and (c.is_seeker or {seeker}) and {agreement}
)
select distinct case when first then source_c else source_id end, case when first then key_c else source_key end,
       case when first then source_id else source_c end, case when first then source_key else key_c end,
       %(round)s::int
from (select f.*, (f.source_c, f.key_c) < (f.source_id, f.source_key) as first
      from found f join ops.source s using (source_id) where {system} <> f.system) o;

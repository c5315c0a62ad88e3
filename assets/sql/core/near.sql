-- Grain: one record outside the round that a pair or a judgement ties to a record of the round.
insert into pg_temp.staged_near (source_id, source_key)
select source_b, key_b from pg_temp.staged_pair where round = %(round)s
union
select source_a, key_a from pg_temp.staged_pair where round = %(round)s
union
select j.source_id_b, j.source_key_b
from pg_temp.staged_record c
join core.judgement j on j.source_id_a = c.source_id and j.source_key_a = c.source_key where c.round = %(round)s
union
select j.source_id_a, j.source_key_a
from pg_temp.staged_record c
join core.judgement j on j.source_id_b = c.source_id and j.source_key_b = c.source_key where c.round = %(round)s
except
select source_id, source_key from pg_temp.staged_record;

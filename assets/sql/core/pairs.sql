-- Grain: one pair of gathered records that may be one dossier, as nodes.
select distinct a.node, b.node
from pg_temp.staged_pair p
join pg_temp.staged_record a on a.source_id = p.source_a and a.source_key = p.key_a
join pg_temp.staged_record b on b.source_id = p.source_b and b.source_key = p.key_b

-- Grain: one officer (keyed hash of the name). The only place outside the vault where officers' names stand.
insert into core.officer (officer_id, officer_name, officer_title)
select distinct on (s.officer_hash) encode(s.officer_hash, 'hex'), v.officer_name, s.officer_title
from pg_temp.staged_kept k
join std.step_record s on s.source_id = k.source_id and s.source_key = k.source_key
join vault.step_record v on v.source_id = s.source_id and v.source_key = s.source_key and v.clear_hash = s.clear_hash
where s.officer_hash is not null and v.officer_name is not null
  and not exists (select from core.officer o where o.officer_id = encode(s.officer_hash, 'hex'))
order by s.officer_hash, s.step_at desc
on conflict do nothing;

-- ops.volume: how many dossiers a source has of each agency and day; what is usual is learned from it.
-- Grain: (source_id, agency_code, day). Systems that are asked: the day of submission, else of receipt, because what was
-- read late still belongs to its day; not the other way round, for a dossier of a Saturday moves to Monday when received. Drop folders: the day on which new dossiers came, after the first delivery, because
-- a register that comes once a month is no silent source in between, and one that does not come is.
drop view if exists ops.volume;
create view ops.volume with (security_invoker = true) as
with first as (
    select source_id, min(pull_id) as pull_id from ops.pull
    where outcome = 'ok' and stored > 0 and record_type = 'dossier'
    group by 1
)
select r.source_id, coalesce(r.receiving_agency_code, '?') as agency_code,
       (coalesce(r.submitted_at, r.received_at) at time zone 'Asia/Ho_Chi_Minh')::date as day, count(*) as dossiers
from std.dossier_record r
join ops.source s using (source_id)
where s.family <> 'files' and coalesce(r.submitted_at, r.received_at) is not null
group by 1, 2, 3
union all
select b.source_id, coalesce(s.agency_code, '?'), (b.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date, sum(c.new)::bigint
from ops.batch b
join ops.source s using (source_id)
join first f using (source_id)
join ops.batch_consumed c on c.batch_id = b.batch_id and c.consumer = 'std'
where s.family = 'files' and b.record_type = 'dossier' and b.pull_id >= f.pull_id
group by 1, 2, 3;
comment on view ops.volume is 'Số hồ sơ của từng nguồn theo cơ quan và ngày, để biết thế nào là bình thường';

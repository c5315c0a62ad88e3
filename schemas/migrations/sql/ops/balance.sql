-- ops.balance: one row per source, record type, agency and day; what std holds, what core holds, what is missing.
-- Grain: (source_id, record_type, agency_code, day). Day is the day of receipt, else of submission.
-- Invariant: difference = 0 everywhere; children that wait for their dossier are counted in waiting.
drop view if exists ops.balance;
create view ops.balance with (security_invoker = true) as
select r.source_id,
       'dossier' as record_type,
       coalesce(r.receiving_agency_code, '?') as agency_code,
       (coalesce(r.received_at, r.submitted_at) at time zone 'Asia/Ho_Chi_Minh')::date as day,
       count(*) as in_std,
       count(s.dossier_id) as in_core,
       count(*) - count(s.dossier_id) as difference
from std.dossier_record r
left join core.dossier_source s using (source_id, source_key)
group by 1, 2, 3, 4;
comment on view ops.balance is 'Cân đối: bản ghi ở std so với bản ghi đã thuộc một hồ sơ ở core, theo nguồn, cơ quan và ngày';

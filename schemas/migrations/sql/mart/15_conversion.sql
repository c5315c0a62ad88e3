-- mart.conversion: at which agency of today a dossier of an agency that is no more is counted, and by which rule.
-- Grain: (agency_id, holder_agency_id); a row without a holder is for every holder that has no row of its own. An agency
-- that stands has no row: it keeps what it received. Under the structure of then there is no row at all.
-- Inputs: mart.agency, mart.agency_successor. Rules, in this order:
--   ke_tuc      one agency took over everything
--   bang_chung  several may have; the holder by the newest record is, or stands today for, one of them
--   mac_dinh    several may have, and no record tells: the default successor (approximate)
--   khong_ro    no default either (a dissolved district): it keeps what it received (approximate)
-- Invariant: whole dossiers move, each to one agency, so that sums agree with those of then (docs/decisions.md).
create or replace function mart.is_today(structure text) returns boolean language plpgsql immutable as $$
begin
    if structure = 'then' then return false; end if;
    if structure = 'today' then return true; end if;
    raise exception 'there is no structure «%»: it is then or today', structure using errcode = '22023';
end
$$;
comment on function mart.is_today(text) is
    'Cơ cấu có phải là hiện nay: then theo cơ cấu của ngày tiếp nhận, today theo cơ cấu hiện nay; giá trị khác là lỗi.';
create or replace function mart.conversion(structure text) returns table (
    agency_id bigint, holder_agency_id bigint, counted_agency_id bigint, rule text
) language sql stable as $$
with gone as (
    select a.agency_id, a.current_agency_id, a.successors <= 1 and a.current_agency_id is not null as is_whole
    from mart.agency a
    where mart.is_today(structure) and a.current_agency_id is distinct from a.agency_id and a.agency_id <> 0
)
select g.agency_id, null::bigint, coalesce(g.current_agency_id, g.agency_id),
       case when g.is_whole then 'ke_tuc' when g.current_agency_id is not null then 'mac_dinh' else 'khong_ro' end
from gone g
union all
select g.agency_id, h.agency_id, e.successor_agency_id, 'bang_chung'
from gone g
join mart.agency_successor e on e.agency_id = g.agency_id
join mart.agency h on h.current_agency_id = e.successor_agency_id and h.agency_id <> g.agency_id
where not g.is_whole
$$;
comment on function mart.conversion(text) is
    'Quy đổi cơ quan không còn theo cơ cấu hiện nay (structure: then, today): mỗi cơ quan và nơi đang giữ hồ sơ (trống là mọi nơi khác) một dòng, kèm cơ quan được tính và quy tắc ke_tuc, bang_chung, mac_dinh, khong_ro';

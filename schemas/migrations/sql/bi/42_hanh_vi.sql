-- bi.hanh_vi: what history tells of behaviour, one row of evidence each. Inputs: mart.behaviour, its kinds, mart.agency.
create or replace view bi.hanh_vi with (security_invoker = true) as
select b.kind as loai,
       k.name as ten_loai,
       k.sentence as giai_thich,
       b.dossier_id as ho_so_id,
       v.dossier_no as ma_ho_so,
       a.agency_code as ma_don_vi,
       a.name as don_vi,
       b.officer_id as can_bo,
       b.happened_at as xay_ra_luc,
       b.detected_at as ghi_nhan_luc,
       b.rule_id as quy_tac,
       b.evidence as bang_chung
from mart.behaviour b
join mart.behaviour_kind k using (kind)
left join mart.dossier_version v on v.dossier_id = b.dossier_id and v.recorded_to = 'infinity'
left join mart.agency a on a.agency_id = b.agency_id;
comment on view bi.hanh_vi is 'Hành vi thấy được từ lịch sử hồ sơ, mỗi dòng một bằng chứng; là căn cứ để xem lại, không phải kết luận kỷ luật';
comment on column bi.hanh_vi.loai is 'Loại hành vi';
comment on column bi.hanh_vi.ten_loai is 'Tên loại hành vi';
comment on column bi.hanh_vi.giai_thich is 'Thế nào là hành vi này và khi nào không tính';
comment on column bi.hanh_vi.ho_so_id is 'Số hồ sơ của kho';
comment on column bi.hanh_vi.ma_ho_so is 'Mã hồ sơ';
comment on column bi.hanh_vi.ma_don_vi is 'Mã định danh cơ quan';
comment on column bi.hanh_vi.don_vi is 'Tên cơ quan';
comment on column bi.hanh_vi.can_bo is 'Khóa cán bộ ở bước liên quan, không phải họ tên; trống khi không rõ';
comment on column bi.hanh_vi.xay_ra_luc is 'Thời điểm xảy ra theo bằng chứng';
comment on column bi.hanh_vi.ghi_nhan_luc is 'Thời điểm kho ghi nhận nội dung cho thấy hành vi';
comment on column bi.hanh_vi.quy_tac is 'Quy tắc và phiên bản đã dùng';
comment on column bi.hanh_vi.bang_chung is 'Các giá trị làm bằng chứng và nơi lấy từng giá trị';

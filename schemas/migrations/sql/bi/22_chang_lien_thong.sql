-- bi.chang_lien_thong: one row per leg of a journey, judged by its own receipt and due date. Inputs: mart.journey_leg,
-- its dimensions.
create or replace view bi.chang_lien_thong with (security_invoker = true) as
select l.journey_id as hanh_trinh_id,
       l.leg_no as thu_tu,
       l.dossier_id as ho_so_id,
       l.dossier_no as ma_ho_so,
       l.previous_dossier_id as noi_tiep_ho_so_id,
       l.kind as can_cu_noi,
       l.procedure_code as ma_tthc,
       p.name as ten_tthc,
       l.receiving_agency_id as don_vi_tiep_nhan_id,
       a.name as don_vi_tiep_nhan,
       g.name as don_vi_giai_quyet,
       l.status as ma_trang_thai,
       l.received_on as ngay_tiep_nhan,
       l.due_on as han_tra,
       l.finished_on as ngay_ket_thuc,
       case l.outcome when 'early' then 'truoc_han' when 'on_time' then 'dung_han' when 'overdue' then 'qua_han' end
           as ket_qua_han
from mart.journey_leg l
left join mart.procedure p on p.procedure_code = l.procedure_code
left join mart.agency a on a.agency_id = l.receiving_agency_id
left join mart.agency g on g.agency_id = l.processing_agency_id;
comment on view bi.chang_lien_thong is 'Các chặng của hành trình liên thông, mỗi chặng là một hồ sơ ở một cơ quan, xét hạn theo hẹn trả của chính chặng';
comment on column bi.chang_lien_thong.hanh_trinh_id is 'Số hành trình (bi.lien_thong)';
comment on column bi.chang_lien_thong.thu_tu is 'Thứ tự chặng, từ 1';
comment on column bi.chang_lien_thong.ho_so_id is 'Số của kho cho hồ sơ của chặng (bi.ho_so)';
comment on column bi.chang_lien_thong.ma_ho_so is 'Mã hồ sơ của chặng';
comment on column bi.chang_lien_thong.noi_tiep_ho_so_id is 'Hồ sơ mà chặng này nối tiếp; trống ở chặng đầu';
comment on column bi.chang_lien_thong.can_cu_noi is 'Căn cứ nối: origin nguồn nêu mã hồ sơ gốc, group nguồn xếp cùng nhóm';
comment on column bi.chang_lien_thong.ma_tthc is 'Mã thủ tục của chặng';
comment on column bi.chang_lien_thong.ten_tthc is 'Tên thủ tục của chặng';
comment on column bi.chang_lien_thong.don_vi_tiep_nhan_id is 'Số của cơ quan tiếp nhận chặng';
comment on column bi.chang_lien_thong.don_vi_tiep_nhan is 'Tên cơ quan tiếp nhận chặng';
comment on column bi.chang_lien_thong.don_vi_giai_quyet is 'Tên cơ quan giải quyết chặng';
comment on column bi.chang_lien_thong.ma_trang_thai is 'Mã trạng thái của chặng từ 1 đến 10';
comment on column bi.chang_lien_thong.ngay_tiep_nhan is 'Ngày tiếp nhận chặng';
comment on column bi.chang_lien_thong.han_tra is 'Ngày hẹn trả của chặng';
comment on column bi.chang_lien_thong.ngay_ket_thuc is 'Ngày kết thúc chặng';
comment on column bi.chang_lien_thong.ket_qua_han is 'So với hẹn trả của chặng: truoc_han, dung_han, qua_han; trống khi chưa xong hoặc không có hẹn trả';

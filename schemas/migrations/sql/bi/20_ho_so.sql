-- bi.ho_so: one row per dossier as it is recorded now. Inputs: mart.dossier_version and its dimensions.
-- Invariants: deleted dossiers are absent, dossiers that reports leave out are present with duoc_tinh = false.
-- ket_qua_han judges closed dossiers by dates (rule ii06a_td_v1: no due date or a withdrawal counts as on time); an
-- open dossier has no verdict, since that depends on the day of asking: compare han_tra with the day, or use bi.ii06a.
create or replace view bi.ho_so with (security_invoker = true) as
select v.dossier_id as ho_so_id,
       v.dossier_no as ma_ho_so,
       v.procedure_code as ma_tthc,
       p.name as ten_tthc,
       v.field_name as linh_vuc,
       v.receiving_agency_id as don_vi_tiep_nhan_id,
       r.agency_code as ma_don_vi_tiep_nhan,
       r.name as don_vi_tiep_nhan,
       r.level as cap_don_vi_tiep_nhan,
       v.processing_agency_id as don_vi_giai_quyet_id,
       g.agency_code as ma_don_vi_giai_quyet,
       g.name as don_vi_giai_quyet,
       v.channel as ma_kenh,
       k.name as kenh,
       v.return_method as ma_hinh_thuc_tra,
       h.name as hinh_thuc_tra,
       v.applicant_type as ma_loai_doi_tuong,
       d.name as loai_doi_tuong,
       v.applicant_masked as chu_ho_so,
       v.status as ma_trang_thai,
       s.name as trang_thai,
       v.submitted_at as thoi_diem_nop,
       v.received_at as thoi_diem_tiep_nhan,
       v.due_at as thoi_diem_hen_tra,
       v.original_due_at as hen_tra_lan_dau,
       v.legal_due_at as han_theo_quy_dinh,
       v.finished_at as thoi_diem_ket_thuc,
       v.returned_at as thoi_diem_tra_ket_qua,
       v.effective_received_on as ngay_tiep_nhan,
       v.received_basis as can_cu_tiep_nhan,
       v.due_on as han_tra,
       v.effective_finished_on as ngay_ket_thuc,
       v.finished_basis as can_cu_ket_thuc,
       v.repaired as ket_thuc_duoc_sua,
       case when v.effective_finished_on is null then null
            when v.status = 7 or v.due_on is null or v.effective_finished_on = v.due_on then 'dung_han'
            when v.effective_finished_on < v.due_on then 'truoc_han'
            else 'qua_han'
       end as ket_qua_han,
       v.is_counted as duoc_tinh,
       v.supplement_count as so_lan_bo_sung,
       v.apology_count as so_lan_xin_loi,
       v.paid_online as thanh_toan_truc_tuyen,
       v.digitised as co_so_hoa,
       v.result_is_electronic as co_ket_qua_dien_tu,
       v.source_count as so_ban_ghi_nguon,
       v.recorded_from as ghi_nhan_tu,
       case when v.effective_finished_on is null then o.agency_id end as don_vi_dang_giu_id,
       case when v.effective_finished_on is null then o.agency_code end as ma_don_vi_dang_giu,
       case when v.effective_finished_on is null then o.name end as don_vi_dang_giu
from mart.dossier_version v
left join mart.procedure p on p.procedure_code = v.procedure_code
left join mart.agency r on r.agency_id = v.receiving_agency_id
left join mart.agency g on g.agency_id = v.processing_agency_id
left join mart.agency w on w.agency_id = v.holder_agency_id
left join mart.agency o on o.agency_id = coalesce(w.current_agency_id, w.agency_id)
left join mart.code_list k on k.list = 'channel' and k.code = v.channel
left join mart.code_list h on h.list = 'return_method' and h.code = v.return_method
left join mart.code_list d on d.list = 'applicant_type' and d.code = v.applicant_type
left join mart.code_list s on s.list = 'status' and s.code = v.status
where v.recorded_to = 'infinity' and not v.is_deleted;
comment on view bi.ho_so is 'Hồ sơ TTHC theo nội dung kho đang ghi nhận, mỗi hồ sơ một dòng; không gồm hồ sơ đã bị mọi nguồn xóa';
comment on column bi.ho_so.ho_so_id is 'Số hồ sơ của kho, không đổi suốt đời';
comment on column bi.ho_so.ma_ho_so is 'Mã hồ sơ';
comment on column bi.ho_so.ma_tthc is 'Mã TTHC quốc gia; ? là thủ tục chưa xác định';
comment on column bi.ho_so.ten_tthc is 'Tên thủ tục hành chính';
comment on column bi.ho_so.linh_vuc is 'Lĩnh vực';
comment on column bi.ho_so.don_vi_tiep_nhan_id is 'Số của cơ quan tiếp nhận trong kho; 0 là chưa xác định';
comment on column bi.ho_so.ma_don_vi_tiep_nhan is 'Mã định danh cơ quan tiếp nhận';
comment on column bi.ho_so.don_vi_tiep_nhan is 'Tên cơ quan tiếp nhận';
comment on column bi.ho_so.cap_don_vi_tiep_nhan is 'Cấp của cơ quan tiếp nhận: province, department, branch, district, commune, unknown';
comment on column bi.ho_so.don_vi_giai_quyet_id is 'Số của cơ quan giải quyết trong kho; 0 là chưa xác định';
comment on column bi.ho_so.ma_don_vi_giai_quyet is 'Mã định danh cơ quan giải quyết';
comment on column bi.ho_so.don_vi_giai_quyet is 'Tên cơ quan giải quyết';
comment on column bi.ho_so.ma_kenh is 'Mã kênh thực hiện: 1 trực tiếp, 2 trực tuyến, 3 bưu chính công ích';
comment on column bi.ho_so.kenh is 'Tên kênh thực hiện';
comment on column bi.ho_so.ma_hinh_thuc_tra is 'Mã hình thức trả kết quả';
comment on column bi.ho_so.hinh_thuc_tra is 'Tên hình thức trả kết quả';
comment on column bi.ho_so.ma_loai_doi_tuong is 'Mã loại đối tượng nộp hồ sơ';
comment on column bi.ho_so.loai_doi_tuong is 'Tên loại đối tượng nộp hồ sơ';
comment on column bi.ho_so.chu_ho_so is 'Chủ hồ sơ, chỉ ghi chữ viết tắt để bảo vệ dữ liệu cá nhân';
comment on column bi.ho_so.ma_trang_thai is 'Mã trạng thái hồ sơ từ 1 đến 10';
comment on column bi.ho_so.trang_thai is 'Tên trạng thái hồ sơ';
comment on column bi.ho_so.thoi_diem_nop is 'Thời điểm nộp hồ sơ';
comment on column bi.ho_so.thoi_diem_tiep_nhan is 'Thời điểm tiếp nhận như nguồn ghi';
comment on column bi.ho_so.thoi_diem_hen_tra is 'Thời điểm hẹn trả kết quả hiện hành';
comment on column bi.ho_so.hen_tra_lan_dau is 'Thời điểm hẹn trả kết quả lần đầu';
comment on column bi.ho_so.han_theo_quy_dinh is 'Hạn theo thời gian giải quyết quy định, khi biết thời hạn có hiệu lực lúc tiếp nhận';
comment on column bi.ho_so.thoi_diem_ket_thuc is 'Thời điểm kết thúc xử lý như nguồn ghi';
comment on column bi.ho_so.thoi_diem_tra_ket_qua is 'Thời điểm trả kết quả như nguồn ghi';
comment on column bi.ho_so.ngay_tiep_nhan is 'Ngày tiếp nhận hiệu dụng dùng để lập báo cáo';
comment on column bi.ho_so.can_cu_tiep_nhan is 'Ngày tiếp nhận hiệu dụng lấy từ: received_at thời điểm tiếp nhận, submitted_at thời điểm nộp, dossier_no ngày trong mã hồ sơ';
comment on column bi.ho_so.han_tra is 'Ngày hẹn trả dùng để so hạn';
comment on column bi.ho_so.ngay_ket_thuc is 'Ngày kết thúc hiệu dụng dùng để lập báo cáo; trống khi hồ sơ đang giải quyết';
comment on column bi.ho_so.can_cu_ket_thuc is 'Ngày kết thúc hiệu dụng lấy từ: finished_at kết thúc xử lý, returned_at trả kết quả, withdrawn_at rút hồ sơ, sent_back_at trả lại hồ sơ, step bước kết thúc, recorded lúc kho ghi nhận';
comment on column bi.ho_so.ket_thuc_duoc_sua is 'Nguồn ghi kết thúc trước khi tiếp nhận, nên ngày kết thúc lấy theo ngày tiếp nhận';
comment on column bi.ho_so.ket_qua_han is 'Kết quả so hạn của hồ sơ đã kết thúc: truoc_han, dung_han, qua_han; trống khi đang giải quyết';
comment on column bi.ho_so.duoc_tinh is 'Được tính trong báo cáo (đã tiếp nhận và không bị từ chối tiếp nhận)';
comment on column bi.ho_so.so_lan_bo_sung is 'Số lần yêu cầu bổ sung';
comment on column bi.ho_so.so_lan_xin_loi is 'Số lần xin lỗi';
comment on column bi.ho_so.thanh_toan_truc_tuyen is 'Đã thanh toán trực tuyến';
comment on column bi.ho_so.co_so_hoa is 'Có thành phần hồ sơ được số hóa';
comment on column bi.ho_so.co_ket_qua_dien_tu is 'Có kết quả điện tử';
comment on column bi.ho_so.so_ban_ghi_nguon is 'Số bản ghi nguồn đã đối chiếu thành hồ sơ này';
comment on column bi.ho_so.ghi_nhan_tu is 'Thời điểm kho ghi nhận nội dung hiện hành';
comment on column bi.ho_so.don_vi_dang_giu_id is 'Số của cơ quan đang giữ hồ sơ chưa kết thúc, theo cơ cấu hiện nay; trống khi đã kết thúc';
comment on column bi.ho_so.ma_don_vi_dang_giu is 'Mã định danh cơ quan đang giữ hồ sơ chưa kết thúc';
comment on column bi.ho_so.don_vi_dang_giu is 'Tên cơ quan đang giữ hồ sơ chưa kết thúc';

-- bi.lien_thong: one row per journey of chained dossiers. Inputs: mart.journey, its dimensions.
-- Invariant: a journey without a limit known to have been valid at its receipt has no verdict.
create or replace view bi.lien_thong with (security_invoker = true) as
select j.journey_id as hanh_trinh_id,
       j.dossier_no as ma_ho_so_dau,
       j.procedure_code as ma_tthc,
       p.name as ten_tthc,
       j.receiving_agency_id as don_vi_tiep_nhan_id,
       a.name as don_vi_tiep_nhan,
       j.legs as so_chang,
       j.finished_legs as so_chang_da_xong,
       j.received_on as ngay_tiep_nhan,
       j.limit_on as han_theo_quy_dinh,
       j.finished_on as ngay_ket_thuc,
       case j.outcome when 'early' then 'truoc_han' when 'on_time' then 'dung_han' when 'overdue' then 'qua_han' end
           as ket_qua_han,
       j.first_dossier_id as ho_so_dau_id
from mart.journey j
left join mart.procedure p on p.procedure_code = j.procedure_code
left join mart.agency a on a.agency_id = j.receiving_agency_id;
comment on view bi.lien_thong is 'Hành trình liên thông: các hồ sơ nối tiếp nhau tính là một hành trình, từ tiếp nhận đầu tiên đến kết quả cuối cùng; mỗi hồ sơ vẫn được đếm riêng ở biểu khác';
comment on column bi.lien_thong.hanh_trinh_id is 'Số hành trình';
comment on column bi.lien_thong.ma_ho_so_dau is 'Mã hồ sơ đầu chuỗi';
comment on column bi.lien_thong.ma_tthc is 'Mã thủ tục liên thông (của hồ sơ đầu chuỗi)';
comment on column bi.lien_thong.ten_tthc is 'Tên thủ tục liên thông';
comment on column bi.lien_thong.don_vi_tiep_nhan_id is 'Số của cơ quan tiếp nhận hồ sơ đầu chuỗi';
comment on column bi.lien_thong.don_vi_tiep_nhan is 'Tên cơ quan tiếp nhận hồ sơ đầu chuỗi';
comment on column bi.lien_thong.so_chang is 'Số chặng, mỗi chặng là một hồ sơ ở một cơ quan';
comment on column bi.lien_thong.so_chang_da_xong is 'Số chặng đã có kết quả';
comment on column bi.lien_thong.ngay_tiep_nhan is 'Ngày tiếp nhận đầu tiên';
comment on column bi.lien_thong.han_theo_quy_dinh is 'Hạn theo thời gian giải quyết của thủ tục liên thông; trống khi không biết thời hạn có hiệu lực lúc tiếp nhận';
comment on column bi.lien_thong.ngay_ket_thuc is 'Ngày có kết quả cuối cùng; trống khi còn chặng chưa xong';
comment on column bi.lien_thong.ket_qua_han is 'So với hạn của thủ tục liên thông: truoc_han, dung_han, qua_han; trống khi chưa xong hoặc không biết hạn';
comment on column bi.lien_thong.ho_so_dau_id is 'Số của kho cho hồ sơ đầu chuỗi';

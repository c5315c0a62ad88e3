-- bi.qua_han: dossiers that are overdue now, rule by rule. Inputs: mart.verdict, mart.dossier_version, mart.agency.
create or replace view bi.qua_han with (security_invoker = true) as
select w.rule_id as quy_tac,
       w.dossier_id as ho_so_id,
       v.dossier_no as ma_ho_so,
       a.agency_code as ma_don_vi_tiep_nhan,
       a.name as don_vi_tiep_nhan,
       v.procedure_code as ma_tthc,
       case w.outcome when 'overdue' then 'Quá hạn' else 'Quá hạn, chưa xong' end as ket_qua,
       w.due_at_used as han,
       w.finished_at_used as ket_thuc,
       w.late_by as muon_phut,
       v.apology_count as so_lan_xin_loi
from mart.verdict w
join mart.dossier_version v on v.dossier_id = w.dossier_id and v.recorded_to = 'infinity'
join mart.agency a on a.agency_id = v.receiving_agency_id
where w.outcome in ('overdue', 'overdue_open');
comment on view bi.qua_han is 'Hồ sơ đang quá hạn theo từng quy tắc, tại lần làm mới gần nhất; mỗi hồ sơ một dòng cho mỗi quy tắc';
comment on column bi.qua_han.quy_tac is 'Mã quy tắc so hạn: ii06a_td_v1, qd766_dvcqg_v1, qd766_td_v1, opencps_v1';
comment on column bi.qua_han.ho_so_id is 'Số hồ sơ của kho';
comment on column bi.qua_han.ma_ho_so is 'Mã hồ sơ';
comment on column bi.qua_han.ma_don_vi_tiep_nhan is 'Mã định danh cơ quan tiếp nhận';
comment on column bi.qua_han.don_vi_tiep_nhan is 'Tên cơ quan tiếp nhận';
comment on column bi.qua_han.ma_tthc is 'Mã TTHC';
comment on column bi.qua_han.ket_qua is 'Quá hạn (đã xong) hoặc quá hạn, chưa xong';
comment on column bi.qua_han.han is 'Hạn đã dùng để so';
comment on column bi.qua_han.ket_thuc is 'Thời điểm kết thúc đã dùng để so; trống khi chưa xong';
comment on column bi.qua_han.muon_phut is 'Số phút làm việc muộn so với hạn; trống khi chưa xong';
comment on column bi.qua_han.so_lan_xin_loi is 'Số lần xin lỗi';

-- bi.suc_khoe_nguon: how each source, and each agency within it, is doing. Inputs: mart.source_health, mart.agency.
create or replace view bi.suc_khoe_nguon with (security_invoker = true) as
select h.source_id as ma_nguon,
       nullif(h.agency_code, '') as ma_don_vi,
       a.name as ten_don_vi,
       h.level as cap_nguon,
       h.is_active as dang_hoat_dong,
       h.judged_at as thoi_diem_danh_gia,
       h.verdict as ket_luan,
       h.sentence as dien_giai,
       h.last_success_at as lan_doc_tron_ven,
       extract(epoch from h.late_by) / 3600 as muon_gio,
       h.window_to as den_ngay,
       h.window_days as so_ngay_xet,
       h.expected as so_thuong_co,
       h.seen as so_da_thay,
       h.probability as xac_suat,
       extract(epoch from h.lag_median) / 3600 as tre_trung_vi_gio,
       extract(epoch from h.lag_p95) / 3600 as tre_phan_vi_95_gio,
       extract(epoch from h.lag_declared) / 60 as do_lui_phut,
       extract(epoch from h.lag_proposed) / 60 as do_lui_de_nghi_phut,
       h.clock_skew_s as lech_dong_ho_giay,
       h.open_quarantine as dang_cach_ly,
       h.open_drift as dieu_la_chua_khai_bao,
       h.pending as dang_cho,
       h.difference as khong_can_doi
from mart.source_health h
left join lateral (
    select name from mart.agency where agency_code = h.agency_code order by valid_to desc limit 1
) a on true;
comment on view bi.suc_khoe_nguon is 'Tình trạng từng nguồn và từng cơ quan trong nguồn, theo lần đánh giá gần nhất';
comment on column bi.suc_khoe_nguon.ma_nguon is 'Mã nguồn';
comment on column bi.suc_khoe_nguon.ma_don_vi is 'Mã cơ quan tiếp nhận; trống là cả nguồn';
comment on column bi.suc_khoe_nguon.ten_don_vi is 'Tên cơ quan';
comment on column bi.suc_khoe_nguon.cap_nguon is 'Cấp của nguồn: portal, national, province, district, commune';
comment on column bi.suc_khoe_nguon.dang_hoat_dong is 'Nguồn đang được hỏi';
comment on column bi.suc_khoe_nguon.thoi_diem_danh_gia is 'Thời điểm đánh giá gần nhất mà dòng này thay đổi';
comment on column bi.suc_khoe_nguon.ket_luan is 'Kết luận: ok bình thường, not_learned chưa đủ dữ liệu, unaccounted không cân đối, never chưa từng hỏi, failed hỏi thất bại, incomplete đọc chưa hết, skipped không được hỏi, late muộn, silent im lặng, strange nhiều khác thường, skewed lệch đồng hồ, ahead phiên bản ở tương lai, lag_short độ lùi quá ngắn, ended đã hết hiệu lực';
comment on column bi.suc_khoe_nguon.dien_giai is 'Kết luận bằng một câu, kèm việc cần làm';
comment on column bi.suc_khoe_nguon.lan_doc_tron_ven is 'Lần đọc trọn vẹn gần nhất của mọi luồng';
comment on column bi.suc_khoe_nguon.muon_gio is 'Quá hạn hỏi bao nhiêu giờ; trống là không muộn';
comment on column bi.suc_khoe_nguon.den_ngay is 'Ngày cuối được xét';
comment on column bi.suc_khoe_nguon.so_ngay_xet is 'Số ngày được xét, không tính ngày nghỉ lễ và những ngày quanh Tết';
comment on column bi.suc_khoe_nguon.so_thuong_co is 'Số hồ sơ thường có trong những ngày đó; trống là chưa đủ dữ liệu để biết';
comment on column bi.suc_khoe_nguon.so_da_thay is 'Số hồ sơ đã thấy trong những ngày đó';
comment on column bi.suc_khoe_nguon.xac_suat is 'Xác suất của số đã thấy nếu mọi việc vẫn như thường lệ; trống khi không khác xa';
comment on column bi.suc_khoe_nguon.tre_trung_vi_gio is 'Trung vị số giờ từ phiên bản ở nguồn đến khi kho ghi nhận';
comment on column bi.suc_khoe_nguon.tre_phan_vi_95_gio is 'Phân vị 95% của số giờ đó';
comment on column bi.suc_khoe_nguon.do_lui_phut is 'Độ lùi con trỏ đang khai báo, phút';
comment on column bi.suc_khoe_nguon.do_lui_de_nghi_phut is 'Độ lùi đề nghị khai báo, phút; trống là không cần đổi';
comment on column bi.suc_khoe_nguon.lech_dong_ho_giay is 'Đồng hồ nguồn nhanh hơn đồng hồ kho bao nhiêu giây (âm là chậm hơn)';
comment on column bi.suc_khoe_nguon.dang_cach_ly is 'Số bản ghi đang bị cách ly';
comment on column bi.suc_khoe_nguon.dieu_la_chua_khai_bao is 'Số điều lạ chưa được khai báo';
comment on column bi.suc_khoe_nguon.dang_cho is 'Số bản ghi còn chờ ở kho gốc';
comment on column bi.suc_khoe_nguon.khong_can_doi is 'Số bản ghi không cân đối; 0 là đúng';

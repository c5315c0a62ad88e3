-- bi.thu_tuc: one row per procedure. Input: mart.procedure.
create or replace view bi.thu_tuc with (security_invoker = true) as
select procedure_code as ma_tthc,
       name as ten_tthc,
       field_name as linh_vuc,
       levels as cap_thuc_hien,
       in_catalogue as co_trong_danh_muc
from mart.procedure;
comment on view bi.thu_tuc is 'Thủ tục hành chính, gồm cả thủ tục gặp trong hồ sơ mà danh mục quốc gia chưa có';
comment on column bi.thu_tuc.ma_tthc is 'Mã TTHC quốc gia; ? là thủ tục chưa xác định';
comment on column bi.thu_tuc.ten_tthc is 'Tên thủ tục theo danh mục, hoặc như nguồn ghi nếu danh mục chưa có';
comment on column bi.thu_tuc.linh_vuc is 'Lĩnh vực';
comment on column bi.thu_tuc.cap_thuc_hien is 'Cấp thực hiện, cách nhau bởi |: bo, tinh, xa, khac';
comment on column bi.thu_tuc.co_trong_danh_muc is 'Có trong danh mục quốc gia hay không';

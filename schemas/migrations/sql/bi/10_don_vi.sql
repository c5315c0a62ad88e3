-- bi.don_vi: one row per agency and validity. Input: mart.agency.
-- Open ends are null here: many BI tools cannot read infinite dates.
create or replace view bi.don_vi with (security_invoker = true) as
select agency_id as don_vi_id,
       agency_code as ma_don_vi,
       name as ten_don_vi,
       level as cap_don_vi,
       catalog as nhom_don_vi,
       parent_agency_code as ma_cap_tren,
       admin_unit_code as ma_don_vi_hanh_chinh,
       nullif(valid_from, '-infinity') as hieu_luc_tu,
       nullif(valid_to, 'infinity') as hieu_luc_den,
       current_agency_code as ma_don_vi_hien_nay,
       sort_key as khoa_sap_xep,
       current_agency_id as don_vi_hien_nay_id,
       successors as so_noi_ke_tuc
from mart.agency;
comment on view bi.don_vi is 'Cơ quan qua các thời kỳ, mỗi thời kỳ hiệu lực một dòng; đơn vị số 0 là cơ quan chưa xác định';
comment on column bi.don_vi.don_vi_id is 'Số của cơ quan trong kho';
comment on column bi.don_vi.ma_don_vi is 'Mã định danh cơ quan';
comment on column bi.don_vi.ten_don_vi is 'Tên cơ quan trong thời kỳ này';
comment on column bi.don_vi.cap_don_vi is 'Cấp: province tỉnh, department sở ngành, branch chi nhánh, district huyện, commune xã, unknown chưa xác định';
comment on column bi.don_vi.nhom_don_vi is 'Nhóm thống kê: so-ban-nganh, cnvpdk, quan-huyen, xa-phuong';
comment on column bi.don_vi.ma_cap_tren is 'Mã định danh cơ quan cấp trên';
comment on column bi.don_vi.ma_don_vi_hanh_chinh is 'Mã đơn vị hành chính nơi cơ quan phụ trách';
comment on column bi.don_vi.hieu_luc_tu is 'Hiệu lực từ ngày; trống là từ trước năm 2018';
comment on column bi.don_vi.hieu_luc_den is 'Hết hiệu lực từ ngày (không bao gồm ngày này); trống là còn hiệu lực';
comment on column bi.don_vi.ma_don_vi_hien_nay is 'Mã cơ quan kế tục đang hoạt động, mặc định khi bị chia tách; trống khi giải thể không có nơi kế tục';
comment on column bi.don_vi.khoa_sap_xep is 'Khóa để sắp xếp tên theo thứ tự tiếng Việt';
comment on column bi.don_vi.don_vi_hien_nay_id is 'Số của cơ quan kế tục đang hoạt động, mặc định khi bị chia tách';
comment on column bi.don_vi.so_noi_ke_tuc is 'Số cơ quan hiện nay có thể đã nhận việc của cơ quan này: 1 là kế tục trọn vẹn hoặc vẫn còn, nhiều hơn là bị chia hoặc giải thể';

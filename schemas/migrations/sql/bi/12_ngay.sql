-- bi.ngay: one row per calendar day. Input: mart.day.
create or replace view bi.ngay with (security_invoker = true) as
select day as ngay,
       is_working as la_ngay_lam_viec,
       is_makeup_day as la_ngay_lam_bu,
       holiday_name as ten_ngay_nghi,
       is_projected as la_du_kien,
       vpcp_month as ky_thang_vpcp,
       vpcp_quarter as ky_quy_vpcp,
       calendar_month as thang_duong_lich
from mart.day;
comment on view bi.ngay is 'Lịch làm việc và các kỳ báo cáo mà mỗi ngày thuộc về';
comment on column bi.ngay.ngay is 'Ngày';
comment on column bi.ngay.la_ngay_lam_viec is 'Là ngày làm việc';
comment on column bi.ngay.la_ngay_lam_bu is 'Là ngày làm bù';
comment on column bi.ngay.ten_ngay_nghi is 'Tên ngày nghỉ lễ';
comment on column bi.ngay.la_du_kien is 'Dự kiến, chưa có thông báo chính thức';
comment on column bi.ngay.ky_thang_vpcp is 'Kỳ báo cáo tháng (từ ngày 15 tháng trước đến ngày 14), dạng YYYY-MM';
comment on column bi.ngay.ky_quy_vpcp is 'Kỳ báo cáo quý gồm ba kỳ tháng, dạng YYYY-QN';
comment on column bi.ngay.thang_duong_lich is 'Tháng dương lịch, dạng YYYY-MM';

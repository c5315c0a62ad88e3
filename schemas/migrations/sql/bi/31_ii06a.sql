-- bi.ii06a: the figures of form II.06a. Inputs: bi.ii06a_ho_so, mart.agency.
-- Grain: one row per receiving agency and field that has a dossier to count; additive over both.
-- Columns in the order of the form: 3 to 6 received, 7 to 10 resolved, 11 to 13 open.
create or replace function bi.ii06a(
    tu_ngay date, den_ngay date, tinh_den date default null, ghi_nhan_den timestamptz default null,
    co_cau text default 'khi_do'
) returns table (
    don_vi_id bigint, ma_don_vi text, ten_don_vi text, cap_don_vi text, nhom_don_vi text, linh_vuc text,
    tiep_nhan_tong bigint, tiep_nhan_truc_tuyen bigint, tiep_nhan_truc_tiep_buu_chinh bigint, tu_ky_truoc bigint,
    da_giai_quyet_tong bigint, truoc_han bigint, dung_han bigint, qua_han bigint,
    dang_giai_quyet_tong bigint, trong_han bigint, qua_han_chua_xong bigint
) language sql stable as $$
select a.agency_id, a.agency_code, a.name, a.level, a.catalog, f.linh_vuc,
       f.c3, f.c4, f.c5, f.c6, f.c7, f.c8, f.c9, f.c10, f.c11, f.c12, f.c13
from (
    select h.don_vi_id, h.linh_vuc,
           count(*) as c3,
           count(*) filter (where h.cot_tiep_nhan = 4) as c4,
           count(*) filter (where h.cot_tiep_nhan = 5) as c5,
           count(*) filter (where h.cot_tiep_nhan = 6) as c6,
           count(*) filter (where h.cot_giai_quyet in (8, 9, 10)) as c7,
           count(*) filter (where h.cot_giai_quyet = 8) as c8,
           count(*) filter (where h.cot_giai_quyet = 9) as c9,
           count(*) filter (where h.cot_giai_quyet = 10) as c10,
           count(*) filter (where h.cot_giai_quyet in (12, 13)) as c11,
           count(*) filter (where h.cot_giai_quyet = 12) as c12,
           count(*) filter (where h.cot_giai_quyet = 13) as c13
    -- offset 0 keeps the columns of a dossier from being worked out anew for each of the counts
    from (select * from bi.ii06a_ho_so(tu_ngay, den_ngay, tinh_den, ghi_nhan_den, co_cau) offset 0) h
    group by h.don_vi_id, h.linh_vuc
) f
join mart.agency a on a.agency_id = f.don_vi_id
$$;
comment on function bi.ii06a(date, date, date, timestamptz, text) is
    'Biểu II.06a/VPCP/KSTT theo cơ quan tiếp nhận và lĩnh vực, đơn vị tính là số hồ sơ, cộng dồn được. Cột 3 tiep_nhan_tong = 4 tiep_nhan_truc_tuyen + 5 tiep_nhan_truc_tiep_buu_chinh + 6 tu_ky_truoc; cột 7 da_giai_quyet_tong = 8 truoc_han + 9 dung_han + 10 qua_han; cột 11 dang_giai_quyet_tong = 12 trong_han + 13 qua_han_chua_xong; cột 3 = 7 + 11. Tham số như bi.ii06a_ho_so: tu_ngay, den_ngay, tinh_den (mặc định den_ngay), ghi_nhan_den (mặc định hiện hành), co_cau (khi_do mặc định, hoặc hien_nay).';

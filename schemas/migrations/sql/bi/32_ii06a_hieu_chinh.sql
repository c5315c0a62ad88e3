-- bi.ii06a_hieu_chinh: how many counted dossiers were judged by another time than the source's own.
-- Grain: one row per receiving agency, time judged (muc) and basis (can_cu). Inputs: bi.ii06a_ho_so, mart.agency.
-- Invariant: it looks at the set that bi.ii06a counts with the same parameters. A dossier with several repairs is in
-- several rows, so the counts are not additive over muc. core keeps what the source said.
create or replace function bi.ii06a_hieu_chinh(
    tu_ngay date, den_ngay date, tinh_den date default null, ghi_nhan_den timestamptz default null,
    co_cau text default 'khi_do'
) returns table (
    don_vi_id bigint, ma_don_vi text, ten_don_vi text, muc text, can_cu text, so_ho_so bigint
) language sql stable as $$
select a.agency_id, a.agency_code, a.name, f.muc, f.can_cu, f.so_ho_so
from (
    select h.don_vi_id, m.muc, m.can_cu, count(*) as so_ho_so
    from bi.ii06a_ho_so(tu_ngay, den_ngay, tinh_den, ghi_nhan_den, co_cau) h
    cross join lateral (values
        ('ngay_tiep_nhan', h.can_cu_tiep_nhan, h.can_cu_tiep_nhan <> 'received_at'),
        ('ngay_ket_thuc', h.can_cu_ket_thuc, h.can_cu_ket_thuc <> 'finished_at'),
        ('ngay_ket_thuc', 'before_receipt', h.ket_thuc_duoc_sua)
    ) m (muc, can_cu, khac_nguon)
    where m.khac_nguon
    group by h.don_vi_id, m.muc, m.can_cu
) f
join mart.agency a on a.agency_id = f.don_vi_id
$$;
comment on function bi.ii06a_hieu_chinh(date, date, date, timestamptz, text) is
    'Hồ sơ được đếm trong biểu II.06a mà thời điểm dùng để tính khác thời điểm nguồn ghi, đếm theo cơ quan, mục (ngay_tiep_nhan, ngay_ket_thuc) và căn cứ thay thế: submitted_at thời điểm nộp, dossier_no ngày trong mã hồ sơ, returned_at trả kết quả, withdrawn_at rút, sent_back_at trả lại, step bước kết thúc, recorded lúc kho ghi nhận, before_receipt kết thúc trước tiếp nhận nên lấy ngày tiếp nhận. Tham số như bi.ii06a.';

-- bi.ii06a_ho_so: the dossiers that form II.06a counts in a period, each with the columns that count it.
-- Grain: one row per dossier. Inputs: mart.dossier_version, mart.rule, mart.conversion.
-- Rule ii06a_td_v1 (form II.06a, TT 01/2020/TT-VPCP): dates only; both ends of the period are included.
-- Invariants: this one set is columns 3, 7 + 11 and 4 + 5 + 6 of the form, so that its identities hold by
-- construction; what happened after tinh_den is not known: a later receipt is absent, a later finish is open.
-- Waiting (status 5, 6 or 8 at the end of tinh_den) is never overdue: column 12, or 9 where the rule says so. A
-- dossier that waits now, with no stop that is still running, waits since an unknown moment: it counts as waiting.
-- co_cau hien_nay counts each dossier at the agency that stands today for its receiving agency, by mart.conversion.
drop function if exists bi.ii06a(date, date, date, timestamptz);
drop function if exists bi.ii06a_hieu_chinh(date, date, date, timestamptz);
drop function if exists bi.ii06a_ho_so(date, date, date, timestamptz);
drop function if exists bi.theo_hien_nay(text);
create or replace function bi.cau_truc(co_cau text) returns text language plpgsql immutable as $$
begin
    if co_cau = 'khi_do' then return 'then'; end if;
    if co_cau = 'hien_nay' then return 'today'; end if;
    raise exception 'co_cau «%» không có: chỉ nhận khi_do hoặc hien_nay', co_cau using errcode = '22023';
end
$$;
comment on function bi.cau_truc(text) is
    'Tham số co_cau theo cách gọi của mart: khi_do theo cơ cấu của ngày tiếp nhận, hien_nay theo cơ cấu hiện nay; giá trị khác là lỗi.';
create or replace function bi.ii06a_ho_so(
    tu_ngay date, den_ngay date, tinh_den date default null, ghi_nhan_den timestamptz default null,
    co_cau text default 'khi_do'
) returns table (
    ho_so_id bigint, ma_ho_so text, don_vi_id bigint, ma_tthc text, linh_vuc text,
    cot_tiep_nhan smallint, cot_giai_quyet smallint, ngay_tiep_nhan date, can_cu_tiep_nhan text,
    han_tra date, ngay_ket_thuc date, can_cu_ket_thuc text, ket_thuc_duoc_sua boolean, quy_doi text
) language sql stable as $$
select v.dossier_id, v.dossier_no,
       coalesce(h.counted_agency_id, a.counted_agency_id, v.receiving_agency_id), v.procedure_code, v.field_name,
       (case when v.effective_received_on < tu_ngay then 6 when v.channel = 2 then 4 else 5 end)::smallint,
       (case when v.effective_finished_on <= coalesce(tinh_den, den_ngay) then
                 case when v.status = 7 or v.due_on is null or v.effective_finished_on = v.due_on then 9
                      when v.effective_finished_on < v.due_on then 8
                      else 10 end
             when v.stops @> ((coalesce(tinh_den, den_ngay) + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
                              - interval '1 microsecond')
                  or v.status in (5, 6, 8) and not upper_inf(v.stops) then
                 coalesce((select (r.parameters ->> 'waiting_supplement_column')::int
                           from mart.rule r
                           where r.rule_id = 'ii06a_td_v1'
                             and r.valid_from <= den_ngay
                             and (r.valid_to is null or r.valid_to > den_ngay)
                             and r.recorded_from <= coalesce(ghi_nhan_den, 'infinity')
                             and (r.recorded_to = 'infinity' or r.recorded_to > ghi_nhan_den)
                           order by r.valid_from desc
                           limit 1), 12)
             when v.due_on < coalesce(tinh_den, den_ngay) then 13
             else 12 end)::smallint,
       v.effective_received_on, v.received_basis, v.due_on, v.effective_finished_on, v.finished_basis, v.repaired,
       coalesce(h.rule, a.rule)
from mart.dossier_version v
left join mart.conversion(bi.cau_truc(co_cau)) a on a.agency_id = v.receiving_agency_id and a.holder_agency_id is null
left join mart.conversion(bi.cau_truc(co_cau)) h
       on h.agency_id = v.receiving_agency_id and h.holder_agency_id = v.holder_agency_id
where v.is_counted
  and v.effective_received_on <= least(den_ngay, coalesce(tinh_den, den_ngay))
  and (v.effective_finished_on is null
       or v.effective_finished_on >= least(tu_ngay, coalesce(tinh_den, den_ngay) + 1))
  and v.recorded_from <= coalesce(ghi_nhan_den, 'infinity')
  and (v.recorded_to = 'infinity' or v.recorded_to > ghi_nhan_den)
$$;
comment on function bi.ii06a_ho_so(date, date, date, timestamptz, text) is
    'Các hồ sơ được đếm trong biểu II.06a của một kỳ (tu_ngay đến den_ngay, tính cả hai ngày), kèm số cột của biểu: cot_tiep_nhan 4 trực tuyến, 5 trực tiếp và bưu chính, 6 từ kỳ trước; cot_giai_quyet 8 trước hạn, 9 đúng hạn, 10 quá hạn, 12 trong hạn, 13 quá hạn chưa xong. tinh_den: ngày tính kết quả, mặc định là den_ngay. ghi_nhan_den: theo nội dung kho đã ghi nhận tới thời điểm này, mặc định là hiện hành. co_cau: khi_do (mặc định) theo cơ quan tiếp nhận lúc đó, hien_nay theo cơ cấu hiện nay. quy_doi (khi hien_nay, trống là cơ quan vẫn còn): ke_tuc một nơi kế tục, bang_chung nơi đang giữ theo bản ghi mới nhất, mac_dinh nơi nhận mặc định khi bị chia (gần đúng), khong_ro đã giải thể và chưa rõ nơi nhận nên giữ nguyên.';

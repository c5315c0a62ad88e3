-- bi.phan_quyet: what an overdue rule says of every dossier as of a day, as recorded by a moment, and at which agency of
-- then or of today it counts. Inputs: mart.verdicts, mart.agency.
drop function if exists bi.phan_quyet(text, date, timestamptz);
create or replace function bi.phan_quyet(
    quy_tac text, tinh_den date, ghi_nhan_den timestamptz default null, co_cau text default 'khi_do'
) returns table (
    ho_so_id bigint, ket_qua text, ten_ket_qua text, can_cu text, ket_thuc timestamptz, han timestamptz, muon_phut integer,
    don_vi_id bigint, ma_don_vi text, don_vi text, quy_doi text
) language sql stable as $$
select v.dossier_id, v.outcome,
       case v.outcome when 'early' then 'Trước hạn' when 'on_time' then 'Đúng hạn' when 'overdue' then 'Quá hạn'
                      when 'within_due' then 'Trong hạn' when 'overdue_open' then 'Quá hạn, chưa xong'
                      else 'Không xét' end,
       v.basis, v.finished_at_used, v.due_at_used, v.late_by, v.agency_id, a.agency_code, a.name, v.conversion
from mart.verdicts(quy_tac, tinh_den, coalesce(ghi_nhan_den, 'infinity'), bi.cau_truc(co_cau)) v
left join mart.agency a on a.agency_id = v.agency_id
$$;
comment on function bi.phan_quyet(text, date, timestamptz, text) is
    'Kết quả so hạn của từng hồ sơ theo quy tắc quy_tac (ii06a_td_v1, qd766_dvcqg_v1, qd766_td_v1, opencps_v1), tính đến hết ngày tinh_den, theo nội dung kho đã ghi nhận tới ghi_nhan_den (mặc định là hiện hành). muon_phut: số phút làm việc muộn so với hạn, âm là sớm; can_cu: thời điểm kết thúc lấy từ đâu, hoặc vì sao không xét. don_vi: cơ quan được tính, co_cau khi_do (mặc định) theo cơ quan tiếp nhận lúc đó, hien_nay theo cơ cấu hiện nay; quy_doi như bi.ii06a_ho_so.';

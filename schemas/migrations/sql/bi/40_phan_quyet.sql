-- bi.phan_quyet: what an overdue rule says of every dossier as of a day, as recorded by a moment. Input: mart.verdicts.
create or replace function bi.phan_quyet(quy_tac text, tinh_den date, ghi_nhan_den timestamptz default null)
returns table (
    ho_so_id bigint, ket_qua text, ten_ket_qua text, can_cu text, ket_thuc timestamptz, han timestamptz, muon_phut integer
) language sql stable as $$
select v.dossier_id, v.outcome,
       case v.outcome when 'early' then 'Trước hạn' when 'on_time' then 'Đúng hạn' when 'overdue' then 'Quá hạn'
                      when 'within_due' then 'Trong hạn' when 'overdue_open' then 'Quá hạn, chưa xong'
                      else 'Không xét' end,
       v.basis, v.finished_at_used, v.due_at_used, v.late_by
from mart.verdicts(quy_tac, tinh_den, coalesce(ghi_nhan_den, 'infinity')) v
$$;
comment on function bi.phan_quyet(text, date, timestamptz) is
    'Kết quả so hạn của từng hồ sơ theo quy tắc quy_tac (ii06a_td_v1, qd766_dvcqg_v1, qd766_td_v1, opencps_v1), tính đến hết ngày tinh_den, theo nội dung kho đã ghi nhận tới ghi_nhan_den (mặc định là hiện hành). muon_phut: số phút làm việc muộn so với hạn, âm là sớm; can_cu: thời điểm kết thúc lấy từ đâu, hoặc vì sao không xét.';

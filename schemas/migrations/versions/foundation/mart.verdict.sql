-- mart.verdict as declared for the first release.
CREATE TABLE mart.verdict (
    dossier_id BIGINT NOT NULL,
    rule_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    basis TEXT NOT NULL,
    finished_at_used TIMESTAMP WITH TIME ZONE,
    due_at_used TIMESTAMP WITH TIME ZONE,
    late_by INTEGER,
    CONSTRAINT pk_verdict PRIMARY KEY (dossier_id, rule_id)
);
CREATE INDEX ix_verdict_waiting ON mart.verdict (rule_id, due_at_used) WHERE outcome = 'within_due';
COMMENT ON TABLE mart.verdict IS 'Kết quả so hạn hiện nay của từng hồ sơ theo từng quy tắc';
COMMENT ON COLUMN mart.verdict.dossier_id IS 'Số hồ sơ của kho';
COMMENT ON COLUMN mart.verdict.rule_id IS 'Mã quy tắc, kèm phiên bản';
COMMENT ON COLUMN mart.verdict.outcome IS 'Kết quả: early trước hạn, on_time đúng hạn, overdue quá hạn, within_due trong hạn, overdue_open quá hạn chưa xong, not_judged không xét';
COMMENT ON COLUMN mart.verdict.basis IS 'Căn cứ: thời điểm kết thúc lấy từ đâu, hoặc vì sao không xét';
COMMENT ON COLUMN mart.verdict.finished_at_used IS 'Thời điểm kết thúc đã dùng';
COMMENT ON COLUMN mart.verdict.due_at_used IS 'Hạn đã dùng';
COMMENT ON COLUMN mart.verdict.late_by IS 'Muộn bao nhiêu phút làm việc (âm là sớm); trống khi chưa xong';

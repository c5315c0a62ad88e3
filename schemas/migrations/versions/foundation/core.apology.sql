-- core.apology as declared for the first release.
CREATE TABLE core.apology (
    dossier_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    apologised_at TIMESTAMP WITH TIME ZONE,
    apologised_precision TEXT,
    new_due_at TIMESTAMP WITH TIME ZONE,
    new_due_precision TEXT,
    CONSTRAINT pk_apology PRIMARY KEY (dossier_id, source_id, source_key)
);
COMMENT ON TABLE core.apology IS 'Phiếu xin lỗi, hẹn lại';
COMMENT ON COLUMN core.apology.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';
COMMENT ON COLUMN core.apology.source_id IS 'Nguồn của dòng này';
COMMENT ON COLUMN core.apology.source_key IS 'Khóa dòng ở nguồn';
COMMENT ON COLUMN core.apology.apologised_at IS 'Thời điểm xin lỗi';
COMMENT ON COLUMN core.apology.apologised_precision IS 'Độ chính xác của «Thời điểm xin lỗi»: s, m, d';
COMMENT ON COLUMN core.apology.new_due_at IS 'Thời điểm hẹn lại';
COMMENT ON COLUMN core.apology.new_due_precision IS 'Độ chính xác của «Thời điểm hẹn lại»: s, m, d';

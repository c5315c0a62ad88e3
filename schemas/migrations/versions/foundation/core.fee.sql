-- core.fee as declared for the first release.
CREATE TABLE core.fee (
    dossier_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    fee_code TEXT,
    fee_name TEXT,
    fee_kind TEXT,
    amount BIGINT,
    collection TEXT,
    paid_at TIMESTAMP WITH TIME ZONE,
    paid_precision TEXT,
    CONSTRAINT pk_fee PRIMARY KEY (dossier_id, source_id, source_key)
);
COMMENT ON TABLE core.fee IS 'Phí, lệ phí của hồ sơ';
COMMENT ON COLUMN core.fee.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';
COMMENT ON COLUMN core.fee.source_id IS 'Nguồn của dòng này';
COMMENT ON COLUMN core.fee.source_key IS 'Khóa dòng ở nguồn';
COMMENT ON COLUMN core.fee.fee_code IS 'Mã phí, lệ phí';
COMMENT ON COLUMN core.fee.fee_name IS 'Tên phí, lệ phí';
COMMENT ON COLUMN core.fee.fee_kind IS 'Loại: phi, le_phi';
COMMENT ON COLUMN core.fee.amount IS 'Số tiền (đồng)';
COMMENT ON COLUMN core.fee.collection IS 'Hình thức thu';
COMMENT ON COLUMN core.fee.paid_at IS 'Thời điểm nộp tiền';
COMMENT ON COLUMN core.fee.paid_precision IS 'Độ chính xác của «Thời điểm nộp tiền»: s, m, d';

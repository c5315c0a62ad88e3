-- vault.apology_record as declared for the first release.
CREATE TABLE vault.apology_record (
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    clear_hash BYTEA NOT NULL,
    reason TEXT,
    CONSTRAINT pk_apology_record PRIMARY KEY (source_id, source_key, clear_hash)
);
COMMENT ON TABLE vault.apology_record IS 'Dữ liệu rõ của phiếu xin lỗi';
COMMENT ON COLUMN vault.apology_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN vault.apology_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN vault.apology_record.clear_hash IS 'Băm có khóa của dữ liệu rõ';
COMMENT ON COLUMN vault.apology_record.reason IS 'Lý do xin lỗi';

-- vault.step_record as declared for the first release.
CREATE TABLE vault.step_record (
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    clear_hash BYTEA NOT NULL,
    officer_name TEXT,
    step_text TEXT,
    CONSTRAINT pk_step_record PRIMARY KEY (source_id, source_key, clear_hash)
);
COMMENT ON TABLE vault.step_record IS 'Dữ liệu rõ của bước xử lý';
COMMENT ON COLUMN vault.step_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN vault.step_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN vault.step_record.clear_hash IS 'Băm có khóa của dữ liệu rõ';
COMMENT ON COLUMN vault.step_record.officer_name IS 'Tên cán bộ xử lý';
COMMENT ON COLUMN vault.step_record.step_text IS 'Nội dung xử lý';

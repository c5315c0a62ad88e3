-- vault.document_record as declared for the first release.
CREATE TABLE vault.document_record (
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    clear_hash BYTEA NOT NULL,
    file_name TEXT,
    file_url TEXT,
    CONSTRAINT pk_document_record PRIMARY KEY (source_id, source_key, clear_hash)
);
COMMENT ON TABLE vault.document_record IS 'Dữ liệu rõ của giấy tờ';
COMMENT ON COLUMN vault.document_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN vault.document_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN vault.document_record.clear_hash IS 'Băm có khóa của dữ liệu rõ';
COMMENT ON COLUMN vault.document_record.file_name IS 'Tên giấy tờ hoặc tệp';
COMMENT ON COLUMN vault.document_record.file_url IS 'Đường dẫn tệp';

-- vault.supplement_record as declared for the first release.
CREATE TABLE vault.supplement_record (
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    clear_hash BYTEA NOT NULL,
    requested_by TEXT,
    content TEXT,
    received_by TEXT,
    receipt_info TEXT,
    CONSTRAINT pk_supplement_record PRIMARY KEY (source_id, source_key, clear_hash)
);
COMMENT ON TABLE vault.supplement_record IS 'Dữ liệu rõ của yêu cầu bổ sung';
COMMENT ON COLUMN vault.supplement_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN vault.supplement_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN vault.supplement_record.clear_hash IS 'Băm có khóa của dữ liệu rõ';
COMMENT ON COLUMN vault.supplement_record.requested_by IS 'Người yêu cầu bổ sung';
COMMENT ON COLUMN vault.supplement_record.content IS 'Nội dung bổ sung';
COMMENT ON COLUMN vault.supplement_record.received_by IS 'Người tiếp nhận bổ sung';
COMMENT ON COLUMN vault.supplement_record.receipt_info IS 'Thông tin tiếp nhận bổ sung';

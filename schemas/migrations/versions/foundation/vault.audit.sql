-- vault.audit as declared for the first release.
CREATE TABLE vault.audit (
    audit_id BIGINT GENERATED ALWAYS AS IDENTITY,
    read_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    read_by TEXT NOT NULL,
    record_type TEXT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (audit_id)
);
COMMENT ON TABLE vault.audit IS 'Vết của mỗi lần đọc dữ liệu rõ';
COMMENT ON COLUMN vault.audit.audit_id IS 'Số vết';
COMMENT ON COLUMN vault.audit.read_at IS 'Thời điểm đọc';
COMMENT ON COLUMN vault.audit.read_by IS 'Tài khoản đọc';
COMMENT ON COLUMN vault.audit.record_type IS 'Loại bản ghi';
COMMENT ON COLUMN vault.audit.source_id IS 'Mã nguồn';
COMMENT ON COLUMN vault.audit.source_key IS 'Khóa bản ghi';
COMMENT ON COLUMN vault.audit.reason IS 'Lý do đọc';

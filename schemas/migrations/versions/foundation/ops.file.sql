-- ops.file as declared for the first release.
CREATE TABLE ops.file (
    source_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    version TEXT,
    outcome TEXT NOT NULL,
    code TEXT,
    reason TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_file PRIMARY KEY (source_id, sha256, name)
);
COMMENT ON TABLE ops.file IS 'Tệp đã nhận từ thư mục của từng nguồn; bản gốc nằm trong kho gốc';
COMMENT ON COLUMN ops.file.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.file.sha256 IS 'SHA-256 của tệp (trống khi tệp lớn quá mức cho phép)';
COMMENT ON COLUMN ops.file.name IS 'Tên tệp';
COMMENT ON COLUMN ops.file.size_bytes IS 'Kích thước (byte)';
COMMENT ON COLUMN ops.file.version IS 'Thời điểm của tệp, nguyên văn';
COMMENT ON COLUMN ops.file.outcome IS 'Kết quả: taken (đã nhận), rejected (từ chối)';
COMMENT ON COLUMN ops.file.code IS 'Mã lý do từ chối';
COMMENT ON COLUMN ops.file.reason IS 'Lý do từ chối hoặc điều cần lưu ý';
COMMENT ON COLUMN ops.file.recorded_at IS 'Thời điểm kho ghi nhận';

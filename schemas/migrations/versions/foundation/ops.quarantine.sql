-- ops.quarantine as declared for the first release.
CREATE TABLE ops.quarantine (
    quarantine_id BIGINT GENERATED ALWAYS AS IDENTITY,
    source_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    record_type TEXT NOT NULL,
    source_key TEXT NOT NULL,
    payload_hash BYTEA,
    batch_id BIGINT,
    raw_row INTEGER,
    pull_id BIGINT,
    version TEXT,
    version_at TIMESTAMP WITH TIME ZONE,
    stage TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    field TEXT DEFAULT '' NOT NULL,
    sentence TEXT NOT NULL,
    agency_code TEXT,
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolution TEXT,
    CONSTRAINT pk_quarantine PRIMARY KEY (quarantine_id)
);
CREATE INDEX ix_quarantine_batch_id ON ops.quarantine (batch_id);
CREATE INDEX ix_quarantine_open ON ops.quarantine (source_id, record_type, source_key) WHERE resolved_at is null;
COMMENT ON TABLE ops.quarantine IS 'Bản ghi chưa hiểu được, kèm lý do và chỗ tìm bản gốc; không chứa giá trị';
COMMENT ON COLUMN ops.quarantine.quarantine_id IS 'Số cách ly';
COMMENT ON COLUMN ops.quarantine.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.quarantine.stream IS 'Luồng bản ghi';
COMMENT ON COLUMN ops.quarantine.record_type IS 'Loại bản ghi';
COMMENT ON COLUMN ops.quarantine.source_key IS 'Khóa bản ghi ở nguồn (trống nếu không có)';
COMMENT ON COLUMN ops.quarantine.payload_hash IS 'SHA-256 của nội dung gốc';
COMMENT ON COLUMN ops.quarantine.batch_id IS 'Lô; trống khi hỏng ngay từ phong bì';
COMMENT ON COLUMN ops.quarantine.raw_row IS 'Thứ tự dòng trong lô';
COMMENT ON COLUMN ops.quarantine.pull_id IS 'Lần hỏi; có khi hỏng từ phong bì';
COMMENT ON COLUMN ops.quarantine.version IS 'Phiên bản do nguồn công bố';
COMMENT ON COLUMN ops.quarantine.version_at IS 'Phiên bản đọc thành thời điểm, để biết bản sau đã thay bản này chưa';
COMMENT ON COLUMN ops.quarantine.stage IS 'Trạm phát hiện: raw, std';
COMMENT ON COLUMN ops.quarantine.reason_code IS 'Mã lý do';
COMMENT ON COLUMN ops.quarantine.field IS 'Trường gây lỗi';
COMMENT ON COLUMN ops.quarantine.sentence IS 'Lý do bằng một câu tiếng Việt';
COMMENT ON COLUMN ops.quarantine.agency_code IS 'Mã cơ quan nếu đọc được';
COMMENT ON COLUMN ops.quarantine.raised_at IS 'Thời điểm cách ly';
COMMENT ON COLUMN ops.quarantine.resolved_at IS 'Thời điểm đã xử lý được';
COMMENT ON COLUMN ops.quarantine.resolution IS 'Cách xử lý: replayed, superseded';

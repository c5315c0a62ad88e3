-- ops.pull as declared for the first release.
CREATE TABLE ops.pull (
    pull_id BIGINT GENERATED ALWAYS AS IDENTITY,
    source_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    record_type TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT NOT NULL,
    error_code TEXT,
    message TEXT,
    since TEXT,
    until TEXT,
    cursor_after TEXT,
    pages INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    announced BIGINT,
    fetched BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    clock_skew_s INTEGER,
    version_ahead_s INTEGER,
    late_arrival_s INTEGER,
    CONSTRAINT pk_pull PRIMARY KEY (pull_id),
    CONSTRAINT ck_pull_balanced CHECK (fetched = stored + unchanged + refused),
    CONSTRAINT ck_pull_outcome_known CHECK (outcome in ('ok', 'incomplete', 'failed', 'skipped'))
);
CREATE INDEX ix_pull_source_id_stream_pull_id ON ops.pull (source_id, stream, pull_id);
COMMENT ON TABLE ops.pull IS 'Mỗi lần hỏi một nguồn, kể cả lần thất bại';
COMMENT ON COLUMN ops.pull.pull_id IS 'Số lần hỏi';
COMMENT ON COLUMN ops.pull.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.pull.stream IS 'Luồng bản ghi của nguồn';
COMMENT ON COLUMN ops.pull.record_type IS 'Loại bản ghi';
COMMENT ON COLUMN ops.pull.started_at IS 'Bắt đầu';
COMMENT ON COLUMN ops.pull.finished_at IS 'Kết thúc';
COMMENT ON COLUMN ops.pull.outcome IS 'Kết quả: ok, incomplete, failed, skipped (không hỏi)';
COMMENT ON COLUMN ops.pull.error_code IS 'Loại lỗi';
COMMENT ON COLUMN ops.pull.message IS 'Câu báo lỗi (không chứa bí mật, không chứa dữ liệu cá nhân)';
COMMENT ON COLUMN ops.pull.since IS 'Con trỏ bắt đầu, nguyên văn';
COMMENT ON COLUMN ops.pull.until IS 'Con trỏ kết thúc, nguyên văn';
COMMENT ON COLUMN ops.pull.cursor_after IS 'Con trỏ mới nếu được dời';
COMMENT ON COLUMN ops.pull.pages IS 'Số trang';
COMMENT ON COLUMN ops.pull.bytes IS 'Số byte nội dung';
COMMENT ON COLUMN ops.pull.announced IS 'Tổng số bản ghi nguồn công bố';
COMMENT ON COLUMN ops.pull.fetched IS 'Số bản ghi nhận được';
COMMENT ON COLUMN ops.pull.stored IS 'Số bản ghi đã lưu vào kho gốc';
COMMENT ON COLUMN ops.pull.unchanged IS 'Số bản ghi không đổi so với lần trước';
COMMENT ON COLUMN ops.pull.refused IS 'Số phong bì hỏng bị từ chối';
COMMENT ON COLUMN ops.pull.clock_skew_s IS 'Đồng hồ nguồn nhanh hơn đồng hồ kho bao nhiêu giây (âm là chậm hơn)';
COMMENT ON COLUMN ops.pull.version_ahead_s IS 'Phiên bản mới nhất nằm trong tương lai bao nhiêu giây';
COMMENT ON COLUMN ops.pull.late_arrival_s IS 'Bản ghi mới có phiên bản sớm hơn con trỏ đã đọc tới xa nhất bao nhiêu giây';

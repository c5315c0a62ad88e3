-- ops.census as declared for the first release.
CREATE TABLE ops.census (
    census_id BIGINT GENERATED ALWAYS AS IDENTITY,
    source_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    record_type TEXT NOT NULL,
    began_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT NOT NULL,
    message TEXT,
    source_count BIGINT DEFAULT '0' NOT NULL,
    hub_count BIGINT DEFAULT '0' NOT NULL,
    missing BIGINT DEFAULT '0' NOT NULL,
    differing BIGINT DEFAULT '0' NOT NULL,
    vanished BIGINT DEFAULT '0' NOT NULL,
    revived BIGINT DEFAULT '0' NOT NULL,
    ahead BIGINT DEFAULT '0' NOT NULL,
    quarantined BIGINT DEFAULT '0' NOT NULL,
    remaining BIGINT DEFAULT '0' NOT NULL,
    buried BIGINT DEFAULT '0' NOT NULL,
    batch_id BIGINT,
    accepted_by TEXT,
    accepted_because TEXT,
    accepted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_census PRIMARY KEY (census_id),
    CONSTRAINT ck_census_outcome_known CHECK (outcome in ('agrees', 'mended', 'differs', 'held', 'accepted', 'failed', 'skipped')),
    CONSTRAINT ck_census_accepted_by_somebody CHECK ((outcome = 'accepted') = (accepted_by is not null and accepted_because is not null and accepted_at is not null))
);
CREATE INDEX ix_census_source_id_stream_census_id ON ops.census (source_id, stream, census_id);
COMMENT ON TABLE ops.census IS 'Mỗi lần kiểm kê một luồng: nguồn nói đang giữ những gì, so với kho';
COMMENT ON COLUMN ops.census.census_id IS 'Số lần kiểm kê';
COMMENT ON COLUMN ops.census.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.census.stream IS 'Luồng bản ghi';
COMMENT ON COLUMN ops.census.record_type IS 'Loại bản ghi';
COMMENT ON COLUMN ops.census.began_at IS 'Bắt đầu';
COMMENT ON COLUMN ops.census.finished_at IS 'Kết thúc';
COMMENT ON COLUMN ops.census.outcome IS 'Kết quả: agrees (khớp), mended (lệch, đã tự sửa), differs (còn lệch), held (chờ người quyết định), accepted (đã được chấp thuận), failed (nguồn không trả lời), skipped (chưa hỏi)';
COMMENT ON COLUMN ops.census.message IS 'Lý do (không chứa bí mật, không chứa dữ liệu cá nhân)';
COMMENT ON COLUMN ops.census.source_count IS 'Số khóa nguồn liệt kê';
COMMENT ON COLUMN ops.census.hub_count IS 'Số khóa kho đang giữ là còn tồn tại';
COMMENT ON COLUMN ops.census.missing IS 'Số khóa nguồn có mà kho không có';
COMMENT ON COLUMN ops.census.differing IS 'Số khóa có phiên bản hoặc trạng thái khác kho';
COMMENT ON COLUMN ops.census.vanished IS 'Số khóa kho có mà nguồn không còn liệt kê';
COMMENT ON COLUMN ops.census.revived IS 'Số khóa từng mất nay nguồn liệt kê lại';
COMMENT ON COLUMN ops.census.ahead IS 'Số khóa mới hơn con trỏ đã đọc tới: lần đọc thường sẽ lấy';
COMMENT ON COLUMN ops.census.quarantined IS 'Số khóa đang cách ly: kho biết, không tính là thiếu';
COMMENT ON COLUMN ops.census.remaining IS 'Số khóa vẫn thiếu hoặc khác sau khi đọc lại';
COMMENT ON COLUMN ops.census.buried IS 'Số khóa được đánh dấu đã mất, giữ nguyên bản cuối';
COMMENT ON COLUMN ops.census.batch_id IS 'Lô cuối của nguồn khi kiểm kê: bản ghi đến sau lô này là sống lại';
COMMENT ON COLUMN ops.census.accepted_by IS 'Người chấp thuận cho đánh dấu mất';
COMMENT ON COLUMN ops.census.accepted_because IS 'Lý do chấp thuận';
COMMENT ON COLUMN ops.census.accepted_at IS 'Thời điểm chấp thuận';

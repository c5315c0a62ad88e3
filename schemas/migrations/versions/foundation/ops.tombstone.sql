-- ops.tombstone as declared for the first release.
CREATE TABLE ops.tombstone (
    source_id TEXT NOT NULL,
    record_type TEXT NOT NULL,
    source_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    stream TEXT NOT NULL,
    batch_id BIGINT NOT NULL,
    version TEXT,
    version_at TIMESTAMP WITH TIME ZONE,
    payload_hash BYTEA,
    census_id BIGINT,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    core_run_id BIGINT,
    CONSTRAINT pk_tombstone PRIMARY KEY (source_id, record_type, source_key, reason),
    CONSTRAINT ck_tombstone_reason_known CHECK (reason in ('vanished', 'message'))
);
CREATE INDEX ix_tombstone_new ON ops.tombstone (record_type) WHERE core_run_id is null;
COMMENT ON TABLE ops.tombstone IS 'Bản ghi nguồn không còn giữ: std giữ bản cuối, đánh dấu đã xóa, và quên dấu này khi bản ghi quay lại';
COMMENT ON COLUMN ops.tombstone.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.tombstone.record_type IS 'Loại bản ghi';
COMMENT ON COLUMN ops.tombstone.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN ops.tombstone.reason IS 'Vì sao: vanished (kiểm kê không thấy), message (bản tin xóa)';
COMMENT ON COLUMN ops.tombstone.stream IS 'Luồng bản ghi';
COMMENT ON COLUMN ops.tombstone.batch_id IS 'vanished: bản ghi thuộc lô này hoặc cũ hơn là đã mất';
COMMENT ON COLUMN ops.tombstone.version IS 'message: phiên bản của bản tin, nguyên văn';
COMMENT ON COLUMN ops.tombstone.version_at IS 'message: phiên bản đọc thành thời điểm; bản ghi mới hơn là sống lại';
COMMENT ON COLUMN ops.tombstone.payload_hash IS 'message: SHA-256 của bản tin, để không lưu lại bản tin lặp';
COMMENT ON COLUMN ops.tombstone.census_id IS 'vanished: lần kiểm kê đã thấy';
COMMENT ON COLUMN ops.tombstone.told_at IS 'Thời điểm kho ghi nhận là đã mất';
COMMENT ON COLUMN ops.tombstone.core_run_id IS 'Lần đối chiếu đã dùng; trống là chưa';

-- std.rating_record as declared for the first release.
CREATE TABLE std.rating_record (
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    parent_key TEXT,
    parent_no TEXT,
    is_deleted BOOLEAN,
    deletion TEXT,
    batch_id BIGINT NOT NULL,
    raw_row INTEGER NOT NULL,
    payload_hash BYTEA NOT NULL,
    version TEXT,
    version_at TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    flags TEXT[] NOT NULL,
    clear_hash BYTEA,
    rated_at TIMESTAMP WITH TIME ZONE,
    rated_precision TEXT,
    score SMALLINT,
    CONSTRAINT pk_rating_record PRIMARY KEY (source_id, source_key)
);
CREATE INDEX ix_rating_record_batch_id ON std.rating_record (batch_id) WHERE is_deleted is not null;
CREATE INDEX ix_rating_record_parent_key_source_id ON std.rating_record (parent_key, source_id);
CREATE INDEX ix_rating_record_parent_no_source_id ON std.rating_record (parent_no, source_id) WHERE is_deleted is not null;
COMMENT ON TABLE std.rating_record IS 'Đánh giá hài lòng của công dân';
COMMENT ON COLUMN std.rating_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN std.rating_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN std.rating_record.parent_key IS 'Khóa hồ sơ cha ở nguồn (khi nằm trong hồ sơ)';
COMMENT ON COLUMN std.rating_record.parent_no IS 'Mã hồ sơ cha đã chuẩn hóa (khi là luồng riêng)';
COMMENT ON COLUMN std.rating_record.is_deleted IS 'Nguồn đã xóa bản ghi con (trống: bản ghi nằm trong hồ sơ)';
COMMENT ON COLUMN std.rating_record.deletion IS 'Vì sao là đã xóa: source (cột xóa), message (bản tin xóa), vanished (đã mất)';
COMMENT ON COLUMN std.rating_record.batch_id IS 'Lô dữ liệu gốc đã ghi bản ghi này (ops.batch)';
COMMENT ON COLUMN std.rating_record.raw_row IS 'Thứ tự dòng trong lô, tính từ 0';
COMMENT ON COLUMN std.rating_record.payload_hash IS 'SHA-256 của nội dung gốc (không gồm trường tự biến động)';
COMMENT ON COLUMN std.rating_record.version IS 'Phiên bản do nguồn công bố, giữ nguyên văn';
COMMENT ON COLUMN std.rating_record.version_at IS 'Phiên bản của nguồn đọc thành thời điểm, để so trước sau';
COMMENT ON COLUMN std.rating_record.recorded_at IS 'Thời điểm kho ghi nhận lô dữ liệu';
COMMENT ON COLUMN std.rating_record.flags IS 'Cờ chất lượng dữ liệu của bản ghi';
COMMENT ON COLUMN std.rating_record.clear_hash IS 'Băm có khóa của dữ liệu rõ ở vault';
COMMENT ON COLUMN std.rating_record.rated_at IS 'Thời điểm đánh giá';
COMMENT ON COLUMN std.rating_record.rated_precision IS 'Độ chính xác của «Thời điểm đánh giá»: s, m, d';
COMMENT ON COLUMN std.rating_record.score IS 'Điểm: 1 chưa hài lòng, 2 hài lòng, 3 rất hài lòng';

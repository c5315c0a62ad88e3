-- std.step_record as declared for the first release.
CREATE TABLE std.step_record (
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
    step_at TIMESTAMP WITH TIME ZONE,
    step_precision TEXT,
    status SMALLINT,
    officer_hash BYTEA,
    officer_title TEXT,
    step_department TEXT,
    step_started_at TIMESTAMP WITH TIME ZONE,
    step_started_precision TEXT,
    step_due_at TIMESTAMP WITH TIME ZONE,
    step_due_precision TEXT,
    has_step_text BOOLEAN,
    is_synthetic BOOLEAN NOT NULL,
    CONSTRAINT pk_step_record PRIMARY KEY (source_id, source_key)
);
CREATE INDEX ix_step_record_batch_id ON std.step_record (batch_id) WHERE is_deleted is not null;
CREATE INDEX ix_step_record_parent_key_source_id ON std.step_record (parent_key, source_id);
CREATE INDEX ix_step_record_parent_no_source_id ON std.step_record (parent_no, source_id) WHERE is_deleted is not null;
COMMENT ON TABLE std.step_record IS 'Bước xử lý hồ sơ của từng nguồn';
COMMENT ON COLUMN std.step_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN std.step_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN std.step_record.parent_key IS 'Khóa hồ sơ cha ở nguồn (khi nằm trong hồ sơ)';
COMMENT ON COLUMN std.step_record.parent_no IS 'Mã hồ sơ cha đã chuẩn hóa (khi là luồng riêng)';
COMMENT ON COLUMN std.step_record.is_deleted IS 'Nguồn đã xóa bản ghi con (trống: bản ghi nằm trong hồ sơ)';
COMMENT ON COLUMN std.step_record.deletion IS 'Vì sao là đã xóa: source (cột xóa), message (bản tin xóa), vanished (đã mất)';
COMMENT ON COLUMN std.step_record.batch_id IS 'Lô dữ liệu gốc đã ghi bản ghi này (ops.batch)';
COMMENT ON COLUMN std.step_record.raw_row IS 'Thứ tự dòng trong lô, tính từ 0';
COMMENT ON COLUMN std.step_record.payload_hash IS 'SHA-256 của nội dung gốc (không gồm trường tự biến động)';
COMMENT ON COLUMN std.step_record.version IS 'Phiên bản do nguồn công bố, giữ nguyên văn';
COMMENT ON COLUMN std.step_record.version_at IS 'Phiên bản của nguồn đọc thành thời điểm, để so trước sau';
COMMENT ON COLUMN std.step_record.recorded_at IS 'Thời điểm kho ghi nhận lô dữ liệu';
COMMENT ON COLUMN std.step_record.flags IS 'Cờ chất lượng dữ liệu của bản ghi';
COMMENT ON COLUMN std.step_record.clear_hash IS 'Băm có khóa của dữ liệu rõ ở vault';
COMMENT ON COLUMN std.step_record.step_at IS 'Thời điểm xử lý';
COMMENT ON COLUMN std.step_record.step_precision IS 'Độ chính xác của «Thời điểm xử lý»: s, m, d';
COMMENT ON COLUMN std.step_record.status IS 'Trạng thái 1..10';
COMMENT ON COLUMN std.step_record.officer_hash IS 'Băm có khóa của tên cán bộ';
COMMENT ON COLUMN std.step_record.officer_title IS 'Chức danh';
COMMENT ON COLUMN std.step_record.step_department IS 'Phòng ban xử lý';
COMMENT ON COLUMN std.step_record.step_started_at IS 'Bắt đầu bước';
COMMENT ON COLUMN std.step_record.step_started_precision IS 'Độ chính xác của «Bắt đầu bước»: s, m, d';
COMMENT ON COLUMN std.step_record.step_due_at IS 'Hạn của bước';
COMMENT ON COLUMN std.step_record.step_due_precision IS 'Độ chính xác của «Hạn của bước»: s, m, d';
COMMENT ON COLUMN std.step_record.has_step_text IS 'Bước có nội dung (trống: nguồn không có trường này)';
COMMENT ON COLUMN std.step_record.is_synthetic IS 'Bước do phần mềm tự thêm khi đồng bộ, không có thật';

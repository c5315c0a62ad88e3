-- std.document_record as declared for the first release.
CREATE TABLE std.document_record (
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
    document_kind TEXT NOT NULL,
    document_no TEXT,
    document_code TEXT,
    has_file BOOLEAN,
    is_removed BOOLEAN,
    digitised BOOLEAN,
    reuse SMALLINT,
    from_e_store BOOLEAN,
    quantity INTEGER,
    CONSTRAINT pk_document_record PRIMARY KEY (source_id, source_key)
);
CREATE INDEX ix_document_record_batch_id ON std.document_record (batch_id) WHERE is_deleted is not null;
CREATE INDEX ix_document_record_parent_key_source_id ON std.document_record (parent_key, source_id);
CREATE INDEX ix_document_record_parent_no_source_id ON std.document_record (parent_no, source_id) WHERE is_deleted is not null;
COMMENT ON TABLE std.document_record IS 'Thành phần hồ sơ, tệp đính kèm và giấy tờ kết quả của từng nguồn';
COMMENT ON COLUMN std.document_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN std.document_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN std.document_record.parent_key IS 'Khóa hồ sơ cha ở nguồn (khi nằm trong hồ sơ)';
COMMENT ON COLUMN std.document_record.parent_no IS 'Mã hồ sơ cha đã chuẩn hóa (khi là luồng riêng)';
COMMENT ON COLUMN std.document_record.is_deleted IS 'Nguồn đã xóa bản ghi con (trống: bản ghi nằm trong hồ sơ)';
COMMENT ON COLUMN std.document_record.deletion IS 'Vì sao là đã xóa: source (cột xóa), message (bản tin xóa), vanished (đã mất)';
COMMENT ON COLUMN std.document_record.batch_id IS 'Lô dữ liệu gốc đã ghi bản ghi này (ops.batch)';
COMMENT ON COLUMN std.document_record.raw_row IS 'Thứ tự dòng trong lô, tính từ 0';
COMMENT ON COLUMN std.document_record.payload_hash IS 'SHA-256 của nội dung gốc (không gồm trường tự biến động)';
COMMENT ON COLUMN std.document_record.version IS 'Phiên bản do nguồn công bố, giữ nguyên văn';
COMMENT ON COLUMN std.document_record.version_at IS 'Phiên bản của nguồn đọc thành thời điểm, để so trước sau';
COMMENT ON COLUMN std.document_record.recorded_at IS 'Thời điểm kho ghi nhận lô dữ liệu';
COMMENT ON COLUMN std.document_record.flags IS 'Cờ chất lượng dữ liệu của bản ghi';
COMMENT ON COLUMN std.document_record.clear_hash IS 'Băm có khóa của dữ liệu rõ ở vault';
COMMENT ON COLUMN std.document_record.document_kind IS 'Loại: component, result, other';
COMMENT ON COLUMN std.document_record.document_no IS 'Số hiệu tệp ở nguồn';
COMMENT ON COLUMN std.document_record.document_code IS 'Mã thành phần hoặc mã giấy tờ kết quả';
COMMENT ON COLUMN std.document_record.has_file IS 'Có đường dẫn tệp';
COMMENT ON COLUMN std.document_record.is_removed IS 'Nguồn đã gỡ tệp';
COMMENT ON COLUMN std.document_record.digitised IS 'Được số hóa';
COMMENT ON COLUMN std.document_record.reuse IS 'Tái sử dụng: 0 không, 1 có, 2 bằng kết quả thay thế';
COMMENT ON COLUMN std.document_record.from_e_store IS 'Lấy từ kho dữ liệu điện tử';
COMMENT ON COLUMN std.document_record.quantity IS 'Số lượng';

-- ops.drift as declared for the first release.
CREATE TABLE ops.drift (
    source_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    value TEXT NOT NULL,
    first_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    batch_id BIGINT NOT NULL,
    count BIGINT NOT NULL,
    CONSTRAINT pk_drift PRIMARY KEY (source_id, stream, kind, path, value)
);
COMMENT ON TABLE ops.drift IS 'Điều lạ ở nguồn: trường, mã, thủ tục, cơ quan chưa được khai báo';
COMMENT ON COLUMN ops.drift.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.drift.stream IS 'Luồng bản ghi';
COMMENT ON COLUMN ops.drift.kind IS 'Loại: field, code, procedure, agency, text, type';
COMMENT ON COLUMN ops.drift.path IS 'Trường ở nguồn';
COMMENT ON COLUMN ops.drift.value IS 'Mã lạ, với type là dạng viết (trống với trường lạ; không bao giờ là dữ liệu cá nhân)';
COMMENT ON COLUMN ops.drift.first_seen_at IS 'Lần đầu thấy';
COMMENT ON COLUMN ops.drift.last_seen_at IS 'Lần cuối thấy';
COMMENT ON COLUMN ops.drift.batch_id IS 'Lô gần nhất có điều lạ này';
COMMENT ON COLUMN ops.drift.count IS 'Số bản ghi của lô gần nhất';

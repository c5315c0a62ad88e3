-- ops.source as declared for the first release.
CREATE TABLE ops.source (
    source_id TEXT NOT NULL,
    level TEXT NOT NULL,
    family TEXT NOT NULL,
    mapping TEXT NOT NULL,
    agency_code TEXT,
    valid_from DATE,
    valid_to DATE,
    first_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_source PRIMARY KEY (source_id)
);
COMMENT ON TABLE ops.source IS 'Nguồn dữ liệu đã từng được khai báo';
COMMENT ON COLUMN ops.source.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.source.level IS 'Cấp: portal, national, province, district, commune';
COMMENT ON COLUMN ops.source.family IS 'Họ kết nối: rest, odbc, files';
COMMENT ON COLUMN ops.source.mapping IS 'Tên bảng ánh xạ';
COMMENT ON COLUMN ops.source.agency_code IS 'Mã cơ quan sở hữu nguồn, nếu có';
COMMENT ON COLUMN ops.source.valid_from IS 'Hiệu lực từ ngày';
COMMENT ON COLUMN ops.source.valid_to IS 'Hết hiệu lực từ ngày (không bao gồm)';
COMMENT ON COLUMN ops.source.first_seen_at IS 'Lần đầu kho biết nguồn này';

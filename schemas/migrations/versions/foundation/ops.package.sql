-- ops.package as declared for the first release.
CREATE TABLE ops.package (
    source_id TEXT NOT NULL,
    package_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_package PRIMARY KEY (source_id, package_id)
);
COMMENT ON TABLE ops.package IS 'Gói hồ sơ đã nhận của từng nguồn: cùng mã gói mà khác nội dung thì bị từ chối';
COMMENT ON COLUMN ops.package.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.package.package_id IS 'Mã gói do nơi gửi đặt';
COMMENT ON COLUMN ops.package.sha256 IS 'SHA-256 của văn bản XML của gói';
COMMENT ON COLUMN ops.package.recorded_at IS 'Thời điểm kho ghi nhận';

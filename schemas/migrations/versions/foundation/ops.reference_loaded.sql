-- ops.reference_loaded as declared for the first release.
CREATE TABLE ops.reference_loaded (
    digest TEXT NOT NULL,
    loaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_reference_loaded PRIMARY KEY (digest)
);
COMMENT ON TABLE ops.reference_loaded IS 'Bộ danh mục đang có trong kho: dấu vết để không nạp lại danh mục không đổi';
COMMENT ON COLUMN ops.reference_loaded.digest IS 'Mã băm của các danh mục và ngày nạp';
COMMENT ON COLUMN ops.reference_loaded.loaded_at IS 'Thời điểm nạp theo đồng hồ của hub';

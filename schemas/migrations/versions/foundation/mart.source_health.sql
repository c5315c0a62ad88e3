-- mart.source_health as declared for the first release.
CREATE TABLE mart.source_health (
    source_id TEXT NOT NULL,
    agency_code TEXT NOT NULL,
    level TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    judged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    verdict TEXT NOT NULL,
    sentence TEXT NOT NULL,
    last_success_at TIMESTAMP WITH TIME ZONE,
    late_by INTERVAL,
    window_to DATE,
    window_days INTEGER,
    expected DOUBLE PRECISION,
    seen BIGINT,
    probability DOUBLE PRECISION,
    history_days INTEGER,
    lag_median INTERVAL,
    lag_p95 INTERVAL,
    lag_declared INTERVAL,
    lag_needed INTERVAL,
    lag_proposed INTERVAL,
    clock_skew_s INTEGER,
    version_ahead_s INTEGER,
    open_quarantine BIGINT NOT NULL,
    open_drift BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    difference BIGINT NOT NULL,
    CONSTRAINT pk_source_health PRIMARY KEY (source_id, agency_code)
);
COMMENT ON TABLE mart.source_health IS 'Tình trạng từng nguồn và từng cơ quan trong nguồn, theo lần đánh giá gần nhất';
COMMENT ON COLUMN mart.source_health.source_id IS 'Mã nguồn';
COMMENT ON COLUMN mart.source_health.agency_code IS 'Mã cơ quan tiếp nhận; trống là cả nguồn';
COMMENT ON COLUMN mart.source_health.level IS 'Cấp của nguồn';
COMMENT ON COLUMN mart.source_health.is_active IS 'Nguồn đang được hỏi';
COMMENT ON COLUMN mart.source_health.judged_at IS 'Thời điểm đánh giá gần nhất mà dòng này thay đổi';
COMMENT ON COLUMN mart.source_health.verdict IS 'Kết luận: ok, not_learned, unaccounted, never, failed, incomplete, skipped, late, silent, strange, skewed, ahead, lag_short, ended';
COMMENT ON COLUMN mart.source_health.sentence IS 'Kết luận bằng một câu, kèm việc cần làm';
COMMENT ON COLUMN mart.source_health.last_success_at IS 'Lần đọc trọn vẹn gần nhất của mọi luồng';
COMMENT ON COLUMN mart.source_health.late_by IS 'Quá hạn hỏi bao lâu; trống là không muộn';
COMMENT ON COLUMN mart.source_health.window_to IS 'Ngày cuối được xét, đã chừa độ trễ thường có';
COMMENT ON COLUMN mart.source_health.window_days IS 'Số ngày được xét, không tính ngày nghỉ lễ và những ngày quanh Tết';
COMMENT ON COLUMN mart.source_health.expected IS 'Số hồ sơ thường có trong những ngày đó; trống là chưa đủ dữ liệu để biết';
COMMENT ON COLUMN mart.source_health.seen IS 'Số hồ sơ đã thấy trong những ngày đó';
COMMENT ON COLUMN mart.source_health.probability IS 'Xác suất của số đã thấy nếu mọi việc vẫn như thường lệ; trống khi không khác xa';
COMMENT ON COLUMN mart.source_health.history_days IS 'Số ngày đã dùng để biết thế nào là thường lệ';
COMMENT ON COLUMN mart.source_health.lag_median IS 'Trung vị thời gian từ phiên bản ở nguồn đến khi kho ghi nhận';
COMMENT ON COLUMN mart.source_health.lag_p95 IS 'Phân vị 95% của thời gian đó';
COMMENT ON COLUMN mart.source_health.lag_declared IS 'Độ lùi con trỏ đang khai báo';
COMMENT ON COLUMN mart.source_health.lag_needed IS 'Bản ghi đến muộn nhất đã nằm sau con trỏ bao lâu';
COMMENT ON COLUMN mart.source_health.lag_proposed IS 'Độ lùi đề nghị khai báo; trống là không cần đổi';
COMMENT ON COLUMN mart.source_health.clock_skew_s IS 'Đồng hồ nguồn nhanh hơn đồng hồ kho bao nhiêu giây (âm là chậm hơn)';
COMMENT ON COLUMN mart.source_health.version_ahead_s IS 'Phiên bản mới nhất nằm trong tương lai bao nhiêu giây';
COMMENT ON COLUMN mart.source_health.open_quarantine IS 'Số bản ghi đang bị cách ly';
COMMENT ON COLUMN mart.source_health.open_drift IS 'Số điều lạ chưa được khai báo';
COMMENT ON COLUMN mart.source_health.pending IS 'Số bản ghi còn chờ ở kho gốc';
COMMENT ON COLUMN mart.source_health.difference IS 'Số bản ghi không cân đối; 0 là đúng';

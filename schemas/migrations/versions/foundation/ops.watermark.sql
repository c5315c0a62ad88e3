-- ops.watermark as declared for the first release.
CREATE TABLE ops.watermark (
    source_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    cursor TEXT NOT NULL,
    pull_id BIGINT NOT NULL,
    moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_watermark PRIMARY KEY (source_id, stream)
);
COMMENT ON TABLE ops.watermark IS 'Con trỏ đã đọc tới của từng luồng; chỉ dời trong giao dịch ghi dữ liệu';
COMMENT ON COLUMN ops.watermark.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.watermark.stream IS 'Luồng bản ghi';
COMMENT ON COLUMN ops.watermark.cursor IS 'Con trỏ, nguyên văn của nguồn';
COMMENT ON COLUMN ops.watermark.pull_id IS 'Lần hỏi đã dời con trỏ';
COMMENT ON COLUMN ops.watermark.moved_at IS 'Thời điểm dời';

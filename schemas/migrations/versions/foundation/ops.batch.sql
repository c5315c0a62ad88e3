-- ops.batch as declared for the first release.
CREATE TABLE ops.batch (
    batch_id BIGINT GENERATED ALWAYS AS IDENTITY,
    pull_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    record_type TEXT NOT NULL,
    raw_file TEXT NOT NULL,
    first_row BIGINT NOT NULL,
    row_count INTEGER NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_batch PRIMARY KEY (batch_id)
);
CREATE INDEX ix_batch_raw_file ON ops.batch (raw_file);
CREATE INDEX ix_batch_source_id_batch_id ON ops.batch (source_id, batch_id);
COMMENT ON TABLE ops.batch IS 'Dãy dòng liền nhau của một nguồn trong một tệp kho gốc';
COMMENT ON COLUMN ops.batch.batch_id IS 'Số lô';
COMMENT ON COLUMN ops.batch.pull_id IS 'Lần hỏi';
COMMENT ON COLUMN ops.batch.source_id IS 'Mã nguồn';
COMMENT ON COLUMN ops.batch.stream IS 'Luồng bản ghi';
COMMENT ON COLUMN ops.batch.record_type IS 'Loại bản ghi';
COMMENT ON COLUMN ops.batch.raw_file IS 'Tệp trong kho gốc (địa chỉ theo nội dung)';
COMMENT ON COLUMN ops.batch.first_row IS 'Dòng đầu trong tệp, tính từ 0';
COMMENT ON COLUMN ops.batch.row_count IS 'Số dòng';
COMMENT ON COLUMN ops.batch.recorded_at IS 'Thời điểm kho ghi nhận';

-- ops.batch_consumed as declared for the first release.
CREATE TABLE ops.batch_consumed (
    batch_id BIGINT NOT NULL,
    consumer TEXT NOT NULL,
    consumed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    stored BIGINT NOT NULL,
    "new" BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    superseded BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    CONSTRAINT pk_batch_consumed PRIMARY KEY (batch_id, consumer),
    CONSTRAINT ck_batch_consumed_balanced CHECK (stored = new + changed + unchanged + superseded + quarantined)
);
COMMENT ON TABLE ops.batch_consumed IS 'Lô nào đã được trạm nào dùng, với cân đối tới từng bản ghi';
COMMENT ON COLUMN ops.batch_consumed.batch_id IS 'Số lô';
COMMENT ON COLUMN ops.batch_consumed.consumer IS 'Trạm: std, core';
COMMENT ON COLUMN ops.batch_consumed.consumed_at IS 'Thời điểm dùng';
COMMENT ON COLUMN ops.batch_consumed.stored IS 'Số dòng của lô';
COMMENT ON COLUMN ops.batch_consumed."new" IS 'Bản ghi mới';
COMMENT ON COLUMN ops.batch_consumed.changed IS 'Bản ghi đổi';
COMMENT ON COLUMN ops.batch_consumed.unchanged IS 'Bản ghi giống hệt';
COMMENT ON COLUMN ops.batch_consumed.superseded IS 'Bản ghi cũ hơn bản đang giữ';
COMMENT ON COLUMN ops.batch_consumed.quarantined IS 'Bản ghi bị cách ly';

-- ops.core_run as declared for the first release.
CREATE TABLE ops.core_run (
    core_run_id BIGINT GENERATED ALWAYS AS IDENTITY,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    batches INTEGER NOT NULL,
    records BIGINT NOT NULL,
    dossiers BIGINT NOT NULL,
    written BIGINT NOT NULL,
    CONSTRAINT pk_core_run PRIMARY KEY (core_run_id),
    CONSTRAINT uq_core_run_recorded_at UNIQUE (recorded_at)
);
COMMENT ON TABLE ops.core_run IS 'Mỗi lần đối chiếu có thay đổi; thời điểm ghi nhận luôn tăng';
COMMENT ON COLUMN ops.core_run.core_run_id IS 'Số lần đối chiếu';
COMMENT ON COLUMN ops.core_run.recorded_at IS 'Thời điểm ghi nhận của kho';
COMMENT ON COLUMN ops.core_run.batches IS 'Số lô đã dùng';
COMMENT ON COLUMN ops.core_run.records IS 'Số bản ghi đã xét';
COMMENT ON COLUMN ops.core_run.dossiers IS 'Số hồ sơ đã xét';
COMMENT ON COLUMN ops.core_run.written IS 'Số hồ sơ mới hoặc đổi';

-- core.judgement as declared for the first release.
CREATE TABLE core.judgement (
    judgement_id BIGINT GENERATED ALWAYS AS IDENTITY,
    source_id_a TEXT NOT NULL,
    source_key_a TEXT NOT NULL,
    source_id_b TEXT NOT NULL,
    source_key_b TEXT NOT NULL,
    verdict TEXT NOT NULL,
    judged_by TEXT NOT NULL,
    judged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    machine_said TEXT,
    core_run_id BIGINT,
    CONSTRAINT pk_judgement PRIMARY KEY (judgement_id),
    CONSTRAINT ck_judgement_verdict_known CHECK (verdict in ('same', 'different', 'undone')),
    CONSTRAINT ck_judgement_pair_in_order CHECK ((source_id_a, source_key_a) < (source_id_b, source_key_b))
);
CREATE INDEX ix_judgement_a ON core.judgement (source_id_a, source_key_a);
CREATE INDEX ix_judgement_b ON core.judgement (source_id_b, source_key_b);
CREATE INDEX ix_judgement_unheard ON core.judgement (judgement_id) WHERE core_run_id is null;
COMMENT ON TABLE core.judgement IS 'Phán quyết của con người giữa hai bản ghi; sống qua mọi lần dựng lại';
COMMENT ON COLUMN core.judgement.judgement_id IS 'Số phán quyết';
COMMENT ON COLUMN core.judgement.source_id_a IS 'Nguồn của bản ghi thứ nhất';
COMMENT ON COLUMN core.judgement.source_key_a IS 'Khóa của bản ghi thứ nhất';
COMMENT ON COLUMN core.judgement.source_id_b IS 'Nguồn của bản ghi thứ hai';
COMMENT ON COLUMN core.judgement.source_key_b IS 'Khóa của bản ghi thứ hai';
COMMENT ON COLUMN core.judgement.verdict IS 'same, different; undone là rút lại phán quyết trước';
COMMENT ON COLUMN core.judgement.judged_by IS 'Người phán quyết';
COMMENT ON COLUMN core.judgement.judged_at IS 'Thời điểm';
COMMENT ON COLUMN core.judgement.reason IS 'Lý do';
COMMENT ON COLUMN core.judgement.machine_said IS 'Máy nói gì khi có phán quyết: same, different, doubt';
COMMENT ON COLUMN core.judgement.core_run_id IS 'Lần đối chiếu đã nghe phán quyết (trống: chưa nghe)';

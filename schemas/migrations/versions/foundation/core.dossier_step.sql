-- core.dossier_step as declared for the first release.
CREATE TABLE core.dossier_step (
    dossier_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    step_at TIMESTAMP WITH TIME ZONE,
    step_precision TEXT,
    status SMALLINT,
    officer_id TEXT,
    step_department TEXT,
    step_started_at TIMESTAMP WITH TIME ZONE,
    step_started_precision TEXT,
    step_due_at TIMESTAMP WITH TIME ZONE,
    step_due_precision TEXT,
    CONSTRAINT pk_dossier_step PRIMARY KEY (dossier_id, source_id, source_key)
);
COMMENT ON TABLE core.dossier_step IS 'Dòng thời gian xử lý hồ sơ';
COMMENT ON COLUMN core.dossier_step.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';
COMMENT ON COLUMN core.dossier_step.source_id IS 'Nguồn của dòng này';
COMMENT ON COLUMN core.dossier_step.source_key IS 'Khóa dòng ở nguồn';
COMMENT ON COLUMN core.dossier_step.step_at IS 'Thời điểm xử lý';
COMMENT ON COLUMN core.dossier_step.step_precision IS 'Độ chính xác của «Thời điểm xử lý»: s, m, d';
COMMENT ON COLUMN core.dossier_step.status IS 'Trạng thái 1..10';
COMMENT ON COLUMN core.dossier_step.officer_id IS 'Cán bộ (core.officer)';
COMMENT ON COLUMN core.dossier_step.step_department IS 'Phòng ban xử lý';
COMMENT ON COLUMN core.dossier_step.step_started_at IS 'Bắt đầu bước';
COMMENT ON COLUMN core.dossier_step.step_started_precision IS 'Độ chính xác của «Bắt đầu bước»: s, m, d';
COMMENT ON COLUMN core.dossier_step.step_due_at IS 'Hạn của bước';
COMMENT ON COLUMN core.dossier_step.step_due_precision IS 'Độ chính xác của «Hạn của bước»: s, m, d';

-- core.supplement as declared for the first release.
CREATE TABLE core.supplement (
    dossier_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE,
    requested_precision TEXT,
    completed_at TIMESTAMP WITH TIME ZONE,
    completed_precision TEXT,
    is_completed BOOLEAN,
    previous_due_at TIMESTAMP WITH TIME ZONE,
    previous_due_precision TEXT,
    new_due_at TIMESTAMP WITH TIME ZONE,
    new_due_precision TEXT,
    CONSTRAINT pk_supplement PRIMARY KEY (dossier_id, source_id, source_key)
);
COMMENT ON TABLE core.supplement IS 'Yêu cầu bổ sung của hồ sơ';
COMMENT ON COLUMN core.supplement.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';
COMMENT ON COLUMN core.supplement.source_id IS 'Nguồn của dòng này';
COMMENT ON COLUMN core.supplement.source_key IS 'Khóa dòng ở nguồn';
COMMENT ON COLUMN core.supplement.requested_at IS 'Thời điểm yêu cầu';
COMMENT ON COLUMN core.supplement.requested_precision IS 'Độ chính xác của «Thời điểm yêu cầu»: s, m, d';
COMMENT ON COLUMN core.supplement.completed_at IS 'Thời điểm bổ sung xong';
COMMENT ON COLUMN core.supplement.completed_precision IS 'Độ chính xác của «Thời điểm bổ sung xong»: s, m, d';
COMMENT ON COLUMN core.supplement.is_completed IS 'Đã bổ sung xong';
COMMENT ON COLUMN core.supplement.previous_due_at IS 'Hẹn trả trước khi bổ sung';
COMMENT ON COLUMN core.supplement.previous_due_precision IS 'Độ chính xác của «Hẹn trả trước khi bổ sung»: s, m, d';
COMMENT ON COLUMN core.supplement.new_due_at IS 'Hẹn trả sau khi bổ sung';
COMMENT ON COLUMN core.supplement.new_due_precision IS 'Độ chính xác của «Hẹn trả sau khi bổ sung»: s, m, d';

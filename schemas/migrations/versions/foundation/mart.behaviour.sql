-- mart.behaviour as declared for the first release.
CREATE TABLE mart.behaviour (
    dossier_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    agency_id BIGINT NOT NULL,
    officer_id TEXT,
    detected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rule_id TEXT NOT NULL,
    evidence JSONB NOT NULL,
    CONSTRAINT pk_behaviour PRIMARY KEY (dossier_id, kind, happened_at)
);
CREATE INDEX ix_behaviour_kind_happened_at ON mart.behaviour (kind, happened_at);
COMMENT ON TABLE mart.behaviour IS 'Hành vi thấy được từ lịch sử hồ sơ, mỗi dòng kèm bằng chứng; không có bằng chứng chắc chắn thì không có dòng';
COMMENT ON COLUMN mart.behaviour.dossier_id IS 'Số hồ sơ của kho';
COMMENT ON COLUMN mart.behaviour.kind IS 'Loại hành vi (mart.behaviour_kind)';
COMMENT ON COLUMN mart.behaviour.happened_at IS 'Thời điểm xảy ra';
COMMENT ON COLUMN mart.behaviour.agency_id IS 'Cơ quan';
COMMENT ON COLUMN mart.behaviour.officer_id IS 'Cán bộ ở bước liên quan (khóa băm, core.officer)';
COMMENT ON COLUMN mart.behaviour.detected_at IS 'Thời điểm kho ghi nhận nội dung cho thấy hành vi';
COMMENT ON COLUMN mart.behaviour.rule_id IS 'Quy tắc và phiên bản';
COMMENT ON COLUMN mart.behaviour.evidence IS 'Bằng chứng: từng giá trị và nơi lấy';

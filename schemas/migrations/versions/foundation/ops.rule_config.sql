-- ops.rule_config as declared for the first release.
CREATE TABLE ops.rule_config (
    rule_id TEXT NOT NULL,
    valid_from DATE NOT NULL,
    recorded_from TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_to TIMESTAMP WITH TIME ZONE DEFAULT 'infinity' NOT NULL,
    valid_to DATE,
    parameters JSONB NOT NULL,
    legal_source TEXT NOT NULL,
    CONSTRAINT pk_rule_config PRIMARY KEY (rule_id, valid_from, recorded_from)
);
COMMENT ON TABLE ops.rule_config IS 'Quy tắc nghiệp vụ dưới dạng dữ liệu, có hiệu lực và thời điểm ghi nhận';
COMMENT ON COLUMN ops.rule_config.rule_id IS 'Mã quy tắc';
COMMENT ON COLUMN ops.rule_config.valid_from IS 'Hiệu lực từ ngày';
COMMENT ON COLUMN ops.rule_config.recorded_from IS 'Ghi nhận từ';
COMMENT ON COLUMN ops.rule_config.recorded_to IS 'Ghi nhận đến (không bao gồm)';
COMMENT ON COLUMN ops.rule_config.valid_to IS 'Hết hiệu lực từ ngày (không bao gồm)';
COMMENT ON COLUMN ops.rule_config.parameters IS 'Tham số';
COMMENT ON COLUMN ops.rule_config.legal_source IS 'Căn cứ';

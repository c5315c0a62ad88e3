-- mart.rule as declared for the first release.
CREATE TABLE mart.rule (
    rule_id TEXT NOT NULL,
    valid_from DATE NOT NULL,
    recorded_from TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_to TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to DATE,
    parameters JSONB NOT NULL,
    CONSTRAINT pk_rule PRIMARY KEY (rule_id, valid_from, recorded_from)
);
COMMENT ON TABLE mart.rule IS 'Quy tắc nghiệp vụ mà các hàm báo cáo tuân theo, có hiệu lực và thời điểm ghi nhận';
COMMENT ON COLUMN mart.rule.rule_id IS 'Mã quy tắc';
COMMENT ON COLUMN mart.rule.valid_from IS 'Hiệu lực từ ngày';
COMMENT ON COLUMN mart.rule.recorded_from IS 'Ghi nhận từ';
COMMENT ON COLUMN mart.rule.recorded_to IS 'Ghi nhận đến (không bao gồm)';
COMMENT ON COLUMN mart.rule.valid_to IS 'Hết hiệu lực từ ngày (không bao gồm)';
COMMENT ON COLUMN mart.rule.parameters IS 'Tham số';

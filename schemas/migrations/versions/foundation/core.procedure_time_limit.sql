-- core.procedure_time_limit as declared for the first release.
CREATE TABLE core.procedure_time_limit (
    procedure_code TEXT NOT NULL,
    channel SMALLINT NOT NULL,
    procedure_case TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    limit_value INTEGER NOT NULL,
    limit_unit TEXT NOT NULL,
    legal_source TEXT NOT NULL,
    CONSTRAINT pk_procedure_time_limit PRIMARY KEY (procedure_code, channel, procedure_case, valid_from)
);
COMMENT ON TABLE core.procedure_time_limit IS 'Thời hạn giải quyết theo kênh và hiệu lực; không có dòng hiệu lực thì không phán quyết';
COMMENT ON COLUMN core.procedure_time_limit.procedure_code IS 'Mã TTHC gốc';
COMMENT ON COLUMN core.procedure_time_limit.channel IS 'Kênh 1..3; 0 là mọi kênh';
COMMENT ON COLUMN core.procedure_time_limit.procedure_case IS 'Trường hợp (trống là mọi trường hợp)';
COMMENT ON COLUMN core.procedure_time_limit.valid_from IS 'Hiệu lực từ ngày';
COMMENT ON COLUMN core.procedure_time_limit.valid_to IS 'Hết hiệu lực từ ngày (không bao gồm)';
COMMENT ON COLUMN core.procedure_time_limit.limit_value IS 'Thời hạn';
COMMENT ON COLUMN core.procedure_time_limit.limit_unit IS 'Đơn vị: working_day, calendar_day, hour';
COMMENT ON COLUMN core.procedure_time_limit.legal_source IS 'Căn cứ';

-- mart.procedure as declared for the first release.
CREATE TABLE mart.procedure (
    procedure_code TEXT NOT NULL,
    name TEXT NOT NULL,
    field_name TEXT NOT NULL,
    levels TEXT,
    in_catalogue BOOLEAN NOT NULL,
    CONSTRAINT pk_procedure PRIMARY KEY (procedure_code)
);
COMMENT ON TABLE mart.procedure IS 'Chiều thủ tục hành chính';
COMMENT ON COLUMN mart.procedure.procedure_code IS 'Mã TTHC';
COMMENT ON COLUMN mart.procedure.name IS 'Tên thủ tục';
COMMENT ON COLUMN mart.procedure.field_name IS 'Lĩnh vực';
COMMENT ON COLUMN mart.procedure.levels IS 'Cấp thực hiện';
COMMENT ON COLUMN mart.procedure.in_catalogue IS 'Có trong danh mục quốc gia';

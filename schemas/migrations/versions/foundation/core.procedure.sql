-- core.procedure as declared for the first release.
CREATE TABLE core.procedure (
    procedure_code TEXT NOT NULL,
    name TEXT NOT NULL,
    field_code TEXT,
    field_name TEXT,
    levels TEXT,
    chained BOOLEAN,
    decision TEXT,
    in_catalogue_from DATE NOT NULL,
    CONSTRAINT pk_procedure PRIMARY KEY (procedure_code)
);
COMMENT ON TABLE core.procedure IS 'Thủ tục hành chính theo danh mục quốc gia; mã ''?'' là thủ tục chưa xác định';
COMMENT ON COLUMN core.procedure.procedure_code IS 'Mã TTHC gốc';
COMMENT ON COLUMN core.procedure.name IS 'Tên thủ tục';
COMMENT ON COLUMN core.procedure.field_code IS 'Mã lĩnh vực';
COMMENT ON COLUMN core.procedure.field_name IS 'Tên lĩnh vực';
COMMENT ON COLUMN core.procedure.levels IS 'Cấp thực hiện: bo|tinh|xa|khac';
COMMENT ON COLUMN core.procedure.chained IS 'Thủ tục liên thông';
COMMENT ON COLUMN core.procedure.decision IS 'Quyết định công bố';
COMMENT ON COLUMN core.procedure.in_catalogue_from IS 'Ngày chụp danh mục';

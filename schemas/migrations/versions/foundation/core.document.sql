-- core.document as declared for the first release.
CREATE TABLE core.document (
    dossier_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    document_kind TEXT,
    document_code TEXT,
    has_file BOOLEAN,
    digitised BOOLEAN,
    reuse SMALLINT,
    from_e_store BOOLEAN,
    CONSTRAINT pk_document PRIMARY KEY (dossier_id, source_id, source_key)
);
COMMENT ON TABLE core.document IS 'Thành phần hồ sơ và giấy tờ kết quả';
COMMENT ON COLUMN core.document.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';
COMMENT ON COLUMN core.document.source_id IS 'Nguồn của dòng này';
COMMENT ON COLUMN core.document.source_key IS 'Khóa dòng ở nguồn';
COMMENT ON COLUMN core.document.document_kind IS 'Loại: component, result, other';
COMMENT ON COLUMN core.document.document_code IS 'Mã thành phần hoặc mã giấy tờ kết quả';
COMMENT ON COLUMN core.document.has_file IS 'Có tệp';
COMMENT ON COLUMN core.document.digitised IS 'Được số hóa';
COMMENT ON COLUMN core.document.reuse IS 'Tái sử dụng 0..2';
COMMENT ON COLUMN core.document.from_e_store IS 'Lấy từ kho dữ liệu điện tử';

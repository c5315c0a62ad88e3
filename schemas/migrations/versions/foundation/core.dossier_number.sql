-- core.dossier_number as declared for the first release.
CREATE TABLE core.dossier_number (
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    dossier_id BIGINT NOT NULL,
    CONSTRAINT pk_dossier_number PRIMARY KEY (number, kind, source_id, source_key)
);
CREATE INDEX ix_dossier_number_dossier_id ON core.dossier_number (dossier_id);
COMMENT ON TABLE core.dossier_number IS 'Mọi số hiệu của hồ sơ, theo bản ghi đã nêu';
COMMENT ON COLUMN core.dossier_number.number IS 'Số hiệu đã chuẩn hóa, kèm phạm vi khi không duy nhất toàn tỉnh';
COMMENT ON COLUMN core.dossier_number.kind IS 'Loại: dossier_no, alt_dossier_no, receipt_no, portal_no, ministry_no, reference_uid';
COMMENT ON COLUMN core.dossier_number.source_id IS 'Mã nguồn';
COMMENT ON COLUMN core.dossier_number.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN core.dossier_number.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';

-- vault.dossier_record as declared for the first release.
CREATE TABLE vault.dossier_record (
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    clear_hash BYTEA NOT NULL,
    applicant_name TEXT,
    applicant_id_no TEXT,
    applicant_phone TEXT,
    applicant_email TEXT,
    applicant_fax TEXT,
    applicant_address TEXT,
    applicant_tech_id TEXT,
    other_info TEXT,
    summary TEXT,
    return_info TEXT,
    note TEXT,
    rejection_reason TEXT,
    CONSTRAINT pk_dossier_record PRIMARY KEY (source_id, source_key, clear_hash)
);
COMMENT ON TABLE vault.dossier_record IS 'Dữ liệu rõ của bản ghi hồ sơ';
COMMENT ON COLUMN vault.dossier_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN vault.dossier_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN vault.dossier_record.clear_hash IS 'Băm có khóa của dữ liệu rõ';
COMMENT ON COLUMN vault.dossier_record.applicant_name IS 'Tên chủ hồ sơ';
COMMENT ON COLUMN vault.dossier_record.applicant_id_no IS 'Số giấy tờ chủ hồ sơ';
COMMENT ON COLUMN vault.dossier_record.applicant_phone IS 'Số điện thoại chủ hồ sơ';
COMMENT ON COLUMN vault.dossier_record.applicant_email IS 'Thư điện tử chủ hồ sơ';
COMMENT ON COLUMN vault.dossier_record.applicant_fax IS 'Số fax chủ hồ sơ';
COMMENT ON COLUMN vault.dossier_record.applicant_address IS 'Địa chỉ chủ hồ sơ';
COMMENT ON COLUMN vault.dossier_record.applicant_tech_id IS 'TechID chủ hồ sơ';
COMMENT ON COLUMN vault.dossier_record.other_info IS 'Thông tin khác';
COMMENT ON COLUMN vault.dossier_record.summary IS 'Trích yếu hồ sơ';
COMMENT ON COLUMN vault.dossier_record.return_info IS 'Thông tin trả';
COMMENT ON COLUMN vault.dossier_record.note IS 'Ghi chú';
COMMENT ON COLUMN vault.dossier_record.rejection_reason IS 'Lý do từ chối';

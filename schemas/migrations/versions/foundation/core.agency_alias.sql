-- core.agency_alias as declared for the first release.
CREATE TABLE core.agency_alias (
    alias TEXT NOT NULL,
    agency_code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_agency_alias PRIMARY KEY (alias, agency_code, valid_from)
);
COMMENT ON TABLE core.agency_alias IS 'Cách viết khác của tên cơ quan';
COMMENT ON COLUMN core.agency_alias.alias IS 'Cách viết (chuẩn hóa: NFC, chữ thường, một dấu cách)';
COMMENT ON COLUMN core.agency_alias.agency_code IS 'Mã cơ quan';
COMMENT ON COLUMN core.agency_alias.valid_from IS 'Hiệu lực từ ngày của cơ quan';
COMMENT ON COLUMN core.agency_alias.reason IS 'Lý do';

-- core.agency as declared for the first release.
CREATE TABLE core.agency (
    agency_id BIGINT NOT NULL,
    agency_code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    catalog TEXT,
    parent_agency_code TEXT,
    admin_unit_code TEXT,
    slug TEXT,
    sort_key TEXT NOT NULL,
    basis TEXT,
    CONSTRAINT pk_agency PRIMARY KEY (agency_id),
    CONSTRAINT uq_agency_agency_code_valid_from UNIQUE (agency_code, valid_from)
);
COMMENT ON TABLE core.agency IS 'Cơ quan qua các thời kỳ; agency_id 0 là cơ quan chưa xác định';
COMMENT ON COLUMN core.agency.agency_id IS 'Số cơ quan của kho';
COMMENT ON COLUMN core.agency.agency_code IS 'Mã định danh cơ quan';
COMMENT ON COLUMN core.agency.valid_from IS 'Hiệu lực từ ngày';
COMMENT ON COLUMN core.agency.valid_to IS 'Hết hiệu lực từ ngày (không bao gồm)';
COMMENT ON COLUMN core.agency.name IS 'Tên cơ quan';
COMMENT ON COLUMN core.agency.level IS 'Cấp: province, department, branch, district, commune';
COMMENT ON COLUMN core.agency.catalog IS 'Nhóm: so-ban-nganh, cnvpdk, quan-huyen, xa-phuong';
COMMENT ON COLUMN core.agency.parent_agency_code IS 'Mã cơ quan cấp trên';
COMMENT ON COLUMN core.agency.admin_unit_code IS 'Mã đơn vị hành chính';
COMMENT ON COLUMN core.agency.slug IS 'Tên rút gọn không dấu';
COMMENT ON COLUMN core.agency.sort_key IS 'Khóa sắp xếp theo thứ tự tiếng Việt';
COMMENT ON COLUMN core.agency.basis IS 'Căn cứ của dòng này';

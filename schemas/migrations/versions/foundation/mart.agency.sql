-- mart.agency as declared for the first release.
CREATE TABLE mart.agency (
    agency_id BIGINT NOT NULL,
    agency_code TEXT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    catalog TEXT,
    parent_agency_code TEXT,
    admin_unit_code TEXT,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    current_agency_code TEXT,
    current_agency_id BIGINT,
    successors SMALLINT NOT NULL,
    sort_key TEXT NOT NULL,
    CONSTRAINT pk_agency PRIMARY KEY (agency_id)
);
COMMENT ON TABLE mart.agency IS 'Chiều cơ quan';
COMMENT ON COLUMN mart.agency.agency_id IS 'Số cơ quan của kho';
COMMENT ON COLUMN mart.agency.agency_code IS 'Mã định danh';
COMMENT ON COLUMN mart.agency.name IS 'Tên cơ quan';
COMMENT ON COLUMN mart.agency.level IS 'Cấp';
COMMENT ON COLUMN mart.agency.catalog IS 'Nhóm cơ quan';
COMMENT ON COLUMN mart.agency.parent_agency_code IS 'Mã cơ quan cấp trên';
COMMENT ON COLUMN mart.agency.admin_unit_code IS 'Mã đơn vị hành chính';
COMMENT ON COLUMN mart.agency.valid_from IS 'Hiệu lực từ';
COMMENT ON COLUMN mart.agency.valid_to IS 'Hết hiệu lực từ (không bao gồm)';
COMMENT ON COLUMN mart.agency.current_agency_code IS 'Mã cơ quan kế tục hiện nay (mặc định khi bị chia)';
COMMENT ON COLUMN mart.agency.current_agency_id IS 'Số của cơ quan kế tục hiện nay (mặc định khi bị chia)';
COMMENT ON COLUMN mart.agency.successors IS 'Số cơ quan hiện nay có thể đã nhận việc; 1 là kế tục trọn vẹn';
COMMENT ON COLUMN mart.agency.sort_key IS 'Khóa sắp xếp tiếng Việt';

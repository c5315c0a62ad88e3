-- core.admin_unit as declared for the first release.
CREATE TABLE core.admin_unit (
    code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    level TEXT NOT NULL,
    name TEXT NOT NULL,
    full_name TEXT NOT NULL,
    type TEXT NOT NULL,
    parent_code TEXT,
    established_by TEXT,
    ended_by TEXT,
    CONSTRAINT pk_admin_unit PRIMARY KEY (code, valid_from)
);
COMMENT ON TABLE core.admin_unit IS 'Đơn vị hành chính qua các thời kỳ';
COMMENT ON COLUMN core.admin_unit.code IS 'Mã đơn vị hành chính';
COMMENT ON COLUMN core.admin_unit.valid_from IS 'Hiệu lực từ ngày (-infinity: trước 2018)';
COMMENT ON COLUMN core.admin_unit.valid_to IS 'Hết hiệu lực từ ngày (không bao gồm)';
COMMENT ON COLUMN core.admin_unit.level IS 'Cấp: province, district, commune';
COMMENT ON COLUMN core.admin_unit.name IS 'Tên';
COMMENT ON COLUMN core.admin_unit.full_name IS 'Tên kèm loại';
COMMENT ON COLUMN core.admin_unit.type IS 'Loại: tỉnh, huyện, xã …';
COMMENT ON COLUMN core.admin_unit.parent_code IS 'Mã đơn vị cấp trên';
COMMENT ON COLUMN core.admin_unit.established_by IS 'Văn bản thành lập';
COMMENT ON COLUMN core.admin_unit.ended_by IS 'Văn bản chấm dứt';

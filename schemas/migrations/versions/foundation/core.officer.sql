-- core.officer as declared for the first release.
CREATE TABLE core.officer (
    officer_id TEXT NOT NULL,
    officer_name TEXT NOT NULL,
    officer_title TEXT,
    CONSTRAINT pk_officer PRIMARY KEY (officer_id)
);
COMMENT ON TABLE core.officer IS 'Cán bộ xử lý; nơi duy nhất ngoài vault có tên cán bộ';
COMMENT ON COLUMN core.officer.officer_id IS 'Khóa cán bộ (băm có khóa, dạng hex)';
COMMENT ON COLUMN core.officer.officer_name IS 'Họ tên cán bộ';
COMMENT ON COLUMN core.officer.officer_title IS 'Chức danh';

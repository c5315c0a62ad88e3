-- core.code_list as declared for the first release.
CREATE TABLE core.code_list (
    list TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    canonical TEXT NOT NULL,
    properties TEXT,
    CONSTRAINT pk_code_list PRIMARY KEY (list, code)
);
COMMENT ON TABLE core.code_list IS 'Danh mục mã dùng chung';
COMMENT ON COLUMN core.code_list.list IS 'Danh mục: status, channel, applicant_type, return_method';
COMMENT ON COLUMN core.code_list.code IS 'Mã';
COMMENT ON COLUMN core.code_list.name IS 'Tên tiếng Việt';
COMMENT ON COLUMN core.code_list.canonical IS 'Tên dùng trong mã nguồn';
COMMENT ON COLUMN core.code_list.properties IS 'Thuộc tính thêm, dạng khóa=giá trị';

-- mart.code_list as declared for the first release.
CREATE TABLE mart.code_list (
    list TEXT NOT NULL,
    code SMALLINT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_code_list PRIMARY KEY (list, code)
);
COMMENT ON TABLE mart.code_list IS 'Chiều danh mục mã dùng chung';
COMMENT ON COLUMN mart.code_list.list IS 'Danh mục: status, channel, applicant_type, return_method';
COMMENT ON COLUMN mart.code_list.code IS 'Mã';
COMMENT ON COLUMN mart.code_list.name IS 'Tên tiếng Việt';

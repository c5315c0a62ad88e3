-- ops.census_key as declared for the first release.
CREATE TABLE ops.census_key (
    census_id BIGINT NOT NULL,
    source_key TEXT NOT NULL,
    CONSTRAINT pk_census_key PRIMARY KEY (census_id, source_key)
);
COMMENT ON TABLE ops.census_key IS 'Khóa mà nguồn không còn liệt kê, chờ người quyết định vì quá nhiều trong một lần';
COMMENT ON COLUMN ops.census_key.census_id IS 'Số lần kiểm kê';
COMMENT ON COLUMN ops.census_key.source_key IS 'Khóa bản ghi ở nguồn';

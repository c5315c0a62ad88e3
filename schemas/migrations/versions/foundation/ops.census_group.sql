-- ops.census_group as declared for the first release.
CREATE TABLE ops.census_group (
    census_id BIGINT NOT NULL,
    agency TEXT NOT NULL,
    day TEXT NOT NULL,
    status TEXT NOT NULL,
    source_count BIGINT DEFAULT '0' NOT NULL,
    hub_count BIGINT DEFAULT '0' NOT NULL,
    missing BIGINT DEFAULT '0' NOT NULL,
    differing BIGINT DEFAULT '0' NOT NULL,
    vanished BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_census_group PRIMARY KEY (census_id, agency, day, status)
);
COMMENT ON TABLE ops.census_group IS 'Nhóm (cơ quan, ngày, trạng thái) có lệch trong một lần kiểm kê; nhóm khớp không ghi';
COMMENT ON COLUMN ops.census_group.census_id IS 'Số lần kiểm kê';
COMMENT ON COLUMN ops.census_group.agency IS 'Cơ quan như nguồn ghi (trống khi không có)';
COMMENT ON COLUMN ops.census_group.day IS 'Ngày (trống khi không có)';
COMMENT ON COLUMN ops.census_group.status IS 'Trạng thái như nguồn ghi (trống khi không có)';
COMMENT ON COLUMN ops.census_group.source_count IS 'Số khóa nguồn liệt kê trong nhóm';
COMMENT ON COLUMN ops.census_group.hub_count IS 'Số khóa kho giữ trong nhóm';
COMMENT ON COLUMN ops.census_group.missing IS 'Thiếu ở kho, kể cả sống lại';
COMMENT ON COLUMN ops.census_group.differing IS 'Khác phiên bản hoặc trạng thái';
COMMENT ON COLUMN ops.census_group.vanished IS 'Nguồn không còn liệt kê';

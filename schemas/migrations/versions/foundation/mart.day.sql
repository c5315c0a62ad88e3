-- mart.day as declared for the first release.
CREATE TABLE mart.day (
    day DATE NOT NULL,
    is_working BOOLEAN NOT NULL,
    is_makeup_day BOOLEAN NOT NULL,
    holiday_name TEXT,
    is_projected BOOLEAN NOT NULL,
    vpcp_month TEXT NOT NULL,
    vpcp_quarter TEXT NOT NULL,
    calendar_month TEXT NOT NULL,
    working_index INTEGER NOT NULL,
    CONSTRAINT pk_day PRIMARY KEY (day)
);
COMMENT ON TABLE mart.day IS 'Chiều ngày';
COMMENT ON COLUMN mart.day.day IS 'Ngày';
COMMENT ON COLUMN mart.day.is_working IS 'Ngày làm việc';
COMMENT ON COLUMN mart.day.is_makeup_day IS 'Ngày làm bù';
COMMENT ON COLUMN mart.day.holiday_name IS 'Tên ngày nghỉ';
COMMENT ON COLUMN mart.day.is_projected IS 'Dự kiến';
COMMENT ON COLUMN mart.day.vpcp_month IS 'Kỳ tháng VPCP (15 tháng trước đến 14 tháng này), dạng YYYY-MM';
COMMENT ON COLUMN mart.day.vpcp_quarter IS 'Kỳ quý VPCP, dạng YYYY-QN';
COMMENT ON COLUMN mart.day.calendar_month IS 'Tháng dương lịch, dạng YYYY-MM';
COMMENT ON COLUMN mart.day.working_index IS 'Số ngày làm việc tính đến hết ngày này';

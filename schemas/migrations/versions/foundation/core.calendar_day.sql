-- core.calendar_day as declared for the first release.
CREATE TABLE core.calendar_day (
    day DATE NOT NULL,
    recorded_from TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_to TIMESTAMP WITH TIME ZONE NOT NULL,
    is_working BOOLEAN NOT NULL,
    is_makeup_day BOOLEAN NOT NULL,
    name TEXT,
    is_projected BOOLEAN NOT NULL,
    working_index INTEGER NOT NULL,
    CONSTRAINT pk_calendar_day PRIMARY KEY (day, recorded_from)
);
COMMENT ON TABLE core.calendar_day IS 'Lịch làm việc, kèm thời điểm kho biết từng ngày nghỉ, ngày làm bù';
COMMENT ON COLUMN core.calendar_day.day IS 'Ngày';
COMMENT ON COLUMN core.calendar_day.recorded_from IS 'Ghi nhận từ';
COMMENT ON COLUMN core.calendar_day.recorded_to IS 'Ghi nhận đến (không bao gồm)';
COMMENT ON COLUMN core.calendar_day.is_working IS 'Là ngày làm việc';
COMMENT ON COLUMN core.calendar_day.is_makeup_day IS 'Là ngày làm bù';
COMMENT ON COLUMN core.calendar_day.name IS 'Tên ngày nghỉ';
COMMENT ON COLUMN core.calendar_day.is_projected IS 'Dự kiến, chưa có thông báo chính thức';
COMMENT ON COLUMN core.calendar_day.working_index IS 'Số ngày làm việc tính đến hết ngày này';

-- mart.journey as declared for the first release.
CREATE TABLE mart.journey (
    journey_id BIGINT NOT NULL,
    first_dossier_id BIGINT NOT NULL,
    dossier_no TEXT,
    procedure_code TEXT NOT NULL,
    receiving_agency_id BIGINT NOT NULL,
    legs SMALLINT NOT NULL,
    finished_legs SMALLINT NOT NULL,
    received_on DATE,
    finished_on DATE,
    limit_on DATE,
    outcome TEXT,
    CONSTRAINT pk_journey PRIMARY KEY (journey_id)
);
COMMENT ON TABLE mart.journey IS 'Hành trình liên thông: các hồ sơ nối tiếp nhau, xét theo thời hạn của thủ tục liên thông';
COMMENT ON COLUMN mart.journey.journey_id IS 'Số hành trình: số hồ sơ nhỏ nhất trong chuỗi';
COMMENT ON COLUMN mart.journey.first_dossier_id IS 'Hồ sơ đầu chuỗi';
COMMENT ON COLUMN mart.journey.dossier_no IS 'Mã hồ sơ đầu chuỗi';
COMMENT ON COLUMN mart.journey.procedure_code IS 'Thủ tục liên thông: thủ tục của hồ sơ đầu chuỗi';
COMMENT ON COLUMN mart.journey.receiving_agency_id IS 'Cơ quan tiếp nhận của hồ sơ đầu chuỗi';
COMMENT ON COLUMN mart.journey.legs IS 'Số chặng';
COMMENT ON COLUMN mart.journey.finished_legs IS 'Số chặng đã xong';
COMMENT ON COLUMN mart.journey.received_on IS 'Ngày tiếp nhận đầu tiên';
COMMENT ON COLUMN mart.journey.finished_on IS 'Ngày có kết quả cuối cùng; trống khi còn chặng chưa xong';
COMMENT ON COLUMN mart.journey.limit_on IS 'Hạn của thủ tục liên thông; trống khi không biết thời hạn có hiệu lực lúc tiếp nhận';
COMMENT ON COLUMN mart.journey.outcome IS 'Kết quả so hạn: early, on_time, overdue; trống khi chưa xong hoặc không biết hạn';

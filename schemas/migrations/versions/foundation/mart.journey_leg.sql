-- mart.journey_leg as declared for the first release.
CREATE TABLE mart.journey_leg (
    dossier_id BIGINT NOT NULL,
    journey_id BIGINT NOT NULL,
    leg_no SMALLINT NOT NULL,
    previous_dossier_id BIGINT,
    kind TEXT,
    dossier_no TEXT,
    procedure_code TEXT NOT NULL,
    receiving_agency_id BIGINT NOT NULL,
    processing_agency_id BIGINT NOT NULL,
    status SMALLINT,
    received_on DATE,
    due_on DATE,
    finished_on DATE,
    outcome TEXT,
    CONSTRAINT pk_journey_leg PRIMARY KEY (dossier_id)
);
CREATE INDEX ix_journey_leg_journey_id ON mart.journey_leg (journey_id);
COMMENT ON TABLE mart.journey_leg IS 'Chặng của hành trình liên thông, xét theo hẹn trả của chính chặng';
COMMENT ON COLUMN mart.journey_leg.dossier_id IS 'Hồ sơ của chặng';
COMMENT ON COLUMN mart.journey_leg.journey_id IS 'Hành trình';
COMMENT ON COLUMN mart.journey_leg.leg_no IS 'Thứ tự chặng';
COMMENT ON COLUMN mart.journey_leg.previous_dossier_id IS 'Hồ sơ mà chặng này nối tiếp';
COMMENT ON COLUMN mart.journey_leg.kind IS 'Căn cứ nối: origin, group';
COMMENT ON COLUMN mart.journey_leg.dossier_no IS 'Mã hồ sơ';
COMMENT ON COLUMN mart.journey_leg.procedure_code IS 'Mã TTHC';
COMMENT ON COLUMN mart.journey_leg.receiving_agency_id IS 'Cơ quan tiếp nhận chặng';
COMMENT ON COLUMN mart.journey_leg.processing_agency_id IS 'Cơ quan giải quyết chặng';
COMMENT ON COLUMN mart.journey_leg.status IS 'Trạng thái';
COMMENT ON COLUMN mart.journey_leg.received_on IS 'Ngày tiếp nhận';
COMMENT ON COLUMN mart.journey_leg.due_on IS 'Ngày hẹn trả của chặng';
COMMENT ON COLUMN mart.journey_leg.finished_on IS 'Ngày kết thúc';
COMMENT ON COLUMN mart.journey_leg.outcome IS 'Kết quả so hạn của chặng: early, on_time, overdue; trống khi chưa xong hoặc không có hẹn trả';

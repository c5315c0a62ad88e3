-- mart.agency_successor as declared for the first release.
CREATE TABLE mart.agency_successor (
    agency_id BIGINT NOT NULL,
    successor_agency_id BIGINT NOT NULL,
    is_default BOOLEAN NOT NULL,
    CONSTRAINT pk_agency_successor PRIMARY KEY (agency_id, successor_agency_id)
);
COMMENT ON TABLE mart.agency_successor IS 'Cơ quan hiện nay nào có thể đã nhận việc của một cơ quan không còn; dùng để quy đổi về cơ cấu hiện nay';
COMMENT ON COLUMN mart.agency_successor.agency_id IS 'Cơ quan không còn';
COMMENT ON COLUMN mart.agency_successor.successor_agency_id IS 'Cơ quan hiện nay';
COMMENT ON COLUMN mart.agency_successor.is_default IS 'Nơi nhận mặc định khi không có bằng chứng khác';

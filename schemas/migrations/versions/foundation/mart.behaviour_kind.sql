-- mart.behaviour_kind as declared for the first release.
CREATE TABLE mart.behaviour_kind (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sentence TEXT NOT NULL,
    CONSTRAINT pk_behaviour_kind PRIMARY KEY (kind)
);
COMMENT ON TABLE mart.behaviour_kind IS 'Các loại hành vi và câu giải thích';
COMMENT ON COLUMN mart.behaviour_kind.kind IS 'Loại hành vi';
COMMENT ON COLUMN mart.behaviour_kind.name IS 'Tên';
COMMENT ON COLUMN mart.behaviour_kind.sentence IS 'Giải thích, căn cứ và khi nào không tính';

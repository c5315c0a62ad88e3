-- core.rating as declared for the first release.
CREATE TABLE core.rating (
    dossier_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    rated_at TIMESTAMP WITH TIME ZONE,
    rated_precision TEXT,
    score SMALLINT,
    CONSTRAINT pk_rating PRIMARY KEY (dossier_id, source_id, source_key)
);
COMMENT ON TABLE core.rating IS 'Đánh giá hài lòng';
COMMENT ON COLUMN core.rating.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';
COMMENT ON COLUMN core.rating.source_id IS 'Nguồn của dòng này';
COMMENT ON COLUMN core.rating.source_key IS 'Khóa dòng ở nguồn';
COMMENT ON COLUMN core.rating.rated_at IS 'Thời điểm đánh giá';
COMMENT ON COLUMN core.rating.rated_precision IS 'Độ chính xác của «Thời điểm đánh giá»: s, m, d';
COMMENT ON COLUMN core.rating.score IS 'Điểm 1..3';

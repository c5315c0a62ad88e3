-- core.review as declared for the first release.
CREATE TABLE core.review (
    source_id_a TEXT NOT NULL,
    source_key_a TEXT NOT NULL,
    source_id_b TEXT NOT NULL,
    source_key_b TEXT NOT NULL,
    reason TEXT NOT NULL,
    weight REAL,
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_review PRIMARY KEY (source_id_a, source_key_a, source_id_b, source_key_b)
);
CREATE INDEX ix_review_b ON core.review (source_id_b, source_key_b);
COMMENT ON TABLE core.review IS 'Nghi vấn giữa hai hồ sơ, chờ người xem; hai hồ sơ vẫn được đếm riêng';
COMMENT ON COLUMN core.review.source_id_a IS 'Nguồn của bản ghi thứ nhất';
COMMENT ON COLUMN core.review.source_key_a IS 'Khóa của bản ghi thứ nhất';
COMMENT ON COLUMN core.review.source_id_b IS 'Nguồn của bản ghi thứ hai';
COMMENT ON COLUMN core.review.source_key_b IS 'Khóa của bản ghi thứ hai';
COMMENT ON COLUMN core.review.reason IS 'Lý do: number_collision, ambiguous, doubtful, judgements_disagree, judgement_contradicted';
COMMENT ON COLUMN core.review.weight IS 'Độ giống theo nội dung (log2 của tỉ lệ cược); trống khi do số hiệu';
COMMENT ON COLUMN core.review.raised_at IS 'Thời điểm nêu';

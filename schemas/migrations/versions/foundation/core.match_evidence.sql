-- core.match_evidence as declared for the first release.
CREATE TABLE core.match_evidence (
    source_id_a TEXT NOT NULL,
    source_key_a TEXT NOT NULL,
    source_id_b TEXT NOT NULL,
    source_key_b TEXT NOT NULL,
    rule TEXT NOT NULL,
    weight REAL NOT NULL,
    evidence JSONB NOT NULL,
    CONSTRAINT pk_match_evidence PRIMARY KEY (source_id_a, source_key_a, source_id_b, source_key_b)
);
CREATE INDEX ix_match_evidence_b ON core.match_evidence (source_id_b, source_key_b);
COMMENT ON TABLE core.match_evidence IS 'Vì sao hai bản ghi không chung số hiệu được ghép, hoặc bị nghi là một: trọng số của từng trường';
COMMENT ON COLUMN core.match_evidence.source_id_a IS 'Nguồn của bản ghi thứ nhất';
COMMENT ON COLUMN core.match_evidence.source_key_a IS 'Khóa của bản ghi thứ nhất';
COMMENT ON COLUMN core.match_evidence.source_id_b IS 'Nguồn của bản ghi thứ hai';
COMMENT ON COLUMN core.match_evidence.source_key_b IS 'Khóa của bản ghi thứ hai';
COMMENT ON COLUMN core.match_evidence.rule IS 'Quy tắc: composite, probabilistic';
COMMENT ON COLUMN core.match_evidence.weight IS 'Tổng trọng số (log2 của tỉ lệ cược)';
COMMENT ON COLUMN core.match_evidence.evidence IS 'Trường → mức so khớp và trọng số; không có giá trị';

-- vault.rating_record as declared for the first release.
CREATE TABLE vault.rating_record (
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    clear_hash BYTEA NOT NULL,
    comment TEXT,
    CONSTRAINT pk_rating_record PRIMARY KEY (source_id, source_key, clear_hash)
);
COMMENT ON TABLE vault.rating_record IS 'Dữ liệu rõ của đánh giá';
COMMENT ON COLUMN vault.rating_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN vault.rating_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN vault.rating_record.clear_hash IS 'Băm có khóa của dữ liệu rõ';
COMMENT ON COLUMN vault.rating_record.comment IS 'Ý kiến của công dân';

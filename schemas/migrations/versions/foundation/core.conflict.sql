-- core.conflict as declared for the first release.
CREATE TABLE core.conflict (
    dossier_id BIGINT NOT NULL,
    field TEXT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    value TEXT,
    kept_value TEXT,
    kept_source_id TEXT,
    kept_source_key TEXT,
    kind TEXT NOT NULL,
    size DOUBLE PRECISION,
    CONSTRAINT pk_conflict PRIMARY KEY (dossier_id, field, source_id, source_key)
);
COMMENT ON TABLE core.conflict IS 'Giá trị thua khi các nguồn không khớp; dữ liệu cá nhân chỉ có chỗ tìm, không có giá trị';
COMMENT ON COLUMN core.conflict.dossier_id IS 'Số hồ sơ của kho';
COMMENT ON COLUMN core.conflict.field IS 'Trường';
COMMENT ON COLUMN core.conflict.source_id IS 'Nguồn của giá trị thua';
COMMENT ON COLUMN core.conflict.source_key IS 'Khóa bản ghi của giá trị thua';
COMMENT ON COLUMN core.conflict.value IS 'Giá trị thua (trống với dữ liệu cá nhân)';
COMMENT ON COLUMN core.conflict.kept_value IS 'Giá trị được giữ (trống với dữ liệu cá nhân)';
COMMENT ON COLUMN core.conflict.kept_source_id IS 'Nguồn của giá trị được giữ';
COMMENT ON COLUMN core.conflict.kept_source_key IS 'Khóa bản ghi của giá trị được giữ';
COMMENT ON COLUMN core.conflict.kind IS 'Kiểu khác nhau: precision, rounding, swapped_day_month, impossible, distortion, implied, number_day, outvoted, handed_over, behind, missing_digits, transposed, typing, tones, shortened, differs';
COMMENT ON COLUMN core.conflict.size IS 'Khác nhau bao nhiêu: ngày (thời điểm), số lần gõ khác (dữ liệu cá nhân); trống là không đo được';

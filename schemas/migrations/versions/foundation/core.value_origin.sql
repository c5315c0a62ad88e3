-- core.value_origin as declared for the first release.
CREATE TABLE core.value_origin (
    dossier_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    chosen BIGINT NOT NULL,
    reasons JSONB,
    CONSTRAINT pk_value_origin PRIMARY KEY (dossier_id, source_id, source_key)
);
COMMENT ON TABLE core.value_origin IS 'Nguồn của giá trị khi nhiều bản ghi cùng nêu một trường; đọc từng trường qua core.provenance';
COMMENT ON COLUMN core.value_origin.dossier_id IS 'Số hồ sơ của kho';
COMMENT ON COLUMN core.value_origin.source_id IS 'Nguồn của giá trị được giữ';
COMMENT ON COLUMN core.value_origin.source_key IS 'Khóa bản ghi của giá trị được giữ';
COMMENT ON COLUMN core.value_origin.chosen IS 'Những trường lấy từ bản ghi này, mỗi trường một bit';
COMMENT ON COLUMN core.value_origin.reasons IS 'Trường → vì sao giá trị của nguồn đáng tin hơn phải nhường; trống là theo thứ tự tin cậy';

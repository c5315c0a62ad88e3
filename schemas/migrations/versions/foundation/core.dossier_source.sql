-- core.dossier_source as declared for the first release.
CREATE TABLE core.dossier_source (
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    dossier_id BIGINT NOT NULL,
    rule TEXT NOT NULL,
    weight REAL NOT NULL,
    CONSTRAINT pk_dossier_source PRIMARY KEY (source_id, source_key)
)
 WITH (fillfactor = 80);
CREATE INDEX ix_dossier_source_dossier_id ON core.dossier_source (dossier_id);
COMMENT ON TABLE core.dossier_source IS 'Bản ghi nguồn nào thuộc hồ sơ nào, do quy tắc nào';
COMMENT ON COLUMN core.dossier_source.source_id IS 'Mã nguồn';
COMMENT ON COLUMN core.dossier_source.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN core.dossier_source.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';
COMMENT ON COLUMN core.dossier_source.rule IS 'Quy tắc ghép: alone, judgement, number, reference, composite, probabilistic';
COMMENT ON COLUMN core.dossier_source.weight IS 'Độ chắc chắn 0..1';

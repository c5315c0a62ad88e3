-- core.dossier_link as declared for the first release.
CREATE TABLE core.dossier_link (
    dossier_id BIGINT NOT NULL,
    next_dossier_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_dossier_link PRIMARY KEY (dossier_id, next_dossier_id, kind)
);
CREATE INDEX ix_dossier_link_next_dossier_id ON core.dossier_link (next_dossier_id);
COMMENT ON TABLE core.dossier_link IS 'Hồ sơ liên thông: hồ sơ này nối tiếp hồ sơ kia';
COMMENT ON COLUMN core.dossier_link.dossier_id IS 'Hồ sơ';
COMMENT ON COLUMN core.dossier_link.next_dossier_id IS 'Hồ sơ nối tiếp';
COMMENT ON COLUMN core.dossier_link.kind IS 'Loại liên kết: origin nêu số hồ sơ gốc, group cùng nhóm hồ sơ';

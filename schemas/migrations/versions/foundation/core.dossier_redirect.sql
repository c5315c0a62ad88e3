-- core.dossier_redirect as declared for the first release.
CREATE TABLE core.dossier_redirect (
    from_dossier_id BIGINT NOT NULL,
    to_dossier_id BIGINT NOT NULL,
    redirected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_dossier_redirect PRIMARY KEY (from_dossier_id)
);
CREATE INDEX ix_dossier_redirect_to_dossier_id ON core.dossier_redirect (to_dossier_id);
COMMENT ON TABLE core.dossier_redirect IS 'Số hồ sơ cũ nay thuộc hồ sơ khác';
COMMENT ON COLUMN core.dossier_redirect.from_dossier_id IS 'Số hồ sơ cũ';
COMMENT ON COLUMN core.dossier_redirect.to_dossier_id IS 'Số hồ sơ hiện hành';
COMMENT ON COLUMN core.dossier_redirect.redirected_at IS 'Thời điểm ghi nhận';
COMMENT ON COLUMN core.dossier_redirect.reason IS 'Lý do: merged, split';

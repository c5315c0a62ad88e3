-- core.agency_succession as declared for the first release.
CREATE TABLE core.agency_succession (
    from_agency_code TEXT NOT NULL,
    to_agency_code TEXT NOT NULL,
    on_date DATE NOT NULL,
    relation TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    legal_source TEXT NOT NULL,
    CONSTRAINT pk_agency_succession PRIMARY KEY (from_agency_code, to_agency_code, on_date)
);
COMMENT ON TABLE core.agency_succession IS 'Cơ quan nào kế tục cơ quan nào';
COMMENT ON COLUMN core.agency_succession.from_agency_code IS 'Mã cơ quan cũ';
COMMENT ON COLUMN core.agency_succession.to_agency_code IS 'Mã cơ quan kế tục (trống khi giải thể)';
COMMENT ON COLUMN core.agency_succession.on_date IS 'Ngày kế tục';
COMMENT ON COLUMN core.agency_succession.relation IS 'Quan hệ: unchanged, full, partial, remainder, merged, dissolved';
COMMENT ON COLUMN core.agency_succession.is_default IS 'Nơi nhận mặc định khi quy đổi';
COMMENT ON COLUMN core.agency_succession.legal_source IS 'Căn cứ';

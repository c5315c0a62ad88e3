-- ops.report_snapshot as declared for the first release.
CREATE TABLE ops.report_snapshot (
    snapshot_id BIGINT GENERATED ALWAYS AS IDENTITY,
    report TEXT NOT NULL,
    parameters JSONB NOT NULL,
    content JSONB NOT NULL,
    drawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_report_snapshot PRIMARY KEY (snapshot_id)
);
COMMENT ON TABLE ops.report_snapshot IS 'Báo cáo đã phát hành: tham số và nội dung, để đối chiếu về sau';
COMMENT ON COLUMN ops.report_snapshot.snapshot_id IS 'Số báo cáo';
COMMENT ON COLUMN ops.report_snapshot.report IS 'Tên báo cáo';
COMMENT ON COLUMN ops.report_snapshot.parameters IS 'Tham số: kỳ, thời điểm tính, thời điểm ghi nhận, quy tắc';
COMMENT ON COLUMN ops.report_snapshot.content IS 'Số liệu từng dòng';
COMMENT ON COLUMN ops.report_snapshot.drawn_at IS 'Thời điểm lập';

-- mart.dossier_version as declared for the first release.
CREATE TABLE mart.dossier_version (
    dossier_id BIGINT NOT NULL,
    recorded_from TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_to TIMESTAMP WITH TIME ZONE NOT NULL,
    dossier_no TEXT,
    procedure_code TEXT NOT NULL,
    field_name TEXT NOT NULL,
    receiving_agency_id BIGINT NOT NULL,
    processing_agency_id BIGINT NOT NULL,
    holder_agency_id BIGINT NOT NULL,
    channel SMALLINT NOT NULL,
    return_method SMALLINT,
    applicant_type SMALLINT,
    applicant_masked TEXT,
    status SMALLINT,
    submitted_at TIMESTAMP WITH TIME ZONE,
    received_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    original_due_at TIMESTAMP WITH TIME ZONE,
    legal_due_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    returned_at TIMESTAMP WITH TIME ZONE,
    effective_received_on DATE,
    received_basis TEXT,
    effective_finished_on DATE,
    finished_basis TEXT,
    repaired BOOLEAN NOT NULL,
    due_on DATE,
    stops TSTZMULTIRANGE NOT NULL,
    is_counted BOOLEAN NOT NULL,
    supplement_count SMALLINT NOT NULL,
    apology_count SMALLINT NOT NULL,
    paid_online BOOLEAN,
    digitised BOOLEAN,
    result_is_electronic BOOLEAN NOT NULL,
    source_count SMALLINT NOT NULL,
    is_deleted BOOLEAN NOT NULL,
    effective_received_at TIMESTAMP WITH TIME ZONE,
    received_precision TEXT,
    effective_finished_at TIMESTAMP WITH TIME ZONE,
    finished_precision TEXT,
    due_precision TEXT,
    extended_due_at TIMESTAMP WITH TIME ZONE,
    supplement_stops TSTZMULTIRANGE,
    second_supplement_at TIMESTAMP WITH TIME ZONE,
    reappointment_count SMALLINT NOT NULL,
    told_by TEXT,
    told_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_dossier_version PRIMARY KEY (dossier_id, recorded_from)
);
CREATE INDEX ix_dossier_version_foretold ON mart.dossier_version (effective_received_on) WHERE recorded_to = 'infinity' and effective_received_on > (recorded_from at time zone 'Asia/Ho_Chi_Minh')::date;
CREATE INDEX ix_dossier_version_receiving_agency_id_effective_received_on ON mart.dossier_version (receiving_agency_id, effective_received_on);
CREATE INDEX ix_dossier_version_recorded_from ON mart.dossier_version (recorded_from);
COMMENT ON TABLE mart.dossier_version IS 'Hồ sơ theo từng phiên bản ghi nhận, với thời điểm hiệu dụng để lập báo cáo';
COMMENT ON COLUMN mart.dossier_version.dossier_id IS 'Số hồ sơ của kho';
COMMENT ON COLUMN mart.dossier_version.recorded_from IS 'Ghi nhận từ';
COMMENT ON COLUMN mart.dossier_version.recorded_to IS 'Ghi nhận đến (không bao gồm)';
COMMENT ON COLUMN mart.dossier_version.dossier_no IS 'Mã hồ sơ';
COMMENT ON COLUMN mart.dossier_version.procedure_code IS 'Mã TTHC';
COMMENT ON COLUMN mart.dossier_version.field_name IS 'Lĩnh vực';
COMMENT ON COLUMN mart.dossier_version.receiving_agency_id IS 'Cơ quan tiếp nhận';
COMMENT ON COLUMN mart.dossier_version.processing_agency_id IS 'Cơ quan giải quyết';
COMMENT ON COLUMN mart.dossier_version.holder_agency_id IS 'Cơ quan đang giữ hồ sơ theo bản ghi mới nhất';
COMMENT ON COLUMN mart.dossier_version.channel IS 'Kênh';
COMMENT ON COLUMN mart.dossier_version.return_method IS 'Hình thức trả';
COMMENT ON COLUMN mart.dossier_version.applicant_type IS 'Loại đối tượng';
COMMENT ON COLUMN mart.dossier_version.applicant_masked IS 'Chủ hồ sơ, viết tắt';
COMMENT ON COLUMN mart.dossier_version.status IS 'Trạng thái';
COMMENT ON COLUMN mart.dossier_version.submitted_at IS 'Thời điểm nộp';
COMMENT ON COLUMN mart.dossier_version.received_at IS 'Thời điểm tiếp nhận như nguồn ghi';
COMMENT ON COLUMN mart.dossier_version.due_at IS 'Hẹn trả hiện hành';
COMMENT ON COLUMN mart.dossier_version.original_due_at IS 'Hẹn trả đầu tiên';
COMMENT ON COLUMN mart.dossier_version.legal_due_at IS 'Hạn theo quy định';
COMMENT ON COLUMN mart.dossier_version.finished_at IS 'Kết thúc xử lý như nguồn ghi';
COMMENT ON COLUMN mart.dossier_version.returned_at IS 'Trả kết quả';
COMMENT ON COLUMN mart.dossier_version.effective_received_on IS 'Ngày tiếp nhận hiệu dụng';
COMMENT ON COLUMN mart.dossier_version.received_basis IS 'Căn cứ ngày tiếp nhận: received_at, submitted_at, dossier_no';
COMMENT ON COLUMN mart.dossier_version.effective_finished_on IS 'Ngày kết thúc hiệu dụng';
COMMENT ON COLUMN mart.dossier_version.finished_basis IS 'Căn cứ ngày kết thúc: finished_at, returned_at, withdrawn_at, sent_back_at, step, recorded';
COMMENT ON COLUMN mart.dossier_version.repaired IS 'Ngày kết thúc sớm hơn ngày tiếp nhận nên lấy theo ngày tiếp nhận';
COMMENT ON COLUMN mart.dossier_version.due_on IS 'Ngày hẹn trả';
COMMENT ON COLUMN mart.dossier_version.stops IS 'Các khoảng tạm dừng (bổ sung, nghĩa vụ tài chính, dừng xử lý)';
COMMENT ON COLUMN mart.dossier_version.is_counted IS 'Được đếm trong báo cáo (không xóa, không ở trạng thái 1 và 3)';
COMMENT ON COLUMN mart.dossier_version.supplement_count IS 'Số lần yêu cầu bổ sung';
COMMENT ON COLUMN mart.dossier_version.apology_count IS 'Số lần xin lỗi';
COMMENT ON COLUMN mart.dossier_version.paid_online IS 'Đã thanh toán trực tuyến';
COMMENT ON COLUMN mart.dossier_version.digitised IS 'Có thành phần số hóa';
COMMENT ON COLUMN mart.dossier_version.result_is_electronic IS 'Có kết quả điện tử';
COMMENT ON COLUMN mart.dossier_version.source_count IS 'Số bản ghi nguồn';
COMMENT ON COLUMN mart.dossier_version.is_deleted IS 'Đã bị nguồn xóa';
COMMENT ON COLUMN mart.dossier_version.effective_received_at IS 'Thời điểm tiếp nhận hiệu dụng';
COMMENT ON COLUMN mart.dossier_version.received_precision IS 'Độ chính xác của thời điểm tiếp nhận hiệu dụng: s, m, d';
COMMENT ON COLUMN mart.dossier_version.effective_finished_at IS 'Thời điểm kết thúc hiệu dụng';
COMMENT ON COLUMN mart.dossier_version.finished_precision IS 'Độ chính xác của thời điểm kết thúc hiệu dụng: s, m, d';
COMMENT ON COLUMN mart.dossier_version.due_precision IS 'Độ chính xác của hẹn trả hiện hành: s, m, d';
COMMENT ON COLUMN mart.dossier_version.extended_due_at IS 'Hạn theo quy định cộng thời gian tạm dừng; trống khi còn đang dừng';
COMMENT ON COLUMN mart.dossier_version.supplement_stops IS 'Riêng các khoảng chờ bổ sung';
COMMENT ON COLUMN mart.dossier_version.second_supplement_at IS 'Thời điểm yêu cầu bổ sung lần thứ hai';
COMMENT ON COLUMN mart.dossier_version.reappointment_count IS 'Số lần hẹn lại, kể cả hẹn trả đổi mà không có bổ sung';
COMMENT ON COLUMN mart.dossier_version.told_by IS 'Nguồn quyết định phần xử lý khi kho ghi nhận';
COMMENT ON COLUMN mart.dossier_version.told_at IS 'Phiên bản của nguồn đó khi kho ghi nhận';

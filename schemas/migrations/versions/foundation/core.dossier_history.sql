-- core.dossier_history as declared for the first release.
CREATE TABLE core.dossier_history (
    dossier_id BIGINT NOT NULL,
    recorded_from TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_to TIMESTAMP WITH TIME ZONE NOT NULL,
    core_run_id BIGINT NOT NULL,
    dossier_no TEXT,
    procedure_code TEXT,
    local_procedure_code TEXT,
    procedure_name TEXT,
    procedure_case TEXT,
    field_code TEXT,
    field_name TEXT,
    submission_agency_id BIGINT,
    receiving_agency_id BIGINT,
    processing_agency_id BIGINT,
    holder_agency_id BIGINT,
    channel SMALLINT,
    return_method SMALLINT,
    applicant_id TEXT,
    applicant_type SMALLINT,
    applicant_masked TEXT,
    status SMALLINT,
    submitted_at TIMESTAMP WITH TIME ZONE,
    submitted_precision TEXT,
    acceptance_due_at TIMESTAMP WITH TIME ZONE,
    acceptance_due_precision TEXT,
    received_at TIMESTAMP WITH TIME ZONE,
    received_precision TEXT,
    due_at TIMESTAMP WITH TIME ZONE,
    due_precision TEXT,
    finished_at TIMESTAMP WITH TIME ZONE,
    finished_precision TEXT,
    returned_at TIMESTAMP WITH TIME ZONE,
    returned_precision TEXT,
    rejected_at TIMESTAMP WITH TIME ZONE,
    rejected_precision TEXT,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    withdrawn_precision TEXT,
    sent_back_at TIMESTAMP WITH TIME ZONE,
    sent_back_precision TEXT,
    suspended_at TIMESTAMP WITH TIME ZONE,
    suspended_precision TEXT,
    original_due_at TIMESTAMP WITH TIME ZONE,
    legal_due_at TIMESTAMP WITH TIME ZONE,
    closed_step_at TIMESTAMP WITH TIME ZONE,
    stops TSTZMULTIRANGE NOT NULL,
    supplement_stops TSTZMULTIRANGE,
    second_supplement_at TIMESTAMP WITH TIME ZONE,
    supplement_count SMALLINT NOT NULL,
    apology_count SMALLINT NOT NULL,
    reappointment_count SMALLINT NOT NULL,
    paid_online BOOLEAN,
    digitised BOOLEAN,
    result_is_electronic BOOLEAN NOT NULL,
    source_count SMALLINT NOT NULL,
    is_deleted BOOLEAN NOT NULL,
    flags TEXT[] NOT NULL,
    told_by TEXT,
    told_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_dossier_history PRIMARY KEY (dossier_id, recorded_from)
);
CREATE UNIQUE INDEX ix_dossier_history_open ON core.dossier_history (dossier_id) WHERE recorded_to = 'infinity';
CREATE INDEX ix_dossier_history_recorded_from ON core.dossier_history (recorded_from);
COMMENT ON TABLE core.dossier_history IS 'Nội dung hồ sơ theo thời điểm kho ghi nhận; chỉ thêm, không sửa';
COMMENT ON COLUMN core.dossier_history.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';
COMMENT ON COLUMN core.dossier_history.recorded_from IS 'Ghi nhận từ';
COMMENT ON COLUMN core.dossier_history.recorded_to IS 'Ghi nhận đến (không bao gồm; infinity là hiện hành)';
COMMENT ON COLUMN core.dossier_history.core_run_id IS 'Lần đối chiếu';
COMMENT ON COLUMN core.dossier_history.dossier_no IS 'Mã hồ sơ';
COMMENT ON COLUMN core.dossier_history.procedure_code IS 'Mã TTHC quốc gia (gốc)';
COMMENT ON COLUMN core.dossier_history.local_procedure_code IS 'Mã TTHC như nguồn ghi';
COMMENT ON COLUMN core.dossier_history.procedure_name IS 'Tên TTHC như nguồn ghi';
COMMENT ON COLUMN core.dossier_history.procedure_case IS 'Trường hợp';
COMMENT ON COLUMN core.dossier_history.field_code IS 'Mã lĩnh vực';
COMMENT ON COLUMN core.dossier_history.field_name IS 'Tên lĩnh vực';
COMMENT ON COLUMN core.dossier_history.submission_agency_id IS 'Cơ quan nơi nộp (core.agency)';
COMMENT ON COLUMN core.dossier_history.receiving_agency_id IS 'Cơ quan tiếp nhận (core.agency)';
COMMENT ON COLUMN core.dossier_history.processing_agency_id IS 'Cơ quan giải quyết (core.agency)';
COMMENT ON COLUMN core.dossier_history.holder_agency_id IS 'Cơ quan đang giữ theo bản ghi mới nhất (core.agency)';
COMMENT ON COLUMN core.dossier_history.channel IS 'Kênh: 1 trực tiếp, 2 trực tuyến, 3 bưu chính công ích';
COMMENT ON COLUMN core.dossier_history.return_method IS 'Hình thức trả kết quả';
COMMENT ON COLUMN core.dossier_history.applicant_id IS 'Khóa chủ hồ sơ (băm có khóa, dạng hex)';
COMMENT ON COLUMN core.dossier_history.applicant_type IS 'Loại đối tượng';
COMMENT ON COLUMN core.dossier_history.applicant_masked IS 'Chủ hồ sơ, viết tắt';
COMMENT ON COLUMN core.dossier_history.status IS 'Trạng thái hồ sơ 1..10';
COMMENT ON COLUMN core.dossier_history.submitted_at IS 'Thời điểm nộp hồ sơ';
COMMENT ON COLUMN core.dossier_history.submitted_precision IS 'Độ chính xác của «Thời điểm nộp hồ sơ»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.acceptance_due_at IS 'Hạn tiếp nhận hồ sơ trực tuyến';
COMMENT ON COLUMN core.dossier_history.acceptance_due_precision IS 'Độ chính xác của «Hạn tiếp nhận hồ sơ trực tuyến»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.received_at IS 'Thời điểm tiếp nhận';
COMMENT ON COLUMN core.dossier_history.received_precision IS 'Độ chính xác của «Thời điểm tiếp nhận»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.due_at IS 'Thời điểm hẹn trả kết quả (hiện hành)';
COMMENT ON COLUMN core.dossier_history.due_precision IS 'Độ chính xác của «Thời điểm hẹn trả kết quả (hiện hành)»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.finished_at IS 'Thời điểm kết thúc xử lý';
COMMENT ON COLUMN core.dossier_history.finished_precision IS 'Độ chính xác của «Thời điểm kết thúc xử lý»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.returned_at IS 'Thời điểm trả kết quả';
COMMENT ON COLUMN core.dossier_history.returned_precision IS 'Độ chính xác của «Thời điểm trả kết quả»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.rejected_at IS 'Thời điểm từ chối tiếp nhận';
COMMENT ON COLUMN core.dossier_history.rejected_precision IS 'Độ chính xác của «Thời điểm từ chối tiếp nhận»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.withdrawn_at IS 'Thời điểm rút hồ sơ';
COMMENT ON COLUMN core.dossier_history.withdrawn_precision IS 'Độ chính xác của «Thời điểm rút hồ sơ»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.sent_back_at IS 'Thời điểm trả lại hồ sơ';
COMMENT ON COLUMN core.dossier_history.sent_back_precision IS 'Độ chính xác của «Thời điểm trả lại hồ sơ»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.suspended_at IS 'Thời điểm dừng xử lý';
COMMENT ON COLUMN core.dossier_history.suspended_precision IS 'Độ chính xác của «Thời điểm dừng xử lý»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier_history.original_due_at IS 'Hẹn trả đầu tiên';
COMMENT ON COLUMN core.dossier_history.legal_due_at IS 'Hạn theo quy định, khi biết thời hạn có hiệu lực lúc tiếp nhận; chưa cộng tạm dừng';
COMMENT ON COLUMN core.dossier_history.closed_step_at IS 'Thời điểm bước đưa hồ sơ về trạng thái kết thúc';
COMMENT ON COLUMN core.dossier_history.stops IS 'Các khoảng tạm dừng: bổ sung, nghĩa vụ tài chính, dừng xử lý';
COMMENT ON COLUMN core.dossier_history.supplement_stops IS 'Riêng các khoảng chờ bổ sung trong các khoảng tạm dừng';
COMMENT ON COLUMN core.dossier_history.second_supplement_at IS 'Thời điểm yêu cầu bổ sung lần thứ hai; trống là không quá một lần';
COMMENT ON COLUMN core.dossier_history.supplement_count IS 'Số lần yêu cầu bổ sung';
COMMENT ON COLUMN core.dossier_history.apology_count IS 'Số lần xin lỗi';
COMMENT ON COLUMN core.dossier_history.reappointment_count IS 'Số lần hẹn lại';
COMMENT ON COLUMN core.dossier_history.paid_online IS 'Đã thanh toán trực tuyến';
COMMENT ON COLUMN core.dossier_history.digitised IS 'Có thành phần số hóa';
COMMENT ON COLUMN core.dossier_history.result_is_electronic IS 'Có kết quả điện tử';
COMMENT ON COLUMN core.dossier_history.source_count IS 'Số bản ghi nguồn';
COMMENT ON COLUMN core.dossier_history.is_deleted IS 'Mọi nguồn đều đã xóa';
COMMENT ON COLUMN core.dossier_history.flags IS 'Cờ chất lượng dữ liệu';
COMMENT ON COLUMN core.dossier_history.told_by IS 'Nguồn quyết định phần xử lý khi kho ghi nhận';
COMMENT ON COLUMN core.dossier_history.told_at IS 'Phiên bản của nguồn đó, đọc thành thời điểm, khi kho ghi nhận';

-- core.dossier as declared for the first release.
CREATE TABLE core.dossier (
    dossier_id BIGINT NOT NULL,
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
    first_recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_dossier PRIMARY KEY (dossier_id)
);
COMMENT ON TABLE core.dossier IS 'Hồ sơ TTHC: mỗi hồ sơ thật một dòng';
COMMENT ON COLUMN core.dossier.dossier_id IS 'Số hồ sơ của kho, không đổi suốt đời';
COMMENT ON COLUMN core.dossier.dossier_no IS 'Mã hồ sơ';
COMMENT ON COLUMN core.dossier.procedure_code IS 'Mã TTHC quốc gia (gốc)';
COMMENT ON COLUMN core.dossier.local_procedure_code IS 'Mã TTHC như nguồn ghi';
COMMENT ON COLUMN core.dossier.procedure_name IS 'Tên TTHC như nguồn ghi';
COMMENT ON COLUMN core.dossier.procedure_case IS 'Trường hợp';
COMMENT ON COLUMN core.dossier.field_code IS 'Mã lĩnh vực';
COMMENT ON COLUMN core.dossier.field_name IS 'Tên lĩnh vực';
COMMENT ON COLUMN core.dossier.submission_agency_id IS 'Cơ quan nơi nộp (core.agency)';
COMMENT ON COLUMN core.dossier.receiving_agency_id IS 'Cơ quan tiếp nhận (core.agency)';
COMMENT ON COLUMN core.dossier.processing_agency_id IS 'Cơ quan giải quyết (core.agency)';
COMMENT ON COLUMN core.dossier.holder_agency_id IS 'Cơ quan đang giữ theo bản ghi mới nhất (core.agency)';
COMMENT ON COLUMN core.dossier.channel IS 'Kênh: 1 trực tiếp, 2 trực tuyến, 3 bưu chính công ích';
COMMENT ON COLUMN core.dossier.return_method IS 'Hình thức trả kết quả';
COMMENT ON COLUMN core.dossier.applicant_id IS 'Khóa chủ hồ sơ (băm có khóa, dạng hex)';
COMMENT ON COLUMN core.dossier.applicant_type IS 'Loại đối tượng';
COMMENT ON COLUMN core.dossier.applicant_masked IS 'Chủ hồ sơ, viết tắt';
COMMENT ON COLUMN core.dossier.status IS 'Trạng thái hồ sơ 1..10';
COMMENT ON COLUMN core.dossier.submitted_at IS 'Thời điểm nộp hồ sơ';
COMMENT ON COLUMN core.dossier.submitted_precision IS 'Độ chính xác của «Thời điểm nộp hồ sơ»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.acceptance_due_at IS 'Hạn tiếp nhận hồ sơ trực tuyến';
COMMENT ON COLUMN core.dossier.acceptance_due_precision IS 'Độ chính xác của «Hạn tiếp nhận hồ sơ trực tuyến»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.received_at IS 'Thời điểm tiếp nhận';
COMMENT ON COLUMN core.dossier.received_precision IS 'Độ chính xác của «Thời điểm tiếp nhận»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.due_at IS 'Thời điểm hẹn trả kết quả (hiện hành)';
COMMENT ON COLUMN core.dossier.due_precision IS 'Độ chính xác của «Thời điểm hẹn trả kết quả (hiện hành)»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.finished_at IS 'Thời điểm kết thúc xử lý';
COMMENT ON COLUMN core.dossier.finished_precision IS 'Độ chính xác của «Thời điểm kết thúc xử lý»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.returned_at IS 'Thời điểm trả kết quả';
COMMENT ON COLUMN core.dossier.returned_precision IS 'Độ chính xác của «Thời điểm trả kết quả»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.rejected_at IS 'Thời điểm từ chối tiếp nhận';
COMMENT ON COLUMN core.dossier.rejected_precision IS 'Độ chính xác của «Thời điểm từ chối tiếp nhận»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.withdrawn_at IS 'Thời điểm rút hồ sơ';
COMMENT ON COLUMN core.dossier.withdrawn_precision IS 'Độ chính xác của «Thời điểm rút hồ sơ»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.sent_back_at IS 'Thời điểm trả lại hồ sơ';
COMMENT ON COLUMN core.dossier.sent_back_precision IS 'Độ chính xác của «Thời điểm trả lại hồ sơ»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.suspended_at IS 'Thời điểm dừng xử lý';
COMMENT ON COLUMN core.dossier.suspended_precision IS 'Độ chính xác của «Thời điểm dừng xử lý»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN core.dossier.original_due_at IS 'Hẹn trả đầu tiên';
COMMENT ON COLUMN core.dossier.legal_due_at IS 'Hạn theo quy định, khi biết thời hạn có hiệu lực lúc tiếp nhận; chưa cộng tạm dừng';
COMMENT ON COLUMN core.dossier.closed_step_at IS 'Thời điểm bước đưa hồ sơ về trạng thái kết thúc';
COMMENT ON COLUMN core.dossier.stops IS 'Các khoảng tạm dừng: bổ sung, nghĩa vụ tài chính, dừng xử lý';
COMMENT ON COLUMN core.dossier.supplement_stops IS 'Riêng các khoảng chờ bổ sung trong các khoảng tạm dừng';
COMMENT ON COLUMN core.dossier.second_supplement_at IS 'Thời điểm yêu cầu bổ sung lần thứ hai; trống là không quá một lần';
COMMENT ON COLUMN core.dossier.supplement_count IS 'Số lần yêu cầu bổ sung';
COMMENT ON COLUMN core.dossier.apology_count IS 'Số lần xin lỗi';
COMMENT ON COLUMN core.dossier.reappointment_count IS 'Số lần hẹn lại';
COMMENT ON COLUMN core.dossier.paid_online IS 'Đã thanh toán trực tuyến';
COMMENT ON COLUMN core.dossier.digitised IS 'Có thành phần số hóa';
COMMENT ON COLUMN core.dossier.result_is_electronic IS 'Có kết quả điện tử';
COMMENT ON COLUMN core.dossier.source_count IS 'Số bản ghi nguồn';
COMMENT ON COLUMN core.dossier.is_deleted IS 'Mọi nguồn đều đã xóa';
COMMENT ON COLUMN core.dossier.flags IS 'Cờ chất lượng dữ liệu';
COMMENT ON COLUMN core.dossier.told_by IS 'Nguồn quyết định phần xử lý khi kho ghi nhận';
COMMENT ON COLUMN core.dossier.told_at IS 'Phiên bản của nguồn đó, đọc thành thời điểm, khi kho ghi nhận';
COMMENT ON COLUMN core.dossier.first_recorded_at IS 'Lần đầu kho ghi nhận';
COMMENT ON COLUMN core.dossier.last_recorded_at IS 'Lần cuối nội dung thay đổi';

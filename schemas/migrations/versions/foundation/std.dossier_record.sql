-- std.dossier_record as declared for the first release.
CREATE TABLE std.dossier_record (
    source_id TEXT NOT NULL,
    source_key TEXT NOT NULL,
    batch_id BIGINT NOT NULL,
    raw_row INTEGER NOT NULL,
    payload_hash BYTEA NOT NULL,
    version TEXT,
    version_at TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    flags TEXT[] NOT NULL,
    clear_hash BYTEA,
    key_id SMALLINT,
    is_deleted BOOLEAN NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    deletion TEXT,
    dossier_no TEXT,
    number_form TEXT,
    number_agency_code TEXT,
    number_date DATE,
    alt_dossier_no TEXT,
    receipt_no TEXT,
    portal_no TEXT,
    ministry_no TEXT,
    reference_uid TEXT,
    origin_no TEXT,
    group_no TEXT,
    procedure_code TEXT,
    local_procedure_code TEXT,
    procedure_name TEXT,
    procedure_case TEXT,
    field_code TEXT,
    field_name TEXT,
    channel SMALLINT,
    return_method SMALLINT,
    applicant_type SMALLINT,
    status SMALLINT,
    source_status TEXT,
    submission_place SMALLINT,
    online_payment SMALLINT,
    has_digitised_component BOOLEAN,
    vneid_verified BOOLEAN,
    linked_databases TEXT,
    set_count INTEGER,
    submission_agency_code TEXT,
    receiving_agency_code TEXT,
    processing_agency_code TEXT,
    processing_agency_name TEXT,
    applicant_id_hash BYTEA,
    applicant_id_kind TEXT,
    applicant_id_masked TEXT,
    applicant_name_hash BYTEA,
    applicant_name_masked TEXT,
    applicant_phone_hash BYTEA,
    applicant_tech_id_hash BYTEA,
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
    has_note BOOLEAN,
    has_return_info BOOLEAN,
    has_rejection_reason BOOLEAN,
    filed_on DATE,
    CONSTRAINT pk_dossier_record PRIMARY KEY (source_id, source_key)
);
CREATE INDEX ix_dossier_record_batch_id ON std.dossier_record (batch_id);
CREATE INDEX ix_dossier_record_desk_day ON std.dossier_record (receiving_agency_code, filed_on, procedure_code);
CREATE INDEX ix_dossier_record_dossier_no_source_id ON std.dossier_record (dossier_no, source_id);
CREATE INDEX ix_dossier_record_group_no ON std.dossier_record (group_no) WHERE group_no is not null;
CREATE INDEX ix_dossier_record_handler_day ON std.dossier_record (processing_agency_code, filed_on, procedure_code) WHERE receiving_agency_code is distinct from processing_agency_code;
CREATE INDEX ix_dossier_record_no_procedure ON std.dossier_record (receiving_agency_code, filed_on) WHERE procedure_code is null;
CREATE INDEX ix_dossier_record_nowhere_day ON std.dossier_record (filed_on, procedure_code) WHERE receiving_agency_code is null and processing_agency_code is null;
CREATE INDEX ix_dossier_record_origin_no ON std.dossier_record (origin_no) WHERE origin_no is not null;
CREATE INDEX ix_dossier_record_seekers ON std.dossier_record (receiving_agency_code, filed_on, procedure_code) WHERE number_form is null or number_form in ('legacy', 'invented');
COMMENT ON TABLE std.dossier_record IS 'Bản ghi hồ sơ mới nhất của từng nguồn, đã chuẩn hóa';
COMMENT ON COLUMN std.dossier_record.source_id IS 'Mã nguồn';
COMMENT ON COLUMN std.dossier_record.source_key IS 'Khóa bản ghi ở nguồn';
COMMENT ON COLUMN std.dossier_record.batch_id IS 'Lô dữ liệu gốc đã ghi bản ghi này (ops.batch)';
COMMENT ON COLUMN std.dossier_record.raw_row IS 'Thứ tự dòng trong lô, tính từ 0';
COMMENT ON COLUMN std.dossier_record.payload_hash IS 'SHA-256 của nội dung gốc (không gồm trường tự biến động)';
COMMENT ON COLUMN std.dossier_record.version IS 'Phiên bản do nguồn công bố, giữ nguyên văn';
COMMENT ON COLUMN std.dossier_record.version_at IS 'Phiên bản của nguồn đọc thành thời điểm, để so trước sau';
COMMENT ON COLUMN std.dossier_record.recorded_at IS 'Thời điểm kho ghi nhận lô dữ liệu';
COMMENT ON COLUMN std.dossier_record.flags IS 'Cờ chất lượng dữ liệu của bản ghi';
COMMENT ON COLUMN std.dossier_record.clear_hash IS 'Băm có khóa của toàn bộ dữ liệu rõ ở vault';
COMMENT ON COLUMN std.dossier_record.key_id IS 'Số hiệu khóa băm';
COMMENT ON COLUMN std.dossier_record.is_deleted IS 'Nguồn đã xóa bản ghi';
COMMENT ON COLUMN std.dossier_record.deleted_at IS 'Thời điểm nguồn xóa, hoặc kho ghi nhận là đã mất';
COMMENT ON COLUMN std.dossier_record.deletion IS 'Vì sao là đã xóa: source (cột xóa), message (bản tin xóa), vanished (đã mất)';
COMMENT ON COLUMN std.dossier_record.dossier_no IS 'Mã hồ sơ đã chuẩn hóa';
COMMENT ON COLUMN std.dossier_record.number_form IS 'Dạng mã hồ sơ: tt01 (YYMMDD), tt03 (YYYYMMDD), invented (do phần mềm đặt), legacy';
COMMENT ON COLUMN std.dossier_record.number_agency_code IS 'Mã đơn vị nằm trong mã hồ sơ';
COMMENT ON COLUMN std.dossier_record.number_date IS 'Ngày nằm trong mã hồ sơ';
COMMENT ON COLUMN std.dossier_record.alt_dossier_no IS 'Mã hồ sơ khác (MaHoSoKhac)';
COMMENT ON COLUMN std.dossier_record.receipt_no IS 'Số biên nhận';
COMMENT ON COLUMN std.dossier_record.portal_no IS 'Mã hồ sơ trên Cổng';
COMMENT ON COLUMN std.dossier_record.ministry_no IS 'Mã hồ sơ ở hệ thống bộ, ngành';
COMMENT ON COLUMN std.dossier_record.reference_uid IS 'Mã tham chiếu liên hệ thống';
COMMENT ON COLUMN std.dossier_record.origin_no IS 'Mã hồ sơ gốc mà hồ sơ này nối tiếp (liên thông)';
COMMENT ON COLUMN std.dossier_record.group_no IS 'Nhóm hồ sơ liên thông ở nguồn: khóa của hồ sơ nhóm';
COMMENT ON COLUMN std.dossier_record.procedure_code IS 'Mã TTHC quốc gia (gốc)';
COMMENT ON COLUMN std.dossier_record.local_procedure_code IS 'Mã TTHC như nguồn ghi';
COMMENT ON COLUMN std.dossier_record.procedure_name IS 'Tên TTHC như nguồn ghi';
COMMENT ON COLUMN std.dossier_record.procedure_case IS 'Trường hợp';
COMMENT ON COLUMN std.dossier_record.field_code IS 'Mã lĩnh vực';
COMMENT ON COLUMN std.dossier_record.field_name IS 'Tên lĩnh vực';
COMMENT ON COLUMN std.dossier_record.channel IS 'Kênh: 1 trực tiếp, 2 trực tuyến, 3 bưu chính công ích';
COMMENT ON COLUMN std.dossier_record.return_method IS 'Hình thức trả: 0 trực tiếp, 1 bưu chính, 2 điện tử';
COMMENT ON COLUMN std.dossier_record.applicant_type IS 'Đối tượng: 1 người dân, 2 doanh nghiệp, 3 cơ quan, 4 tổ chức khác';
COMMENT ON COLUMN std.dossier_record.status IS 'Trạng thái hồ sơ 1..10';
COMMENT ON COLUMN std.dossier_record.source_status IS 'Mã trạng thái như nguồn ghi';
COMMENT ON COLUMN std.dossier_record.submission_place IS 'Nơi nộp: 1 Cổng DVCQG, 2 cổng bộ, ngành, địa phương';
COMMENT ON COLUMN std.dossier_record.online_payment IS 'Thanh toán trực tuyến 0..3';
COMMENT ON COLUMN std.dossier_record.has_digitised_component IS 'Có thành phần số hóa';
COMMENT ON COLUMN std.dossier_record.vneid_verified IS 'Tài khoản đã xác thực VNeID';
COMMENT ON COLUMN std.dossier_record.linked_databases IS 'Các CSDL đã kết nối, cách nhau bằng dấu phẩy';
COMMENT ON COLUMN std.dossier_record.set_count IS 'Số bộ hồ sơ';
COMMENT ON COLUMN std.dossier_record.submission_agency_code IS 'Mã cơ quan nơi nộp';
COMMENT ON COLUMN std.dossier_record.receiving_agency_code IS 'Mã cơ quan tiếp nhận';
COMMENT ON COLUMN std.dossier_record.processing_agency_code IS 'Mã cơ quan giải quyết';
COMMENT ON COLUMN std.dossier_record.processing_agency_name IS 'Tên cơ quan giải quyết như nguồn ghi';
COMMENT ON COLUMN std.dossier_record.applicant_id_hash IS 'Băm có khóa của số định danh chủ hồ sơ';
COMMENT ON COLUMN std.dossier_record.applicant_id_kind IS 'Loại giấy tờ: cccd, cmnd, tax, passport, other';
COMMENT ON COLUMN std.dossier_record.applicant_id_masked IS 'Số định danh che bớt';
COMMENT ON COLUMN std.dossier_record.applicant_name_hash IS 'Băm có khóa của tên chủ hồ sơ';
COMMENT ON COLUMN std.dossier_record.applicant_name_masked IS 'Tên chủ hồ sơ viết tắt';
COMMENT ON COLUMN std.dossier_record.applicant_phone_hash IS 'Băm có khóa của số điện thoại';
COMMENT ON COLUMN std.dossier_record.applicant_tech_id_hash IS 'Băm có khóa của TechID';
COMMENT ON COLUMN std.dossier_record.submitted_at IS 'Thời điểm nộp hồ sơ';
COMMENT ON COLUMN std.dossier_record.submitted_precision IS 'Độ chính xác của «Thời điểm nộp hồ sơ»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.acceptance_due_at IS 'Hạn tiếp nhận hồ sơ trực tuyến';
COMMENT ON COLUMN std.dossier_record.acceptance_due_precision IS 'Độ chính xác của «Hạn tiếp nhận hồ sơ trực tuyến»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.received_at IS 'Thời điểm tiếp nhận';
COMMENT ON COLUMN std.dossier_record.received_precision IS 'Độ chính xác của «Thời điểm tiếp nhận»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.due_at IS 'Thời điểm hẹn trả kết quả (hiện hành)';
COMMENT ON COLUMN std.dossier_record.due_precision IS 'Độ chính xác của «Thời điểm hẹn trả kết quả (hiện hành)»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.finished_at IS 'Thời điểm kết thúc xử lý';
COMMENT ON COLUMN std.dossier_record.finished_precision IS 'Độ chính xác của «Thời điểm kết thúc xử lý»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.returned_at IS 'Thời điểm trả kết quả';
COMMENT ON COLUMN std.dossier_record.returned_precision IS 'Độ chính xác của «Thời điểm trả kết quả»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.rejected_at IS 'Thời điểm từ chối tiếp nhận';
COMMENT ON COLUMN std.dossier_record.rejected_precision IS 'Độ chính xác của «Thời điểm từ chối tiếp nhận»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.withdrawn_at IS 'Thời điểm rút hồ sơ';
COMMENT ON COLUMN std.dossier_record.withdrawn_precision IS 'Độ chính xác của «Thời điểm rút hồ sơ»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.sent_back_at IS 'Thời điểm trả lại hồ sơ';
COMMENT ON COLUMN std.dossier_record.sent_back_precision IS 'Độ chính xác của «Thời điểm trả lại hồ sơ»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.suspended_at IS 'Thời điểm dừng xử lý';
COMMENT ON COLUMN std.dossier_record.suspended_precision IS 'Độ chính xác của «Thời điểm dừng xử lý»: s giây, m phút, d chỉ có ngày';
COMMENT ON COLUMN std.dossier_record.has_note IS 'Có ghi chú (trống: nguồn không có trường này)';
COMMENT ON COLUMN std.dossier_record.has_return_info IS 'Có thông tin trả (trống: nguồn không có trường này)';
COMMENT ON COLUMN std.dossier_record.has_rejection_reason IS 'Có lý do từ chối (trống: nguồn không có trường này)';
COMMENT ON COLUMN std.dossier_record.filed_on IS 'Ngày vào sổ (giờ Việt Nam): ngày tiếp nhận, không có thì ngày nộp, rồi đến ngày trong mã hồ sơ';

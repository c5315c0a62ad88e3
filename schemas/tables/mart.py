"""Schema mart: figures and what they stand on; the bi views and functions read this schema alone.

Here: the dossier fact by recorded version with its effective times, the dimensions, and the rules that the bi
functions obey. Not here: personal data, source payloads. `mart.dossier_version` carries every recorded version,
so that each report can be drawn as of any event date and any recorded time (rule `effective_v1`, form II.06a of
TT 01/2020/TT-VPCP). How each column is derived stands in `assets/sql/mart`.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from schemas.tables.base import TEXT, TIME, col, table

DOSSIER_VERSION = table(
    "mart",
    "dossier_version",
    "Hồ sơ theo từng phiên bản ghi nhận, với thời điểm hiệu dụng để lập báo cáo",
    col("dossier_id", sa.BigInteger(), "Số hồ sơ của kho", primary_key=True, autoincrement=False),
    col("recorded_from", TIME, "Ghi nhận từ", primary_key=True),
    col("recorded_to", TIME, "Ghi nhận đến (không bao gồm)", nullable=False),
    col("dossier_no", TEXT, "Mã hồ sơ"),
    col("procedure_code", TEXT, "Mã TTHC", nullable=False),
    col("field_name", TEXT, "Lĩnh vực", nullable=False),
    col("receiving_agency_id", sa.BigInteger(), "Cơ quan tiếp nhận", nullable=False),
    col("processing_agency_id", sa.BigInteger(), "Cơ quan giải quyết", nullable=False),
    col("holder_agency_id", sa.BigInteger(), "Cơ quan đang giữ hồ sơ theo bản ghi mới nhất", nullable=False),
    col("channel", sa.SmallInteger(), "Kênh", nullable=False),
    col("return_method", sa.SmallInteger(), "Hình thức trả"),
    col("applicant_type", sa.SmallInteger(), "Loại đối tượng"),
    col("applicant_masked", TEXT, "Chủ hồ sơ, viết tắt", sensitivity="masked"),
    col("status", sa.SmallInteger(), "Trạng thái"),
    col("submitted_at", TIME, "Thời điểm nộp"),
    col("received_at", TIME, "Thời điểm tiếp nhận như nguồn ghi"),
    col("due_at", TIME, "Hẹn trả hiện hành"),
    col("original_due_at", TIME, "Hẹn trả đầu tiên"),
    col("legal_due_at", TIME, "Hạn theo quy định"),
    col("finished_at", TIME, "Kết thúc xử lý như nguồn ghi"),
    col("returned_at", TIME, "Trả kết quả"),
    col("effective_received_on", sa.Date(), "Ngày tiếp nhận hiệu dụng"),
    col("received_basis", TEXT, "Căn cứ ngày tiếp nhận: received_at, submitted_at, dossier_no"),
    col("effective_finished_on", sa.Date(), "Ngày kết thúc hiệu dụng"),
    col(
        "finished_basis",
        TEXT,
        "Căn cứ ngày kết thúc: finished_at, returned_at, withdrawn_at, sent_back_at, step, recorded",
    ),
    col("repaired", sa.Boolean(), "Ngày kết thúc sớm hơn ngày tiếp nhận nên lấy theo ngày tiếp nhận", nullable=False),
    col("due_on", sa.Date(), "Ngày hẹn trả"),
    col("stops", pg.TSTZMULTIRANGE(), "Các khoảng tạm dừng (bổ sung, nghĩa vụ tài chính, dừng xử lý)", nullable=False),
    col("is_counted", sa.Boolean(), "Được đếm trong báo cáo (không xóa, không ở trạng thái 1 và 3)", nullable=False),
    col("supplement_count", sa.SmallInteger(), "Số lần yêu cầu bổ sung", nullable=False),
    col("apology_count", sa.SmallInteger(), "Số lần xin lỗi", nullable=False),
    col("paid_online", sa.Boolean(), "Đã thanh toán trực tuyến"),
    col("digitised", sa.Boolean(), "Có thành phần số hóa"),
    col("result_is_electronic", sa.Boolean(), "Có kết quả điện tử", nullable=False),
    col("source_count", sa.SmallInteger(), "Số bản ghi nguồn", nullable=False),
    col("is_deleted", sa.Boolean(), "Đã bị nguồn xóa", nullable=False),
    col("effective_received_at", TIME, "Thời điểm tiếp nhận hiệu dụng"),
    col("received_precision", TEXT, "Độ chính xác của thời điểm tiếp nhận hiệu dụng: s, m, d"),
    col("effective_finished_at", TIME, "Thời điểm kết thúc hiệu dụng"),
    col("finished_precision", TEXT, "Độ chính xác của thời điểm kết thúc hiệu dụng: s, m, d"),
    col("due_precision", TEXT, "Độ chính xác của hẹn trả hiện hành: s, m, d"),
    col("extended_due_at", TIME, "Hạn theo quy định cộng thời gian tạm dừng; trống khi còn đang dừng"),
    col("supplement_stops", pg.TSTZMULTIRANGE(), "Riêng các khoảng chờ bổ sung"),
    col("second_supplement_at", TIME, "Thời điểm yêu cầu bổ sung lần thứ hai"),
    col(
        "reappointment_count",
        sa.SmallInteger(),
        "Số lần hẹn lại, kể cả hẹn trả đổi mà không có bổ sung",
        nullable=False,
    ),
    col("told_by", TEXT, "Nguồn quyết định phần xử lý khi kho ghi nhận"),
    col("told_at", TIME, "Phiên bản của nguồn đó khi kho ghi nhận"),
    sa.Index(None, "receiving_agency_id", "effective_received_on"),
    sa.Index(
        "ix_dossier_version_foretold",
        "effective_received_on",
        postgresql_where=sa.text(
            "recorded_to = 'infinity' and effective_received_on > (recorded_from at time zone 'Asia/Ho_Chi_Minh')::date"
        ),
    ),
    sa.Index(None, "recorded_from"),
)

AGENCY_DIM = table(
    "mart",
    "agency",
    "Chiều cơ quan",
    col("agency_id", sa.BigInteger(), "Số cơ quan của kho", primary_key=True, autoincrement=False),
    col("agency_code", TEXT, "Mã định danh", nullable=False),
    col("name", TEXT, "Tên cơ quan", nullable=False),
    col("level", TEXT, "Cấp", nullable=False),
    col("catalog", TEXT, "Nhóm cơ quan"),
    col("parent_agency_code", TEXT, "Mã cơ quan cấp trên"),
    col("admin_unit_code", TEXT, "Mã đơn vị hành chính"),
    col("valid_from", sa.Date(), "Hiệu lực từ", nullable=False),
    col("valid_to", sa.Date(), "Hết hiệu lực từ (không bao gồm)", nullable=False),
    col("current_agency_code", TEXT, "Mã cơ quan kế tục hiện nay (mặc định khi bị chia)"),
    col("current_agency_id", sa.BigInteger(), "Số của cơ quan kế tục hiện nay (mặc định khi bị chia)"),
    col(
        "successors", sa.SmallInteger(), "Số cơ quan hiện nay có thể đã nhận việc; 1 là kế tục trọn vẹn", nullable=False
    ),
    col("sort_key", TEXT, "Khóa sắp xếp tiếng Việt", nullable=False),
)

AGENCY_SUCCESSOR = table(
    "mart",
    "agency_successor",
    "Cơ quan hiện nay nào có thể đã nhận việc của một cơ quan không còn; dùng để quy đổi về cơ cấu hiện nay",
    col("agency_id", sa.BigInteger(), "Cơ quan không còn", primary_key=True, autoincrement=False),
    col("successor_agency_id", sa.BigInteger(), "Cơ quan hiện nay", primary_key=True, autoincrement=False),
    col("is_default", sa.Boolean(), "Nơi nhận mặc định khi không có bằng chứng khác", nullable=False),
)

JOURNEY = table(
    "mart",
    "journey",
    "Hành trình liên thông: các hồ sơ nối tiếp nhau, xét theo thời hạn của thủ tục liên thông",
    col(
        "journey_id",
        sa.BigInteger(),
        "Số hành trình: số hồ sơ nhỏ nhất trong chuỗi",
        primary_key=True,
        autoincrement=False,
    ),
    col("first_dossier_id", sa.BigInteger(), "Hồ sơ đầu chuỗi", nullable=False),
    col("dossier_no", TEXT, "Mã hồ sơ đầu chuỗi"),
    col("procedure_code", TEXT, "Thủ tục liên thông: thủ tục của hồ sơ đầu chuỗi", nullable=False),
    col("receiving_agency_id", sa.BigInteger(), "Cơ quan tiếp nhận của hồ sơ đầu chuỗi", nullable=False),
    col("legs", sa.SmallInteger(), "Số chặng", nullable=False),
    col("finished_legs", sa.SmallInteger(), "Số chặng đã xong", nullable=False),
    col("received_on", sa.Date(), "Ngày tiếp nhận đầu tiên"),
    col("finished_on", sa.Date(), "Ngày có kết quả cuối cùng; trống khi còn chặng chưa xong"),
    col("limit_on", sa.Date(), "Hạn của thủ tục liên thông; trống khi không biết thời hạn có hiệu lực lúc tiếp nhận"),
    col("outcome", TEXT, "Kết quả so hạn: early, on_time, overdue; trống khi chưa xong hoặc không biết hạn"),
)

JOURNEY_LEG = table(
    "mart",
    "journey_leg",
    "Chặng của hành trình liên thông, xét theo hẹn trả của chính chặng",
    col("dossier_id", sa.BigInteger(), "Hồ sơ của chặng", primary_key=True, autoincrement=False),
    col("journey_id", sa.BigInteger(), "Hành trình", nullable=False),
    col("leg_no", sa.SmallInteger(), "Thứ tự chặng", nullable=False),
    col("previous_dossier_id", sa.BigInteger(), "Hồ sơ mà chặng này nối tiếp"),
    col("kind", TEXT, "Căn cứ nối: origin, group"),
    col("dossier_no", TEXT, "Mã hồ sơ"),
    col("procedure_code", TEXT, "Mã TTHC", nullable=False),
    col("receiving_agency_id", sa.BigInteger(), "Cơ quan tiếp nhận chặng", nullable=False),
    col("processing_agency_id", sa.BigInteger(), "Cơ quan giải quyết chặng", nullable=False),
    col("status", sa.SmallInteger(), "Trạng thái"),
    col("received_on", sa.Date(), "Ngày tiếp nhận"),
    col("due_on", sa.Date(), "Ngày hẹn trả của chặng"),
    col("finished_on", sa.Date(), "Ngày kết thúc"),
    col(
        "outcome", TEXT, "Kết quả so hạn của chặng: early, on_time, overdue; trống khi chưa xong hoặc không có hẹn trả"
    ),
    sa.Index(None, "journey_id"),
)

PROCEDURE_DIM = table(
    "mart",
    "procedure",
    "Chiều thủ tục hành chính",
    col("procedure_code", TEXT, "Mã TTHC", primary_key=True),
    col("name", TEXT, "Tên thủ tục", nullable=False),
    col("field_name", TEXT, "Lĩnh vực", nullable=False),
    col("levels", TEXT, "Cấp thực hiện"),
    col("in_catalogue", sa.Boolean(), "Có trong danh mục quốc gia", nullable=False),
)

DAY_DIM = table(
    "mart",
    "day",
    "Chiều ngày",
    col("day", sa.Date(), "Ngày", primary_key=True),
    col("is_working", sa.Boolean(), "Ngày làm việc", nullable=False),
    col("is_makeup_day", sa.Boolean(), "Ngày làm bù", nullable=False),
    col("holiday_name", TEXT, "Tên ngày nghỉ"),
    col("is_projected", sa.Boolean(), "Dự kiến", nullable=False),
    col("vpcp_month", TEXT, "Kỳ tháng VPCP (15 tháng trước đến 14 tháng này), dạng YYYY-MM", nullable=False),
    col("vpcp_quarter", TEXT, "Kỳ quý VPCP, dạng YYYY-QN", nullable=False),
    col("calendar_month", TEXT, "Tháng dương lịch, dạng YYYY-MM", nullable=False),
    col("working_index", sa.Integer(), "Số ngày làm việc tính đến hết ngày này", nullable=False),
)

SOURCE_HEALTH = table(
    "mart",
    "source_health",
    "Tình trạng từng nguồn và từng cơ quan trong nguồn, theo lần đánh giá gần nhất",
    col("source_id", TEXT, "Mã nguồn", primary_key=True),
    col("agency_code", TEXT, "Mã cơ quan tiếp nhận; trống là cả nguồn", primary_key=True),
    col("level", TEXT, "Cấp của nguồn", nullable=False),
    col("is_active", sa.Boolean(), "Nguồn đang được hỏi", nullable=False),
    col("judged_at", TIME, "Thời điểm đánh giá gần nhất mà dòng này thay đổi", nullable=False),
    col(
        "verdict",
        TEXT,
        "Kết luận: ok, not_learned, unaccounted, never, failed, incomplete, skipped, late, silent, strange, skewed, "
        "ahead, lag_short, ended",
        nullable=False,
    ),
    col("sentence", TEXT, "Kết luận bằng một câu, kèm việc cần làm", nullable=False),
    col("last_success_at", TIME, "Lần đọc trọn vẹn gần nhất của mọi luồng"),
    col("late_by", sa.Interval(), "Quá hạn hỏi bao lâu; trống là không muộn"),
    col("window_to", sa.Date(), "Ngày cuối được xét, đã chừa độ trễ thường có"),
    col("window_days", sa.Integer(), "Số ngày được xét, không tính ngày nghỉ lễ và những ngày quanh Tết"),
    col("expected", sa.Double(), "Số hồ sơ thường có trong những ngày đó; trống là chưa đủ dữ liệu để biết"),
    col("seen", sa.BigInteger(), "Số hồ sơ đã thấy trong những ngày đó"),
    col("probability", sa.Double(), "Xác suất của số đã thấy nếu mọi việc vẫn như thường lệ; trống khi không khác xa"),
    col("history_days", sa.Integer(), "Số ngày đã dùng để biết thế nào là thường lệ"),
    col("lag_median", sa.Interval(), "Trung vị thời gian từ phiên bản ở nguồn đến khi kho ghi nhận"),
    col("lag_p95", sa.Interval(), "Phân vị 95% của thời gian đó"),
    col("lag_declared", sa.Interval(), "Độ lùi con trỏ đang khai báo"),
    col("lag_needed", sa.Interval(), "Bản ghi đến muộn nhất đã nằm sau con trỏ bao lâu"),
    col("lag_proposed", sa.Interval(), "Độ lùi đề nghị khai báo; trống là không cần đổi"),
    col("clock_skew_s", sa.Integer(), "Đồng hồ nguồn nhanh hơn đồng hồ kho bao nhiêu giây (âm là chậm hơn)"),
    col("version_ahead_s", sa.Integer(), "Phiên bản mới nhất nằm trong tương lai bao nhiêu giây"),
    col("open_quarantine", sa.BigInteger(), "Số bản ghi đang bị cách ly", nullable=False),
    col("open_drift", sa.BigInteger(), "Số điều lạ chưa được khai báo", nullable=False),
    col("pending", sa.BigInteger(), "Số bản ghi còn chờ ở kho gốc", nullable=False),
    col("difference", sa.BigInteger(), "Số bản ghi không cân đối; 0 là đúng", nullable=False),
)

CODE_DIM = table(
    "mart",
    "code_list",
    "Chiều danh mục mã dùng chung",
    col("list", TEXT, "Danh mục: status, channel, applicant_type, return_method", primary_key=True),
    col("code", sa.SmallInteger(), "Mã", primary_key=True, autoincrement=False),
    col("name", TEXT, "Tên tiếng Việt", nullable=False),
)

RULE_DIM = table(
    "mart",
    "rule",
    "Quy tắc nghiệp vụ mà các hàm báo cáo tuân theo, có hiệu lực và thời điểm ghi nhận",
    col("rule_id", TEXT, "Mã quy tắc", primary_key=True),
    col("valid_from", sa.Date(), "Hiệu lực từ ngày", primary_key=True),
    col("recorded_from", TIME, "Ghi nhận từ", primary_key=True),
    col("recorded_to", TIME, "Ghi nhận đến (không bao gồm)", nullable=False),
    col("valid_to", sa.Date(), "Hết hiệu lực từ ngày (không bao gồm)"),
    col("parameters", pg.JSONB(), "Tham số", nullable=False),
)

"""Schema ops: the ledger. What was asked of whom, what came, where it lies and who has consumed it.

Here: sources, pulls, batches, consumption, watermarks, quarantine, drift, runs of core, report snapshots,
rules as data. Not here: any value of a dossier. The ledger, with the raw store, is primary data: it is
never rebuilt. The view `ops.balance` is in `schemas/migrations/sql`.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from schemas.tables.base import HASH, TEXT, TIME, col, table

SOURCE = table(
    "ops",
    "source",
    "Nguồn dữ liệu đã từng được khai báo",
    col("source_id", TEXT, "Mã nguồn", primary_key=True),
    col("level", TEXT, "Cấp: portal, national, province, district, commune", nullable=False),
    col("family", TEXT, "Họ kết nối: rest, odbc, files", nullable=False),
    col("mapping", TEXT, "Tên bảng ánh xạ", nullable=False),
    col("agency_code", TEXT, "Mã cơ quan sở hữu nguồn, nếu có"),
    col("valid_from", sa.Date(), "Hiệu lực từ ngày"),
    col("valid_to", sa.Date(), "Hết hiệu lực từ ngày (không bao gồm)"),
    col("first_seen_at", TIME, "Lần đầu kho biết nguồn này", nullable=False),
)

PULL = table(
    "ops",
    "pull",
    "Mỗi lần hỏi một nguồn, kể cả lần thất bại",
    col("pull_id", sa.BigInteger(), "Số lần hỏi", sa.Identity(always=True), primary_key=True),
    col("source_id", TEXT, "Mã nguồn", nullable=False),
    col("stream", TEXT, "Luồng bản ghi của nguồn", nullable=False),
    col("record_type", TEXT, "Loại bản ghi", nullable=False),
    col("started_at", TIME, "Bắt đầu", nullable=False),
    col("finished_at", TIME, "Kết thúc", nullable=False),
    col("outcome", TEXT, "Kết quả: ok, incomplete, failed, skipped (không hỏi)", nullable=False),
    col("error_code", TEXT, "Loại lỗi"),
    col("message", TEXT, "Câu báo lỗi (không chứa bí mật, không chứa dữ liệu cá nhân)"),
    col("since", TEXT, "Con trỏ bắt đầu, nguyên văn"),
    col("until", TEXT, "Con trỏ kết thúc, nguyên văn"),
    col("cursor_after", TEXT, "Con trỏ mới nếu được dời"),
    col("pages", sa.Integer(), "Số trang", nullable=False),
    col("bytes", sa.BigInteger(), "Số byte nội dung", nullable=False),
    col("announced", sa.BigInteger(), "Tổng số bản ghi nguồn công bố"),
    col("fetched", sa.BigInteger(), "Số bản ghi nhận được", nullable=False),
    col("stored", sa.BigInteger(), "Số bản ghi đã lưu vào kho gốc", nullable=False),
    col("unchanged", sa.BigInteger(), "Số bản ghi không đổi so với lần trước", nullable=False),
    col("refused", sa.BigInteger(), "Số phong bì hỏng bị từ chối", nullable=False),
    col("clock_skew_s", sa.Integer(), "Đồng hồ nguồn nhanh hơn đồng hồ kho bao nhiêu giây (âm là chậm hơn)"),
    col("version_ahead_s", sa.Integer(), "Phiên bản mới nhất nằm trong tương lai bao nhiêu giây"),
    col("late_arrival_s", sa.Integer(), "Bản ghi mới có phiên bản sớm hơn con trỏ đã đọc tới xa nhất bao nhiêu giây"),
    sa.CheckConstraint("fetched = stored + unchanged + refused", name="balanced"),
    sa.CheckConstraint("outcome in ('ok', 'incomplete', 'failed', 'skipped')", name="outcome_known"),
    sa.Index(None, "source_id", "stream", "pull_id"),
)

WATERMARK = table(
    "ops",
    "watermark",
    "Con trỏ đã đọc tới của từng luồng; chỉ dời trong giao dịch ghi dữ liệu",
    col("source_id", TEXT, "Mã nguồn", primary_key=True),
    col("stream", TEXT, "Luồng bản ghi", primary_key=True),
    col("cursor", TEXT, "Con trỏ, nguyên văn của nguồn", nullable=False),
    col("pull_id", sa.BigInteger(), "Lần hỏi đã dời con trỏ", nullable=False),
    col("moved_at", TIME, "Thời điểm dời", nullable=False),
)

BATCH = table(
    "ops",
    "batch",
    "Dãy dòng liền nhau của một nguồn trong một tệp kho gốc",
    col("batch_id", sa.BigInteger(), "Số lô", sa.Identity(always=True), primary_key=True),
    col("pull_id", sa.BigInteger(), "Lần hỏi", nullable=False),
    col("source_id", TEXT, "Mã nguồn", nullable=False),
    col("stream", TEXT, "Luồng bản ghi", nullable=False),
    col("record_type", TEXT, "Loại bản ghi", nullable=False),
    col("raw_file", TEXT, "Tệp trong kho gốc (địa chỉ theo nội dung)", nullable=False),
    col("first_row", sa.BigInteger(), "Dòng đầu trong tệp, tính từ 0", nullable=False),
    col("row_count", sa.Integer(), "Số dòng", nullable=False),
    col("recorded_at", TIME, "Thời điểm kho ghi nhận", nullable=False),
    sa.Index(None, "source_id", "batch_id"),
    sa.Index(None, "raw_file"),
)

BATCH_CONSUMED = table(
    "ops",
    "batch_consumed",
    "Lô nào đã được trạm nào dùng, với cân đối tới từng bản ghi",
    col("batch_id", sa.BigInteger(), "Số lô", primary_key=True),
    col("consumer", TEXT, "Trạm: std, core", primary_key=True),
    col("consumed_at", TIME, "Thời điểm dùng", nullable=False),
    col("stored", sa.BigInteger(), "Số dòng của lô", nullable=False),
    col("new", sa.BigInteger(), "Bản ghi mới", nullable=False),
    col("changed", sa.BigInteger(), "Bản ghi đổi", nullable=False),
    col("unchanged", sa.BigInteger(), "Bản ghi giống hệt", nullable=False),
    col("superseded", sa.BigInteger(), "Bản ghi cũ hơn bản đang giữ", nullable=False),
    col("quarantined", sa.BigInteger(), "Bản ghi bị cách ly", nullable=False),
    sa.CheckConstraint("stored = new + changed + unchanged + superseded + quarantined", name="balanced"),
)

QUARANTINE = table(
    "ops",
    "quarantine",
    "Bản ghi chưa hiểu được, kèm lý do và chỗ tìm bản gốc; không chứa giá trị",
    col("quarantine_id", sa.BigInteger(), "Số cách ly", sa.Identity(always=True), primary_key=True),
    col("source_id", TEXT, "Mã nguồn", nullable=False),
    col("stream", TEXT, "Luồng bản ghi", nullable=False),
    col("record_type", TEXT, "Loại bản ghi", nullable=False),
    col("source_key", TEXT, "Khóa bản ghi ở nguồn (trống nếu không có)", nullable=False),
    col("payload_hash", HASH, "SHA-256 của nội dung gốc"),
    col("batch_id", sa.BigInteger(), "Lô; trống khi hỏng ngay từ phong bì"),
    col("raw_row", sa.Integer(), "Thứ tự dòng trong lô"),
    col("pull_id", sa.BigInteger(), "Lần hỏi; có khi hỏng từ phong bì"),
    col("version", TEXT, "Phiên bản do nguồn công bố"),
    col("version_at", TIME, "Phiên bản đọc thành thời điểm, để biết bản sau đã thay bản này chưa"),
    col("stage", TEXT, "Trạm phát hiện: raw, std", nullable=False),
    col("reason_code", TEXT, "Mã lý do", nullable=False),
    col("field", TEXT, "Trường gây lỗi", nullable=False, server_default=""),
    col("sentence", TEXT, "Lý do bằng một câu tiếng Việt", nullable=False),
    col("agency_code", TEXT, "Mã cơ quan nếu đọc được"),
    col("raised_at", TIME, "Thời điểm cách ly", nullable=False),
    col("resolved_at", TIME, "Thời điểm đã xử lý được"),
    col("resolution", TEXT, "Cách xử lý: replayed, superseded"),
    sa.Index(
        "ix_quarantine_open", "source_id", "record_type", "source_key", postgresql_where=sa.text("resolved_at is null")
    ),
    sa.Index(None, "batch_id"),
)

DRIFT = table(
    "ops",
    "drift",
    "Điều lạ ở nguồn: trường, mã, thủ tục, cơ quan chưa được khai báo",
    col("source_id", TEXT, "Mã nguồn", primary_key=True),
    col("stream", TEXT, "Luồng bản ghi", primary_key=True),
    col("kind", TEXT, "Loại: field, code, procedure, agency, text, type", primary_key=True),
    col("path", TEXT, "Trường ở nguồn", primary_key=True),
    col(
        "value",
        TEXT,
        "Mã lạ, với type là dạng viết (trống với trường lạ; không bao giờ là dữ liệu cá nhân)",
        primary_key=True,
    ),
    col("first_seen_at", TIME, "Lần đầu thấy", nullable=False),
    col("last_seen_at", TIME, "Lần cuối thấy", nullable=False),
    col("batch_id", sa.BigInteger(), "Lô gần nhất có điều lạ này", nullable=False),
    col("count", sa.BigInteger(), "Số bản ghi của lô gần nhất", nullable=False),
)

CORE_RUN = table(
    "ops",
    "core_run",
    "Mỗi lần đối chiếu có thay đổi; thời điểm ghi nhận luôn tăng",
    col("core_run_id", sa.BigInteger(), "Số lần đối chiếu", sa.Identity(always=True), primary_key=True),
    col("recorded_at", TIME, "Thời điểm ghi nhận của kho", nullable=False),
    col("batches", sa.Integer(), "Số lô đã dùng", nullable=False),
    col("records", sa.BigInteger(), "Số bản ghi đã xét", nullable=False),
    col("dossiers", sa.BigInteger(), "Số hồ sơ đã xét", nullable=False),
    col("written", sa.BigInteger(), "Số hồ sơ mới hoặc đổi", nullable=False),
    sa.UniqueConstraint("recorded_at"),
)

REPORT_SNAPSHOT = table(
    "ops",
    "report_snapshot",
    "Báo cáo đã phát hành: tham số và nội dung, để đối chiếu về sau",
    col("snapshot_id", sa.BigInteger(), "Số báo cáo", sa.Identity(always=True), primary_key=True),
    col("report", TEXT, "Tên báo cáo", nullable=False),
    col("parameters", pg.JSONB(), "Tham số: kỳ, thời điểm tính, thời điểm ghi nhận, quy tắc", nullable=False),
    col("content", pg.JSONB(), "Số liệu từng dòng", nullable=False),
    col("drawn_at", TIME, "Thời điểm lập", nullable=False),
)

FILE = table(
    "ops",
    "file",
    "Tệp đã nhận từ thư mục của từng nguồn; bản gốc nằm trong kho gốc",
    col("source_id", TEXT, "Mã nguồn", primary_key=True),
    col("sha256", TEXT, "SHA-256 của tệp (trống khi tệp lớn quá mức cho phép)", primary_key=True),
    col("name", TEXT, "Tên tệp", primary_key=True),
    col("size_bytes", sa.BigInteger(), "Kích thước (byte)", nullable=False),
    col("version", TEXT, "Thời điểm của tệp, nguyên văn"),
    col("outcome", TEXT, "Kết quả: taken (đã nhận), rejected (từ chối)", nullable=False),
    col("code", TEXT, "Mã lý do từ chối"),
    col("reason", TEXT, "Lý do từ chối hoặc điều cần lưu ý"),
    col("recorded_at", TIME, "Thời điểm kho ghi nhận", nullable=False),
)

PACKAGE = table(
    "ops",
    "package",
    "Gói hồ sơ đã nhận của từng nguồn: cùng mã gói mà khác nội dung thì bị từ chối",
    col("source_id", TEXT, "Mã nguồn", primary_key=True),
    col("package_id", TEXT, "Mã gói do nơi gửi đặt", primary_key=True),
    col("sha256", TEXT, "SHA-256 của văn bản XML của gói", nullable=False),
    col("recorded_at", TIME, "Thời điểm kho ghi nhận", nullable=False),
)

REFERENCE_LOADED = table(
    "ops",
    "reference_loaded",
    "Bộ danh mục đang có trong kho: dấu vết để không nạp lại danh mục không đổi",
    col("digest", TEXT, "Mã băm của các danh mục và ngày nạp", primary_key=True),
    col("loaded_at", TIME, "Thời điểm nạp theo đồng hồ của hub", nullable=False),
)

RULE_CONFIG = table(
    "ops",
    "rule_config",
    "Quy tắc nghiệp vụ dưới dạng dữ liệu, có hiệu lực và thời điểm ghi nhận",
    col("rule_id", TEXT, "Mã quy tắc", primary_key=True),
    col("valid_from", sa.Date(), "Hiệu lực từ ngày", primary_key=True),
    col("recorded_from", TIME, "Ghi nhận từ", primary_key=True),
    col("recorded_to", TIME, "Ghi nhận đến (không bao gồm)", nullable=False, server_default="infinity"),
    col("valid_to", sa.Date(), "Hết hiệu lực từ ngày (không bao gồm)"),
    col("parameters", pg.JSONB(), "Tham số", nullable=False),
    col("legal_source", TEXT, "Căn cứ", nullable=False),
)

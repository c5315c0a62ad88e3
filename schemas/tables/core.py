"""Schema core: one row per real dossier, what belongs to it, where each value came from, how it looked before.

Here: the dossier, its children, its members (source records), numbers, conflicts, history. What stands between two
records (judgements, reviews, evidence) is in `between.py`.
Not here: agencies, procedures, calendar (`reference.py`) and any figure (`mart.py`).
Primary, never rebuilt: dossier_source, dossier_redirect, dossier_history, judgement. Derived: the rest.
Every fact carries dossier_id as its first key column, so that the tables can be distributed by it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from schemas.tables.base import METADATA, TEXT, TIME, col, event_times, precision_of, table
from schemas.tables.clock import clock_columns, origin_columns

DOSSIER_ID_SEQUENCE = sa.Sequence("dossier_id_seq", schema="core", metadata=METADATA, data_type=sa.BigInteger())


def _id(**kw: Any) -> sa.Column[Any]:
    return col("dossier_id", sa.BigInteger(), "Số hồ sơ của kho, không đổi suốt đời", nullable=False, **kw)


def _time(name: str, comment: str) -> list[sa.Column[Any]]:
    return [col(name, TIME, comment), col(precision_of(name), TEXT, f"Độ chính xác của «{comment}»: s, m, d")]


def golden_columns() -> list[sa.Column[Any]]:
    """The values of a dossier after reconciliation; shared by `core.dossier` and `core.dossier_history`."""
    return [
        col("dossier_no", TEXT, "Mã hồ sơ"),
        col("procedure_code", TEXT, "Mã TTHC quốc gia (gốc)"),
        col("local_procedure_code", TEXT, "Mã TTHC như nguồn ghi"),
        col("procedure_name", TEXT, "Tên TTHC như nguồn ghi"),
        col("procedure_case", TEXT, "Trường hợp"),
        col("field_code", TEXT, "Mã lĩnh vực"),
        col("field_name", TEXT, "Tên lĩnh vực"),
        col("submission_agency_id", sa.BigInteger(), "Cơ quan nơi nộp (core.agency)"),
        col("receiving_agency_id", sa.BigInteger(), "Cơ quan tiếp nhận (core.agency)"),
        col("processing_agency_id", sa.BigInteger(), "Cơ quan giải quyết (core.agency)"),
        col("holder_agency_id", sa.BigInteger(), "Cơ quan đang giữ theo bản ghi mới nhất (core.agency)"),
        col("channel", sa.SmallInteger(), "Kênh: 1 trực tiếp, 2 trực tuyến, 3 bưu chính công ích"),
        col("return_method", sa.SmallInteger(), "Hình thức trả kết quả"),
        col("applicant_id", TEXT, "Khóa chủ hồ sơ (băm có khóa, dạng hex)", sensitivity="hash"),
        col("applicant_type", sa.SmallInteger(), "Loại đối tượng"),
        col("applicant_masked", TEXT, "Chủ hồ sơ, viết tắt", sensitivity="masked"),
        col("status", sa.SmallInteger(), "Trạng thái hồ sơ 1..10"),
        *event_times(),
        *clock_columns(),
        col("paid_online", sa.Boolean(), "Đã thanh toán trực tuyến"),
        col("digitised", sa.Boolean(), "Có thành phần số hóa"),
        col("result_is_electronic", sa.Boolean(), "Có kết quả điện tử", nullable=False),
        col("source_count", sa.SmallInteger(), "Số bản ghi nguồn", nullable=False),
        col("is_deleted", sa.Boolean(), "Mọi nguồn đều đã xóa", nullable=False),
        col("flags", pg.ARRAY(TEXT), "Cờ chất lượng dữ liệu", nullable=False),
    ]


DOSSIER = table(
    "core",
    "dossier",
    "Hồ sơ TTHC: mỗi hồ sơ thật một dòng",
    _id(primary_key=True, autoincrement=False),
    *golden_columns(),
    *origin_columns(),
    col("first_recorded_at", TIME, "Lần đầu kho ghi nhận", nullable=False),
    col("last_recorded_at", TIME, "Lần cuối nội dung thay đổi", nullable=False),
)

DOSSIER_HISTORY = table(
    "core",
    "dossier_history",
    "Nội dung hồ sơ theo thời điểm kho ghi nhận; chỉ thêm, không sửa",
    _id(primary_key=True, autoincrement=False),
    col("recorded_from", TIME, "Ghi nhận từ", primary_key=True),
    col("recorded_to", TIME, "Ghi nhận đến (không bao gồm; infinity là hiện hành)", nullable=False),
    col("core_run_id", sa.BigInteger(), "Lần đối chiếu", nullable=False),
    *golden_columns(),
    *origin_columns(),
    sa.Index(
        "ix_dossier_history_open", "dossier_id", unique=True, postgresql_where=sa.text("recorded_to = 'infinity'")
    ),
    sa.Index(None, "recorded_from"),
)

DOSSIER_SOURCE = table(
    "core",
    "dossier_source",
    "Bản ghi nguồn nào thuộc hồ sơ nào, do quy tắc nào",
    col("source_id", TEXT, "Mã nguồn", primary_key=True),
    col("source_key", TEXT, "Khóa bản ghi ở nguồn", primary_key=True),
    _id(),
    col("rule", TEXT, "Quy tắc ghép: alone, judgement, number, reference, composite, probabilistic", nullable=False),
    col("weight", sa.REAL(), "Độ chắc chắn 0..1", nullable=False),
    sa.Index(None, "dossier_id"),
    postgresql_with={"fillfactor": 80},  # a rule that changes is written beside its row, with no new entry in any index
)

DOSSIER_NUMBER = table(
    "core",
    "dossier_number",
    "Mọi số hiệu của hồ sơ, theo bản ghi đã nêu",
    col("number", TEXT, "Số hiệu đã chuẩn hóa, kèm phạm vi khi không duy nhất toàn tỉnh", primary_key=True),
    col(
        "kind",
        TEXT,
        "Loại: dossier_no, alt_dossier_no, receipt_no, portal_no, ministry_no, reference_uid",
        primary_key=True,
    ),
    col("source_id", TEXT, "Mã nguồn", primary_key=True),
    col("source_key", TEXT, "Khóa bản ghi ở nguồn", primary_key=True),
    _id(),
    sa.Index(None, "dossier_id"),
)

DOSSIER_REDIRECT = table(
    "core",
    "dossier_redirect",
    "Số hồ sơ cũ nay thuộc hồ sơ khác",
    col("from_dossier_id", sa.BigInteger(), "Số hồ sơ cũ", primary_key=True, autoincrement=False),
    col("to_dossier_id", sa.BigInteger(), "Số hồ sơ hiện hành", nullable=False),
    col("redirected_at", TIME, "Thời điểm ghi nhận", nullable=False),
    col("reason", TEXT, "Lý do: merged, split", nullable=False),
    sa.Index(None, "to_dossier_id"),
)


def _child(*columns: sa.Column[Any]) -> list[Any]:
    return [
        _id(primary_key=True, autoincrement=False),
        col("source_id", TEXT, "Nguồn của dòng này", primary_key=True),
        col("source_key", TEXT, "Khóa dòng ở nguồn", primary_key=True),
        *columns,
    ]


DOSSIER_STEP = table(
    "core",
    "dossier_step",
    "Dòng thời gian xử lý hồ sơ",
    *_child(
        *_time("step_at", "Thời điểm xử lý"),
        col("status", sa.SmallInteger(), "Trạng thái 1..10"),
        col("officer_id", TEXT, "Cán bộ (core.officer)"),
        col("step_department", TEXT, "Phòng ban xử lý"),
        *_time("step_started_at", "Bắt đầu bước"),
        *_time("step_due_at", "Hạn của bước"),
    ),
)

SUPPLEMENT = table(
    "core",
    "supplement",
    "Yêu cầu bổ sung của hồ sơ",
    *_child(
        *_time("requested_at", "Thời điểm yêu cầu"),
        *_time("completed_at", "Thời điểm bổ sung xong"),
        col("is_completed", sa.Boolean(), "Đã bổ sung xong"),
        *_time("previous_due_at", "Hẹn trả trước khi bổ sung"),
        *_time("new_due_at", "Hẹn trả sau khi bổ sung"),
    ),
)

FEE = table(
    "core",
    "fee",
    "Phí, lệ phí của hồ sơ",
    *_child(
        col("fee_code", TEXT, "Mã phí, lệ phí"),
        col("fee_name", TEXT, "Tên phí, lệ phí"),
        col("fee_kind", TEXT, "Loại: phi, le_phi"),
        col("amount", sa.BigInteger(), "Số tiền (đồng)"),
        col("collection", TEXT, "Hình thức thu"),
        *_time("paid_at", "Thời điểm nộp tiền"),
    ),
)

DOCUMENT = table(
    "core",
    "document",
    "Thành phần hồ sơ và giấy tờ kết quả",
    *_child(
        col("document_kind", TEXT, "Loại: component, result, other"),
        col("document_code", TEXT, "Mã thành phần hoặc mã giấy tờ kết quả"),
        col("has_file", sa.Boolean(), "Có tệp"),
        col("digitised", sa.Boolean(), "Được số hóa"),
        col("reuse", sa.SmallInteger(), "Tái sử dụng 0..2"),
        col("from_e_store", sa.Boolean(), "Lấy từ kho dữ liệu điện tử"),
    ),
)

RATING = table(
    "core",
    "rating",
    "Đánh giá hài lòng",
    *_child(*_time("rated_at", "Thời điểm đánh giá"), col("score", sa.SmallInteger(), "Điểm 1..3")),
)

APOLOGY = table(
    "core",
    "apology",
    "Phiếu xin lỗi, hẹn lại",
    *_child(*_time("apologised_at", "Thời điểm xin lỗi"), *_time("new_due_at", "Thời điểm hẹn lại")),
)

OFFICER = table(
    "core",
    "officer",
    "Cán bộ xử lý; nơi duy nhất ngoài vault có tên cán bộ",
    col("officer_id", TEXT, "Khóa cán bộ (băm có khóa, dạng hex)", primary_key=True, sensitivity="hash"),
    col("officer_name", TEXT, "Họ tên cán bộ", nullable=False, sensitivity="officer"),
    col("officer_title", TEXT, "Chức danh"),
)

CHILD_TABLES = {
    "step": DOSSIER_STEP,
    "supplement": SUPPLEMENT,
    "fee": FEE,
    "document": DOCUMENT,
    "rating": RATING,
    "apology": APOLOGY,
}

"""Schema vault: personal data and free text in clear, per record, and the audit of every read.

Here: one table per record type that has clear text, keyed (source, key, clear_hash) so that the loader only
ever inserts. Not here: anything that a report needs. Law 91/2025/QH15 on personal data: purpose, minimum,
access by role, a trace of each access; hence no role but the matcher selects here and stewards read through
`vault.read`, which leaves an audit row.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from schemas.tables.base import HASH, TEXT, TIME, col, table


def _key() -> list[sa.Column[Any]]:
    return [
        col("source_id", TEXT, "Mã nguồn", primary_key=True),
        col("source_key", TEXT, "Khóa bản ghi ở nguồn", primary_key=True),
        col("clear_hash", HASH, "Băm có khóa của dữ liệu rõ", primary_key=True, sensitivity="hash"),
    ]


def _clear(name: str, comment: str) -> sa.Column[Any]:
    return col(name, TEXT, comment, sensitivity="clear")


DOSSIER_CLEAR = table(
    "vault",
    "dossier_record",
    "Dữ liệu rõ của bản ghi hồ sơ",
    *_key(),
    _clear("applicant_name", "Tên chủ hồ sơ"),
    _clear("applicant_id_no", "Số giấy tờ chủ hồ sơ"),
    _clear("applicant_phone", "Số điện thoại chủ hồ sơ"),
    _clear("applicant_email", "Thư điện tử chủ hồ sơ"),
    _clear("applicant_fax", "Số fax chủ hồ sơ"),
    _clear("applicant_address", "Địa chỉ chủ hồ sơ"),
    _clear("applicant_tech_id", "TechID chủ hồ sơ"),
    _clear("other_info", "Thông tin khác"),
    _clear("summary", "Trích yếu hồ sơ"),
    _clear("return_info", "Thông tin trả"),
    _clear("note", "Ghi chú"),
    _clear("rejection_reason", "Lý do từ chối"),
)

STEP_CLEAR = table(
    "vault",
    "step_record",
    "Dữ liệu rõ của bước xử lý",
    *_key(),
    _clear("officer_name", "Tên cán bộ xử lý"),
    _clear("step_text", "Nội dung xử lý"),
)

SUPPLEMENT_CLEAR = table(
    "vault",
    "supplement_record",
    "Dữ liệu rõ của yêu cầu bổ sung",
    *_key(),
    _clear("requested_by", "Người yêu cầu bổ sung"),
    _clear("content", "Nội dung bổ sung"),
    _clear("received_by", "Người tiếp nhận bổ sung"),
    _clear("receipt_info", "Thông tin tiếp nhận bổ sung"),
)

DOCUMENT_CLEAR = table(
    "vault",
    "document_record",
    "Dữ liệu rõ của giấy tờ",
    *_key(),
    _clear("file_name", "Tên giấy tờ hoặc tệp"),
    _clear("file_url", "Đường dẫn tệp"),
)

RATING_CLEAR = table(
    "vault", "rating_record", "Dữ liệu rõ của đánh giá", *_key(), _clear("comment", "Ý kiến của công dân")
)

APOLOGY_CLEAR = table(
    "vault", "apology_record", "Dữ liệu rõ của phiếu xin lỗi", *_key(), _clear("reason", "Lý do xin lỗi")
)

AUDIT = table(
    "vault",
    "audit",
    "Vết của mỗi lần đọc dữ liệu rõ",
    col("audit_id", sa.BigInteger(), "Số vết", sa.Identity(always=True), primary_key=True),
    col("read_at", TIME, "Thời điểm đọc", nullable=False, server_default=sa.func.clock_timestamp()),
    col("read_by", TEXT, "Tài khoản đọc", nullable=False),
    col("record_type", TEXT, "Loại bản ghi", nullable=False),
    col("source_id", TEXT, "Mã nguồn", nullable=False),
    col("source_key", TEXT, "Khóa bản ghi", nullable=False),
    col("reason", TEXT, "Lý do đọc", nullable=False),
)

CLEAR_TABLES = {
    "dossier": DOSSIER_CLEAR,
    "step": STEP_CLEAR,
    "supplement": SUPPLEMENT_CLEAR,
    "document": DOCUMENT_CLEAR,
    "rating": RATING_CLEAR,
    "apology": APOLOGY_CLEAR,
}

"""Schema ops, second part: what sources say they hold, compared with std, and what is gone from them.

Here: censuses, the groups in which they found a difference, the keys that wait for a person's word, tombstones. Not
here: pulls and batches (`ops.py`). Keys are pointers, as in quarantine; no value of a dossier stands here. Primary:
std forgets what has vanished when it is made again from raw, and learns it here.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from schemas.tables.base import HASH, TEXT, TIME, col, table


def _count(name: str, comment: str) -> sa.Column[Any]:
    return col(name, sa.BigInteger(), comment, nullable=False, server_default="0")


CENSUS = table(
    "ops",
    "census",
    "Mỗi lần kiểm kê một luồng: nguồn nói đang giữ những gì, so với kho",
    col("census_id", sa.BigInteger(), "Số lần kiểm kê", sa.Identity(always=True), primary_key=True),
    col("source_id", TEXT, "Mã nguồn", nullable=False),
    col("stream", TEXT, "Luồng bản ghi", nullable=False),
    col("record_type", TEXT, "Loại bản ghi", nullable=False),
    col("began_at", TIME, "Bắt đầu", nullable=False),
    col("finished_at", TIME, "Kết thúc", nullable=False),
    col(
        "outcome",
        TEXT,
        "Kết quả: agrees (khớp), mended (lệch, đã tự sửa), differs (còn lệch), held (chờ người quyết định), "
        "accepted (đã được chấp thuận), failed (nguồn không trả lời), skipped (chưa hỏi)",
        nullable=False,
    ),
    col("message", TEXT, "Lý do (không chứa bí mật, không chứa dữ liệu cá nhân)"),
    _count("source_count", "Số khóa nguồn liệt kê"),
    _count("hub_count", "Số khóa kho đang giữ là còn tồn tại"),
    _count("missing", "Số khóa nguồn có mà kho không có"),
    _count("differing", "Số khóa có phiên bản hoặc trạng thái khác kho"),
    _count("vanished", "Số khóa kho có mà nguồn không còn liệt kê"),
    _count("revived", "Số khóa từng mất nay nguồn liệt kê lại"),
    _count("ahead", "Số khóa mới hơn con trỏ đã đọc tới: lần đọc thường sẽ lấy"),
    _count("quarantined", "Số khóa đang cách ly: kho biết, không tính là thiếu"),
    _count("remaining", "Số khóa vẫn thiếu hoặc khác sau khi đọc lại"),
    _count("buried", "Số khóa được đánh dấu đã mất, giữ nguyên bản cuối"),
    col("batch_id", sa.BigInteger(), "Lô cuối của nguồn khi kiểm kê: bản ghi đến sau lô này là sống lại"),
    col("accepted_by", TEXT, "Người chấp thuận cho đánh dấu mất"),
    col("accepted_because", TEXT, "Lý do chấp thuận"),
    col("accepted_at", TIME, "Thời điểm chấp thuận"),
    sa.CheckConstraint(
        "outcome in ('agrees', 'mended', 'differs', 'held', 'accepted', 'failed', 'skipped')", name="outcome_known"
    ),
    sa.CheckConstraint(
        "(outcome = 'accepted') = (accepted_by is not null and accepted_because is not null "
        "and accepted_at is not null)",
        name="accepted_by_somebody",
    ),
    sa.Index(None, "source_id", "stream", "census_id"),
)

CENSUS_GROUP = table(
    "ops",
    "census_group",
    "Nhóm (cơ quan, ngày, trạng thái) có lệch trong một lần kiểm kê; nhóm khớp không ghi",
    col("census_id", sa.BigInteger(), "Số lần kiểm kê", primary_key=True),
    col("agency", TEXT, "Cơ quan như nguồn ghi (trống khi không có)", primary_key=True),
    col("day", TEXT, "Ngày (trống khi không có)", primary_key=True),
    col("status", TEXT, "Trạng thái như nguồn ghi (trống khi không có)", primary_key=True),
    _count("source_count", "Số khóa nguồn liệt kê trong nhóm"),
    _count("hub_count", "Số khóa kho giữ trong nhóm"),
    _count("missing", "Thiếu ở kho, kể cả sống lại"),
    _count("differing", "Khác phiên bản hoặc trạng thái"),
    _count("vanished", "Nguồn không còn liệt kê"),
)

CENSUS_KEY = table(
    "ops",
    "census_key",
    "Khóa mà nguồn không còn liệt kê, chờ người quyết định vì quá nhiều trong một lần",
    col("census_id", sa.BigInteger(), "Số lần kiểm kê", primary_key=True),
    col("source_key", TEXT, "Khóa bản ghi ở nguồn", primary_key=True),
)

TOMBSTONE = table(
    "ops",
    "tombstone",
    "Bản ghi nguồn không còn giữ: std giữ bản cuối, đánh dấu đã xóa, và quên dấu này khi bản ghi quay lại",
    col("source_id", TEXT, "Mã nguồn", primary_key=True),
    col("record_type", TEXT, "Loại bản ghi", primary_key=True),
    col("source_key", TEXT, "Khóa bản ghi ở nguồn", primary_key=True),
    col("reason", TEXT, "Vì sao: vanished (kiểm kê không thấy), message (bản tin xóa)", primary_key=True),
    col("stream", TEXT, "Luồng bản ghi", nullable=False),
    col("batch_id", sa.BigInteger(), "vanished: bản ghi thuộc lô này hoặc cũ hơn là đã mất", nullable=False),
    col("version", TEXT, "message: phiên bản của bản tin, nguyên văn"),
    col("version_at", TIME, "message: phiên bản đọc thành thời điểm; bản ghi mới hơn là sống lại"),
    col("payload_hash", HASH, "message: SHA-256 của bản tin, để không lưu lại bản tin lặp"),
    col("census_id", sa.BigInteger(), "vanished: lần kiểm kê đã thấy"),
    col("told_at", TIME, "Thời điểm kho ghi nhận là đã mất", nullable=False),
    col("core_run_id", sa.BigInteger(), "Lần đối chiếu đã dùng; trống là chưa"),
    sa.CheckConstraint("reason in ('vanished', 'message')", name="reason_known"),
    sa.Index("ix_tombstone_new", "record_type", postgresql_where=sa.text("core_run_id is null")),
)

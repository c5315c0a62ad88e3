"""Columns about time that several tables share: the clock of a dossier, and who told it when.

Here: column groups of `core.dossier`, `core.dossier_history` and `mart.dossier_version`. Not here: tables. What the
warehouse knew of a source's own time when it recorded a version is no value of a dossier: a new version of the source
that changes nothing else is no new version of the dossier.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from schemas.tables.base import TEXT, TIME, col


def clock_columns() -> list[sa.Column[Any]]:
    """Due dates and what stopped the clock."""
    return [
        col("original_due_at", TIME, "Hẹn trả đầu tiên"),
        col("legal_due_at", TIME, "Hạn theo quy định, khi biết thời hạn có hiệu lực lúc tiếp nhận; chưa cộng tạm dừng"),
        col("closed_step_at", TIME, "Thời điểm bước đưa hồ sơ về trạng thái kết thúc"),
        col(
            "stops", pg.TSTZMULTIRANGE(), "Các khoảng tạm dừng: bổ sung, nghĩa vụ tài chính, dừng xử lý", nullable=False
        ),
        col("supplement_stops", pg.TSTZMULTIRANGE(), "Riêng các khoảng chờ bổ sung trong các khoảng tạm dừng"),
        col("second_supplement_at", TIME, "Thời điểm yêu cầu bổ sung lần thứ hai; trống là không quá một lần"),
        col("supplement_count", sa.SmallInteger(), "Số lần yêu cầu bổ sung", nullable=False),
        col("apology_count", sa.SmallInteger(), "Số lần xin lỗi", nullable=False),
        col("reappointment_count", sa.SmallInteger(), "Số lần hẹn lại", nullable=False),
    ]


def origin_columns() -> list[sa.Column[Any]]:
    """Which source decided the processing values when a version was recorded, and that source's own time."""
    return [
        col("told_by", TEXT, "Nguồn quyết định phần xử lý khi kho ghi nhận"),
        col("told_at", TIME, "Phiên bản của nguồn đó, đọc thành thời điểm, khi kho ghi nhận"),
    ]

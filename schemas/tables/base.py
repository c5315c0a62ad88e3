"""What all table declarations share: the metadata, the column constructor and repeated column groups.

Here: `METADATA`, `col`, the event times and their precision, the origin columns of a record.
Not here: any table. A column is declared once; migrations, Dagster schemas, checks, views and the data
dictionary are made from these declarations, so nothing else may name a type or a comment of a column.

`info["label"]` is the short Vietnamese heading; `info["sensitivity"]` is one of
`public`, `masked` (a reduced form of personal data), `hash` (keyed hash), `clear` (vault only),
`officer` (the name of an officer: core.officer and its dimension only).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

TIME = sa.TIMESTAMP(timezone=True)
HASH = pg.BYTEA()
TEXT = sa.Text()
POSTGRESQL: sa.Dialect = sa.create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect
SCHEMAS = ("ops", "std", "core", "mart", "bi", "vault")

# Every event time of a dossier, in the order of its life, with its Vietnamese name.
EVENT_TIMES = {
    "submitted_at": "Thời điểm nộp hồ sơ",
    "acceptance_due_at": "Hạn tiếp nhận hồ sơ trực tuyến",
    "received_at": "Thời điểm tiếp nhận",
    "due_at": "Thời điểm hẹn trả kết quả (hiện hành)",
    "finished_at": "Thời điểm kết thúc xử lý",
    "returned_at": "Thời điểm trả kết quả",
    "rejected_at": "Thời điểm từ chối tiếp nhận",
    "withdrawn_at": "Thời điểm rút hồ sơ",
    "sent_back_at": "Thời điểm trả lại hồ sơ",
    "suspended_at": "Thời điểm dừng xử lý",
}


def precision_of(time: str) -> str:
    """The column that says how exact a time is: `received_at` -> `received_precision`."""
    return time.removesuffix("_at") + "_precision"


def col(
    name: str, type_: Any, comment: str, *items: Any, label: str | None = None, sensitivity: str = "public", **kw: Any
) -> sa.Column[Any]:
    """A column with its Vietnamese comment; `label` defaults to the comment up to its first bracket or colon."""
    short = label or comment.split("(")[0].split(":")[0].strip().rstrip(".")
    kw.setdefault("nullable", not kw.get("primary_key", False))
    return sa.Column(name, type_, *items, comment=comment, info={"label": short, "sensitivity": sensitivity}, **kw)


def table(schema: str, name: str, comment: str, *items: Any, **kw: Any) -> sa.Table:
    """A table of `METADATA` with its Vietnamese comment."""
    return sa.Table(name, METADATA, *items, schema=schema, comment=comment, **kw)


def event_times(names: dict[str, str] = EVENT_TIMES) -> list[sa.Column[Any]]:
    """Each event time and, beside it, its precision: s (giây), m (phút), d (ngày)."""
    columns: list[sa.Column[Any]] = []
    for name, comment in names.items():
        columns.append(col(name, TIME, comment))
        columns.append(col(precision_of(name), TEXT, f"Độ chính xác của «{comment}»: s giây, m phút, d chỉ có ngày"))
    return columns


def record_origin() -> list[sa.Column[Any]]:
    """Where a std record comes from: batch and row of raw, version, hashes, observation time."""
    return [
        col("batch_id", sa.BigInteger(), "Lô dữ liệu gốc đã ghi bản ghi này (ops.batch)", nullable=False),
        col("raw_row", sa.Integer(), "Thứ tự dòng trong lô, tính từ 0", nullable=False),
        col("payload_hash", HASH, "SHA-256 của nội dung gốc (không gồm trường tự biến động)", nullable=False),
        col("version", TEXT, "Phiên bản do nguồn công bố, giữ nguyên văn"),
        col("version_at", TIME, "Phiên bản của nguồn đọc thành thời điểm, để so trước sau"),
        col("recorded_at", TIME, "Thời điểm kho ghi nhận lô dữ liệu", nullable=False),
        col("flags", pg.ARRAY(TEXT), "Cờ chất lượng dữ liệu của bản ghi", nullable=False),
    ]


def sql_type(column: sa.Column[Any]) -> str:
    """The PostgreSQL spelling of a column's type: `TIMESTAMP WITH TIME ZONE`, `TEXT[]`, …."""
    return column.type.compile(dialect=POSTGRESQL)

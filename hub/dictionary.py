"""The data dictionary, written from the table declarations and the views of schema bi.

Here: one Markdown page. Not here: any description; those are the declarations' comments, so the page cannot say
anything that the warehouse does not say itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa

from hub.warehouse.migrate import sql_objects
from schemas.tables import METADATA

_SCHEMAS = {
    "ops": "sổ cái: đã hỏi ai, nhận gì, nằm ở đâu, ai đã dùng",
    "std": "bản ghi của từng nguồn, đã chuẩn hóa về một nghĩa",
    "core": "hồ sơ thật, mỗi hồ sơ một dòng, kèm nguồn gốc từng giá trị",
    "mart": "số liệu và các chiều để lập báo cáo",
    "vault": "dữ liệu cá nhân ở dạng rõ; chỉ đọc qua vault.read, mỗi lần đọc để lại vết",
}
_SENSITIVITY = {
    "public": "",
    "masked": "che bớt",
    "hash": "băm có khóa",
    "clear": "dữ liệu cá nhân",
    "officer": "tên cán bộ",
}
_DIALECT = sa.make_url("postgresql+psycopg://").get_dialect()()
_COMMENT = re.compile(
    r"comment on (view|function|column)\s+(\w+\.\w+)(?:\.(\w+))?\s*(?:\([^)]*\))?\s+is\s+'((?:[^']|'')*)'",
    re.IGNORECASE,
)


def dictionary() -> str:
    """The whole page. Ends with a newline; the same declarations give the same text."""
    return "\n".join([*_head(), *_bi(), *_tables()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Từ điển dữ liệu"
    yield ""
    yield "Trang này do `hub warehouse dictionary` lập từ khai báo bảng (`schemas/tables`) và các khung nhìn `bi`"
    yield "(`schemas/migrations/sql/bi`); sửa ở đó rồi lập lại, không sửa ở đây. Thời điểm là `timestamptz`, múi giờ"
    yield "Asia/Ho_Chi_Minh; số tiền là số nguyên đồng. **Khóa** là khóa chính; **bắt buộc** là cột không được trống."


def _bi() -> Iterator[str]:
    yield from ("", "## bi: khung nhìn và hàm cho công cụ BI", "", "Công cụ BI chỉ đọc lược đồ này.")
    yield from _objects("bi")


def _tables() -> Iterator[str]:
    for schema, meaning in _SCHEMAS.items():
        yield from ("", f"## {schema}: {meaning}")
        tables = [table for table in METADATA.tables.values() if table.schema == schema]
        for table in sorted(tables, key=lambda t: t.name):
            yield from ("", f"### {schema}.{table.name}", "", _line(table.comment or ""), "")
            yield "| cột | kiểu | khóa | bắt buộc | nhạy cảm | ý nghĩa |"
            yield "|---|---|---|---|---|---|"
            yield from (_column(column) for column in table.columns)
        yield from _objects(schema)


def _objects(schema: str) -> Iterator[str]:
    """Views with their columns, and functions, of a schema, in the order of their files."""
    texts = [file.read_text(encoding="utf-8") for file in sql_objects() if file.parent.name == schema]
    in_table = False
    for kind, name, column, comment in (m.groups() for text in texts for m in _COMMENT.finditer(text)):
        told = _line(comment.replace("''", "'"))
        if column:
            if not in_table:
                yield from ("", "| cột | ý nghĩa |", "|---|---|")
            yield f"| {column} | {told} |"
        else:
            yield from ("", f"### {name}{'()' if kind.lower() == 'function' else ''}", "", told)
        in_table = bool(column)


def _column(column: sa.Column[object]) -> str:
    kind = column.type.compile(dialect=_DIALECT).lower()
    key, required = "x" if column.primary_key else "", "" if column.nullable else "x"
    sensitivity = _SENSITIVITY[column.info["sensitivity"]]
    return f"| {column.name} | {kind} | {key} | {required} | {sensitivity} | {_line(column.comment or '')} |"


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")

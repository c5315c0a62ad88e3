"""Looking at a workbook: the row of titles, wherever it stands, and the rows below it.

Here: sheets, titles over one or two rows, labels above them, the columns by which rows are told apart. Not here: fields
(`fields.py`), reading registers (`connectors/files_register.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO

from connectors.files_excel import Sheet, WorkbookReader
from connectors.files_reject import Rejected
from connectors.files_source import FilesSource, FilesStream
from connectors.files_titles import is_total, numbered
from hub.errors import HubError
from hub.scaffold.observed import Column, Table
from hub.scaffold.proposal import Flow
from hub.scaffold.streams import Seen
from hub.scaffold.values import Values
from hub.scaffold.words import Vocabulary

_ABOVE = 40  # rows in which the titles have to stand
_SAMPLE = 500
_LABEL = re.compile(r"^\s*(?P<label>[^\W\d][^:\d]{0,30}?)\s*[:.]?\s*(?P<value>\d[\w/-]*)?\s*$")
_PHONE = re.compile(r"(?<!\d)(?:0|\+84)(?:[ .-]?\d){8,10}(?!\d)")


def look(file: BinaryIO, name: str, words: Vocabulary) -> Seen:
    """The register of a workbook. Raises HubError when no sheet has titles that say anything."""
    reader = WorkbookReader(FilesSource(name, "."), FilesStream("dossier", kind="excel"))
    best: tuple[float, list[Sequence[Any]], int, int, Sheet] | None = None
    try:
        for sheet, rows in reader.sheets(file):
            top = [row for row, _ in zip(rows, range(_ABOVE + _SAMPLE), strict=False)]
            for at, row in enumerate(top[:_ABOVE]):
                worth = sum(bool(_known(value, words)) for value in row)
                if worth >= 3 and (best is None or worth > best[0]):
                    best = (worth, top, at, 1, sheet)
    except Rejected as error:
        raise HubError(f"{name}: {error.code}: the workbook is refused", "give a plain .xlsx without macros") from None
    if best is None:
        raise HubError(f"{name}: no row of titles was found", "the titles have to stand in one row, e.g. Mã hồ sơ")
    return _register(best[1], best[2], best[4], words)


def _known(value: Any, words: Vocabulary) -> bool:
    return isinstance(value, str) and len(value) <= 80 and bool(set(words.concepts(value)) - {"?"})


def _register(rows: list[Sequence[Any]], at: int, sheet: Sheet, words: Vocabulary) -> Seen:
    titles, first, head = _titles(rows, at, sheet)
    body = [row for row in rows[first:] if any(v not in (None, "") for v in row)]
    body = [row for row in body if not is_total(row) and numbered(row) is None]
    columns = [
        Column(title, Values([_text(row[place]) if place < len(row) else "" for row in body]))
        for place, title in titles.items()
    ]
    labels = _labels(rows[:head], words)
    contact = next((c for c in columns if sum(map(bool, map(_PHONE.search, c.values.filled))) * 2 > len(c.values.filled)
                    and not c.values.is_("phone") and c.values.filled), None)  # fmt: skip
    if contact is not None:
        phones = [found[0] if (found := _PHONE.search(text)) else "" for text in contact.values.texts]
        rest = [_PHONE.sub("", text).strip(" ,;-") for text in contact.values.texts]
        columns += [Column("Địa chỉ", Values(rest)), Column("Điện thoại", Values(phones))]
    columns += [Column(label, Values([value] * len(body))) for label, value in labels.items()]
    ordinal = next((c for c in columns if "ordinal" in words.concepts(c.path)), columns[0])
    identity = [label for label in labels if {"year", "book"} & set(words.concepts(label))] + [ordinal.path]

    def read(flow: Flow) -> Mapping[str, Any]:
        number = flow.fields.get("dossier_no")
        flow.key = [number.paths[0]] if number else [ordinal.path]
        flow.version, flow.cursor_format, flow.deleted = "", "%Y%m%d%H%M%S", ""
        flow.unsure = {k: v for k, v in flow.unsure.items() if k not in ("version", "key", "deleted")}
        flow.unsure["read identity"] = "what tells rows without a dossier number apart"
        more: dict[str, Any] = {"preamble": {label: [label] for label in labels}} if labels else {}
        if contact is not None:
            more |= {"contact": contact.path, "split": ["Địa chỉ", "Điện thoại"]}
        listed = {title: [title] for title in titles.values()}
        return {"kind": "excel", "titles": listed, "identity": identity, **more}

    table = Table("sổ theo dõi hồ sơ", [c for c in columns if c is not contact], len(body))
    if contact is not None:
        table.columns.append(Column(contact.path, Values([""] * len(body))))
    return Seen(table, read)


def _titles(rows: list[Sequence[Any]], at: int, sheet: Sheet) -> tuple[dict[int, str], int, int]:
    """Title by column, the first row below, the first row of the titles: a merged title stands over others."""
    wide = {(top, left - 1): right - 1 for left, top, right, _ in sheet.merged if right > left}
    tall = {(top, left - 1) for left, top, _, bottom in sheet.merged if bottom > top}
    for top in (at, at - 1):
        if top >= 0 and any((top + 1, place) in wide for place in range(len(rows[top]))) and top + 1 < len(rows):
            spans = {place: (_clean(rows[top][left]), left) for (row, left), right in wide.items() if row == top + 1
                     for place in range(left, right + 1)}  # fmt: skip
            below = rows[top + 1]
            if not tall and not any(_clean(below[p]) for p in spans if p < len(below)):
                continue
            made: dict[int, str] = {}
            for place in range(max(len(rows[top]), len(below))):
                upper = _clean(rows[top][place]) if place < len(rows[top]) else ""
                lower = _clean(below[place]) if place < len(below) else ""
                if place in spans and lower:
                    made[place] = f"{spans[place][0]} / {lower}"
                elif upper or lower:
                    made[place] = upper or lower
            return made, top + 2, top
    return {p: text for p, value in enumerate(rows[at]) if (text := _clean(value))}, at + 1, at


def _labels(rows: Sequence[Sequence[Any]], words: Vocabulary) -> dict[str, str]:
    """What stands above the table and tells the years and books of registers apart."""
    found: dict[str, str] = {}
    for row in rows:
        for place, value in enumerate(row):
            match = _LABEL.match(value) if isinstance(value, str) else None
            if match and {"year", "book"} & set(words.concepts(match["label"])):
                following = row[place + 1] if place + 1 < len(row) else ""
                if text := match["value"] or _text(following):
                    found.setdefault(match["label"].strip().capitalize(), text)
    return found


def _clean(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _text(value: Any) -> str:
    """A cell as the register's reader gives it."""
    if value is None or isinstance(value, time):
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%dT%H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()

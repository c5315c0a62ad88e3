"""Rows of the register *Sổ theo dõi hồ sơ* as records.

Here: which rows are dossiers, cells as text, merged cells, the key of a row without a number, and telephone numbers
out of addresses. Not here: opening workbooks (`files_excel`), finding the header (`files_titles`), and what a value
means: text stays as it was typed, legacy fonts included. A row is left out only when it is empty, a header, a
numbering of columns, a total, or one single caption over the table; everything else is delivered.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from connectors.contract import composite_key
from connectors.files_excel import Sheet, WorkbookReader
from connectors.files_record import key_of, payload_of
from connectors.files_reject import Rejected
from connectors.files_source import FilesSource, FilesStream
from connectors.files_titles import HEIGHT, Header, Labels, Row, Titles, is_total, numbered

ROW_IDENTITY = "register-row"  # first part of the key of a row without a number: changing it changes every such key
# A telephone number: 0 or +84, then 9 or 10 digits with single separators; 9 digits alone are one that lost its zero.
_PHONE = re.compile(
    r"(?:(?:điện\s*thoại|đt\s*dđ|số\s*đt|sđt|đt|dđ|tel|phone|mobile)\s*[:.]?\s*)?"
    r"(?<!\d)(?P<number>(?:\+?84|0)[ .\-]?\d(?:[ .\-]?\d){7,8}\d|[35789]\d{8})(?!\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
Take = Callable[[str, bytes], None]


class RegisterReader:
    """Reads the registers of one stream."""

    def __init__(self, source: FilesSource, stream: FilesStream) -> None:
        self._source, self._stream = source, stream
        self._titles, self._labels = Titles(stream.headers), Labels(stream.preamble)
        self.workbook = WorkbookReader(source, stream)

    def read(self, file: BinaryIO, take: Take) -> str:
        """Hand every row over; what was handed over counts only when this returns. Gives what is odd, or "".

        Raises Rejected.
        """
        preamble: dict[str, str] = {}
        found, odd, count = False, [], 0
        for sheet, rows in self.workbook.sheets(file):
            table = _Table(self, sheet, dict(preamble))
            for key, payload in table.records(rows):
                count += 1
                if count > self._source.max_records:
                    raise Rejected("TOO_MANY_RECORDS")
                take(key, payload)
            found = found or table.found
            preamble = preamble or table.preamble
            odd += [f"{sheet.name}: {table.odd}"] if table.odd else []
        if not found:
            raise Rejected("NO_REGISTER")
        return "; ".join(odd)


class _Table:
    """One sheet."""

    def __init__(self, reader: RegisterReader, sheet: Sheet, preamble: dict[str, str]) -> None:
        self._stream, self._titles, self._labels = reader._stream, reader._titles, reader._labels
        self._sheet, self.preamble = sheet, preamble
        self._wide = {(top, left - 1): right - 1 for left, top, right, _ in sheet.merged if right > left}
        self._tall: dict[int, list[tuple[int, int]]] = {}  # by first row: column, last row
        for left, top, _, bottom in sheet.merged:
            if bottom > top:
                self._tall.setdefault(top, []).append((left - 1, bottom))
        self._held: dict[int, tuple[int, Any, bool]] = {}  # by column: last row, value, whether a formula
        self._seen: dict[tuple[str, ...], int] = {}
        self._header: Header | None = None
        self._rows_without_ordinal = 0
        self.odd = ""

    @property
    def found(self) -> bool:
        return self._header is not None

    def records(self, rows: Iterator[Row]) -> Iterator[tuple[str, bytes]]:
        """Key and bytes of each dossier."""
        ahead: deque[Row] = deque()
        number, after_header = 0, False
        while True:
            if not ahead:
                if (row := next(rows, None)) is None:
                    return
                ahead.append(row)
            number += 1
            if self._titles.begins(ahead[0]) and (header := self._header_at(number, ahead, rows)):
                self._header, after_header = header, True
                for _ in range(header.height):
                    ahead.popleft()
                number += header.height - 1
                self._held.clear()
                continue
            row = ahead.popleft()
            if after_header and (columns := numbered(row)) is not None:
                self._check(columns)
            elif (record := self._record(number, row)) is not None:
                yield record
            after_header = after_header and not any(value not in (None, "") for value in row)

    def _header_at(self, number: int, ahead: deque[Row], rows: Iterator[Row]) -> Header | None:
        while len(ahead) < HEIGHT and (row := next(rows, None)) is not None:
            ahead.append(row)
        wide = {
            (offset, column): last
            for offset in range(HEIGHT)
            for column in range(len(ahead[0]))
            if (last := self._wide.get((number + offset, column))) is not None
        }
        return self._titles.header(list(ahead), wide)

    def _check(self, columns: list[int]) -> None:
        assert self._header is not None
        beside = [name for name, column in self._header.columns.items() if column not in columns]
        if beside:
            self.odd = "dòng đánh số cột không khớp tiêu đề"

    def _record(self, number: int, row: Row) -> tuple[str, bytes] | None:
        filled = sum(1 for value in row if value not in (None, "") and str(value).strip())
        self._hold(number, row)
        if not filled:
            return None
        if self._header is None or filled == 1:
            self.preamble |= self._labels.values(row)
            return None
        if is_total(row):
            return None
        members, numbers, formulas = self._members(number, row)
        if not members:
            return None
        key = key_of(members, self._stream.key_paths) or self._identity(members)
        if numbers:
            members["#numbers"] = numbers
        if formulas:
            members["#formulas"] = formulas
        return key, payload_of(self.preamble | members)

    def _hold(self, number: int, row: Row) -> None:
        """Remember the values of cells that are merged with those below them."""
        for column in [column for column, held in self._held.items() if held[0] < number]:
            del self._held[column]
        for column, last in self._tall.get(number, ()):
            value = row[column] if column < len(row) else None
            self._held[column] = (last, value, (number, column + 1) in self._sheet.formulas)

    def _members(self, number: int, row: Row) -> tuple[dict[str, Any], list[str], list[str]]:
        assert self._header is not None
        members: dict[str, Any] = {}
        numbers, formulas = [], []
        for name, column in self._header.columns.items():
            value = row[column] if column < len(row) else None
            formula = (number, column + 1) in self._sheet.formulas
            if value in (None, "") and column in self._held:
                _, value, formula = self._held[column]
            if formula:
                formulas.append(name)  # one that gives an error, too: it is the only sign of it
            if value in (None, ""):
                continue
            members[name] = cell_text(value)
            if isinstance(value, int | float) and not isinstance(value, bool):
                numbers.append(name)
        contact = members.get(self._stream.contact)
        if contact:
            parts = zip(self._stream.split, split_contact(contact), strict=True)
            members |= {name: text for name, text in parts if text and name not in members}
        return members, numbers, formulas

    def _identity(self, members: dict[str, Any]) -> str:
        """The key of a row without a number: the same when the register comes again with more rows at its end."""
        told = self.preamble | members
        parts = [str(told.get(name, "")).strip() for name in self._stream.identity]
        if parts and not parts[0]:
            year = _YEAR.search(self._sheet.name)
            parts[0] = year[0] if year else ""
        if parts and not parts[-1]:
            self._rows_without_ordinal += 1
            parts[-1] = f"+{self._rows_without_ordinal}"
        occurrence = self._seen[tuple(parts)] = self._seen.get(tuple(parts), 0) + 1
        again = [str(occurrence)] if occurrence > 1 else []  # ordinals that begin anew in the same sheet
        return composite_key([ROW_IDENTITY, *parts[:-1], self._sheet.name, *parts[-1:], *again])


def cell_text(value: Any) -> str:
    """A cell as text: dates as ISO, without a time where the cell has none; numbers as Excel shows them in full."""
    if isinstance(value, datetime):
        moment = (value + timedelta(milliseconds=500)).replace(microsecond=0)  # Excel's fractions of days are not exact
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value)


def split_contact(text: str) -> tuple[str, str]:
    """Address and telephone of one cell: what is formed like a telephone number is one, the rest is the address.

    Several numbers are joined by "; ". Digits are kept as they were typed, without separators.
    """
    phones = ["".join(filter("+0123456789".__contains__, match["number"])) for match in _PHONE.finditer(text)]
    address = re.sub(r"\s+", " ", _PHONE.sub(" ", text))
    address = re.sub(r"\(\s*\)", "", address).strip(" ,;:-–/.")
    return address, "; ".join(phones)

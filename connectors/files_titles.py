"""The header of a register: found by the names of its columns over one to three rows, wherever it stands.

Here: comparing titles, finding the header and the preamble's labels, total and number rows. Not here: what becomes of
data rows (`files_register`), cells (`files_excel`). Positions mean nothing: clerks insert and shift columns, merge
titles and repeat the header on every page, but they keep the words of the form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

HEIGHT = 3  # rows that a header may have
_LONGEST_TITLE = 120
_TOTAL = re.compile(r"(tong|tongcong|tongso|cong|luyke)(trang|thang|quy|nam|so|hoso|mangsang)*\d*")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\(?\s*(\d{1,2})\s*\)?")
Row = Sequence[Any]


@lru_cache(4096)
def folded(text: str) -> str:
    """A title without case, accents, blanks and signs: "Số lượng\\nhồ sơ (bộ)" is soluonghosobo."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(filter(str.isalnum, plain))


def words(value: Any) -> str:
    """A cell as a title; "" when it is none."""
    return folded(value) if isinstance(value, str) and len(value) <= _LONGEST_TITLE else ""


@dataclass(frozen=True, slots=True)
class Header:
    """Columns by field (from 0), and how many rows the header has."""

    columns: Mapping[str, int]
    height: int


class Titles:
    """The titles of one stream's fields."""

    def __init__(self, headers: Mapping[str, Sequence[str]]) -> None:
        self._fields: dict[tuple[str, ...], str] = {}
        for name, spellings in headers.items():
            for spelling in spellings or (name,):
                self._fields.setdefault(tuple(folded(part) for part in spelling.split(" / ")), name)
        self._pieces = {piece for title in self._fields for piece in title}
        self._plain = not any(map(_DIGIT.search, self._pieces))  # then no cell with a digit is a title
        self._needed = max(2, (len(headers) + 1) // 2)

    def begins(self, row: Row) -> bool:
        """Whether the row may be the first of a header; cheap, since it is asked of every row."""
        found = 0
        for value in row:
            if not isinstance(value, str) or len(value) > _LONGEST_TITLE or (self._plain and _DIGIT.search(value)):
                continue
            if folded(value) in self._pieces:
                found += 1
                if found == 2:
                    return True
        return False

    def header(self, rows: Sequence[Row], wide: Mapping[tuple[int, int], int]) -> Header | None:
        """The header that begins with the first of the rows, None when none does.

        wide: (offset of the row, column) → last column of a merged title.
        """
        best: Header | None = None
        for height in range(1, min(HEIGHT, len(rows)) + 1):
            columns = self._columns(rows[:height], wide)
            if len(columns) >= self._needed and (best is None or len(columns) > len(best.columns)):
                best = Header(columns, height)
        return best

    def _columns(self, rows: Sequence[Row], wide: Mapping[tuple[int, int], int]) -> dict[str, int]:
        above: list[list[str]] = [[] for _ in range(max(map(len, rows), default=0))]
        for offset, row in enumerate(rows):
            group, last = "", -1
            for column in range(len(above)):
                title = words(row[column]) if column < len(row) else ""
                if title:
                    # A title spans its merged cells; where the merging was lost, all that follow without a title.
                    group, last = title, wide.get((offset, column), column if wide else len(above))
                below = any(words(lower[column]) for lower in rows[offset + 1 :] if column < len(lower))
                if title or (group and column <= last and below):
                    above[column].append(title or group)
        found: dict[str, int] = {}
        for column, pieces in enumerate(above):
            for start in range(len(pieces)):
                name = self._fields.get(tuple(pieces[start:]))
                if name is not None and name not in found:
                    found[name] = column
                    break
        return found


def is_total(row: Row) -> bool:
    """Whether the row only sums up: its first filled cell says so."""
    first = next((value for value in row if value not in (None, "")), None)
    return bool(_TOTAL.fullmatch(words(first)))


def numbered(row: Row) -> list[int] | None:
    """The columns that a row (1) (2) (3) … numbers, None when it is no such row."""
    columns, count = [], 0
    for column, value in enumerate(row):
        if value in (None, ""):
            continue
        match = _NUMBER.fullmatch(str(value).strip().removesuffix(".0"))
        if not match or int(match[1]) != count + 1:
            return None
        columns.append(column)
        count += 1
    return columns if count >= 3 else None


class Labels:
    """The labels of the preamble: `Năm: 2024`, `Quyển số 01`, and cells that are taken whole (`UBND*`)."""

    def __init__(self, preamble: Mapping[str, Sequence[str]]) -> None:
        names = [label for labels in preamble.values() for label in labels if not label.endswith("*")]
        ahead = "|".join(rf"(?<!\w){_loose(label)}(?!\w)" for label in names)
        end = rf"(?={ahead}|[;)\n]|$)" if ahead else "$"
        self._patterns = [
            (name, re.compile(rf"(?<!\w){_loose(label)}(?!\w)\s*[:.\-–]?\s*(?P<value>.*?)\s*[,.]?\s*{end}", re.I))
            for name, labels in preamble.items()
            for label in labels
            if not label.endswith("*")
        ]
        self._whole = [
            (name, folded(label)) for name, labels in preamble.items() for label in labels if label[-1:] == "*"
        ]

    def values(self, row: Row) -> dict[str, str]:
        """What the row says, by field."""
        found: dict[str, str] = {}
        texts = [unicodedata.normalize("NFC", str(value)).strip() for value in row if value not in (None, "")]
        for place, text in enumerate(texts):
            for name, beginning in self._whole:
                if beginning and folded(text).startswith(beginning):
                    found.setdefault(name, text)
            for name, pattern in self._patterns:
                if match := pattern.search(text):
                    following = texts[place + 1] if place + 1 < len(texts) else ""
                    if value := match["value"].strip(" .…_:") or following.removesuffix(".0"):
                        found.setdefault(name, value)
        return found


def _loose(label: str) -> str:
    return r"\s+".join(re.escape(word) for word in unicodedata.normalize("NFC", label).split())

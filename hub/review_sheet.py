"""The sheet of open questions: written for a steward to fill one column, and read back row by row.

Here: the two kinds of files, CSV and XLSX, and their columns. Not here: which questions (`reviewing.py`), what a filled
row means (`deciding.py`). What a spreadsheet does to text is foreseen: cells of XLSX are text; in CSV a value that a
spreadsheet would take for a formula stands behind an apostrophe, and semicolons are read as well as commas.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from hub.arguing import AGAINST, FOR, arguments, in_words
from hub.errors import HubError
from hub.reviewing import DIFFERENT, SAME, Connection, Review, evidence, sides

GIVEN = ("verdict", "why", "by")
PAIR = ("review", "source_a", "key_a", "source_b", "key_b")
_SIDE = {
    "number": "dossier_no",
    "procedure": "procedure_code",
    "agency": "receiving_agency_code",
    "applicant": "applicant_name_masked",
    "identity": "applicant_id_masked",
    "submitted": "submitted_at",
    "received": "received_at",
    "due": "due_at",
    "finished": "finished_at",
    "status": "status",
}
SHOWN = ("reason", "weight", "since", "for", "against", *(f"{name}_{end}" for name in _SIDE for end in "ab"))
COLUMNS = (*GIVEN, *PAIR, *SHOWN)
SUFFIXES = (".csv", ".xlsx")
_RISKY = tuple("=+-@\t\r")


def questions(connection: Connection, found: Sequence[Review]) -> list[dict[str, str]]:
    """The rows of open questions, in their order: both sides, and what speaks for and against."""
    records = [end for r in found for end in ((r.source_id_a, r.source_key_a), (r.source_id_b, r.source_key_b))]
    held, weights = sides(connection, records), evidence(connection, found)
    both = zip(found, records[::2], records[1::2], strict=True)
    return [_row(r, [held.get(a, {}), held.get(b, {})], weights.get(r.review_id, {})) for r, a, b in both]


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write the rows as CSV (UTF-8 with mark, so that spreadsheets read it so) or XLSX, by the name's ending.

    Raises HubError when the file cannot be written or ends otherwise.
    """
    if path.suffix not in SUFFIXES:
        raise HubError(f"{path}: neither .csv nor .xlsx", "name the file by one of them")
    try:
        if path.suffix == ".csv":
            _write_csv(path, rows)
        else:
            _write_xlsx(path, rows)
    except OSError as error:
        raise HubError(f"{path} cannot be written: {error.strerror}", "choose another file") from error


def read(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The heading and, with their line, all rows that are not empty. Raises HubError when the file cannot be read."""
    try:
        found = _xlsx(path) if path.suffix == ".xlsx" else _csv(path)
        names = [name.strip() for name in next(found, (1, []))[1]]
        rows = [
            (at, {name: _plain(value.strip()) for name, value in zip(names, row, strict=False) if name})
            for at, row in found
            if any(value.strip() for value in row)
        ]
    except (OSError, UnicodeDecodeError, csv.Error, zipfile.BadZipFile, InvalidFileException, KeyError) as error:
        raise HubError(f"{path}: cannot be read ({error})", "give a CSV file in UTF-8, or an XLSX workbook") from error
    return names, rows


def _row(review: Review, ends: Sequence[Mapping[str, Any]], weights: Mapping[str, Any]) -> dict[str, str]:
    """What was given stays empty, the rest is what the steward looks at."""
    told = arguments(ends[0], ends[1], weights, review.weight)
    row = {
        "review": review.review_id,
        "source_a": review.source_id_a,
        "key_a": review.source_key_a,
        "source_b": review.source_id_b,
        "key_b": review.source_key_b,
        "reason": review.reason,
        "weight": "" if review.weight is None else f"{review.weight:.1f}",
        "since": f"{review.raised_at:%Y-%m-%d %H:%M}",
        "for": in_words(told, FOR),
        "against": in_words(told, AGAINST),
    }
    for end, side in zip("ab", ends, strict=True):
        for name, field in _SIDE.items():
            value = side.get(field)
            is_time = hasattr(value, "strftime")
            row[f"{name}_{end}"] = "" if value is None else f"{value:%Y-%m-%d %H:%M}" if is_time else str(value)
    return row


def _write_csv(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow({n: f"'{v}" if v.startswith((*_RISKY, "'")) else v for n, v in row.items()})


def _write_xlsx(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Nghi vấn"
    height = 1
    for height, row in enumerate([dict(zip(COLUMNS, COLUMNS, strict=True)), *rows], start=1):
        for column, name in enumerate(COLUMNS, start=1):
            cell = sheet.cell(height, column)
            cell.value, cell.data_type, cell.number_format = ILLEGAL_CHARACTERS_RE.sub("", row.get(name, "")), "s", "@"
            if height == 1:
                cell.font = Font(bold=True)
    choice = DataValidation(type="list", formula1=f'"{SAME},{DIFFERENT}"', allow_blank=True, showErrorMessage=False)
    choice.add(f"A2:A{max(height, 2)}")
    sheet.add_data_validation(choice)
    sheet.freeze_panes, sheet.auto_filter.ref = "D2", sheet.dimensions
    book.save(path)


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = path.read_text(encoding="utf-8-sig")
    head = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    for row in rows:
        yield rows.line_num, row


def _xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for at, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield at, ["" if value is None else str(value) for value in row]
    finally:
        book.close()


def _plain(value: str) -> str:
    return value[1:] if value.startswith("'") else value

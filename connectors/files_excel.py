"""Workbooks from outside: judged as archives first, then read cell by cell; nothing in them is run or followed.

Here: what a workbook must not hold, which cells are formulas or merged, its own time, and its rows as values. Not
here: the form of the register (`files_register`). Formulas give the value that Excel stored, links to other
workbooks are not followed; macros, embedded objects and links to programs refuse the file. calamine reads the values,
openpyxl where a sheet is too wide for it; merged ranges and formulas are read by our own hardened parser.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from posixpath import join, normpath
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import openpyxl
import python_calamine
from lxml import etree
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries

from connectors.files_element import hardened
from connectors.files_reject import Rejected
from connectors.files_source import FilesSource, FilesStream
from connectors.files_zip import BROKEN, opened

MAX_CELLS = 20_000_000
MAX_DENSE_CELLS = 4_000_000  # some 130 MB in calamine
_MAX_RANGES = 200_000
_CHUNK_BYTES = 256 * 1024
_OLE = b"\xd0\xcf\x11\xe0"  # the container of .xls, and of workbooks with a password
_FORBIDDEN = re.compile(r"vbaproject|macrosheets/|activex/|embeddings/|dialogsheets/|workbook\.bin|ctrlprops/", re.I)
_LINK = re.compile(rb"<[\w:]*(ddeLink|oleLink)\b")
_COUNTS = re.compile(rb"\b(?:uniqueCount|count)\s*=\s*[\"'](\d+)")
_DDE_FORMULA = re.compile(r"\|\s*'?.*'?\s*!")
_DOCTYPE = [word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")]
_MODIFIED = re.compile(rb"modified[^>]*>\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?\s*<")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Row = Sequence[Any]


@dataclass(slots=True)
class Sheet:
    """A sheet: its name and size, cells that are formulas (row, column from 1), merged ranges (left, top, right,
    bottom)."""

    name: str
    rows: int = 0
    columns: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


class WorkbookReader:
    """Opens workbooks within the limits of a source."""

    def __init__(self, source: FilesSource, stream: FilesStream) -> None:
        self._source, self._stream = source, stream
        self._sheets = re.compile(stream.sheets or "", re.IGNORECASE)

    def manifest_time(self, file: BinaryIO) -> str:
        """When the workbook says that it was last saved; "" when it does not say. Raises Rejected."""
        with self._archive(file) as archive:
            if "docProps/core.xml" not in archive.namelist():
                return ""
            with archive.open("docProps/core.xml") as part:
                found = _MODIFIED.search(part.read(_CHUNK_BYTES))
        if not found:
            return ""
        text, offset = found[1].decode(), (found[2] or b"Z").decode()
        try:
            return self.written(datetime.fromisoformat(text + offset.replace("Z", "+00:00")).timestamp())
        except (ValueError, OverflowError):
            return ""

    def written(self, seconds: float) -> str:
        """A moment since 1970 as the stream writes its times."""
        moment = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(self._stream.zone))
        return moment.strftime(self._stream.cursor_format or "%Y%m%d%H%M%S")

    def sheets(self, file: BinaryIO) -> Iterator[tuple[Sheet, Iterator[Row]]]:
        """Each sheet of a fitting name with its rows from the first on. Raises Rejected."""
        with self._archive(file) as archive:
            inspected = _inspected(archive)
        wanted = [sheet for name, sheet in inspected.items() if self._sheets.search(name)]
        dense = all(sheet.rows * sheet.columns <= MAX_DENSE_CELLS for sheet in wanted)
        yield from (_dense if dense else _sparse)(file, wanted)

    def _archive(self, file: BinaryIO) -> Any:
        file.seek(0)
        if file.read(4) == _OLE:
            raise Rejected("OLD_EXCEL")
        file.seek(0)
        return opened(file, self._source.max_unpacked_bytes, "BROKEN_WORKBOOK")


def _dense(file: BinaryIO, wanted: list[Sheet]) -> Iterator[tuple[Sheet, Iterator[Row]]]:
    """By calamine, which keeps the whole rectangle of a sheet in memory and is some ten times as fast."""
    file.seek(0)
    with _library():
        book = python_calamine.load_workbook(file)
    for sheet in wanted:
        with _library(sheet.name):
            rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        yield sheet, iter(rows)


def _sparse(file: BinaryIO, wanted: list[Sheet]) -> Iterator[tuple[Sheet, Iterator[Row]]]:
    """By openpyxl, row by row: for a sheet with a cell far out."""
    file.seek(0)
    with _library():
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in wanted:
            yield sheet, _rows(book[sheet.name], sheet.name)
    finally:
        book.close()


def _rows(sheet: Any, name: str) -> Iterator[Row]:
    cells = 0
    with _library(name):
        sheet.reset_dimensions()  # some writers state a wrong size, and what lies outside would be lost
        for row in sheet.iter_rows(values_only=True):
            cells += len(row) + 1
            if cells > MAX_CELLS:
                raise Rejected("TOO_LARGE", name)
            yield [None if value in ERROR_CODES else value for value in row]  # as calamine does


@contextmanager
def _library(where: str = "") -> Iterator[None]:
    """Whatever a library makes of a hostile file rejects it; a panic of calamine is no Exception."""
    try:
        yield
    except (Rejected, GeneratorExit, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:
        raise Rejected("BROKEN_WORKBOOK", where) from None


def _inspected(archive: zipfile.ZipFile) -> dict[str, Sheet]:
    """Each sheet by name, after nothing forbidden was found. Raises Rejected."""
    names = archive.namelist()
    if any(_FORBIDDEN.search(name) for name in names):
        raise Rejected("MACROS")
    try:
        for name in names:
            if name.lower().endswith((".xml", ".rels", ".vml")):
                _scan(archive, name)
        return {name: _sheet(archive, name, part) for name, part in _parts(archive).items() if part in names}
    except (*BROKEN, etree.LxmlError):
        raise Rejected("BROKEN_WORKBOOK") from None


def _scan(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a DOCTYPE anywhere, and links to programs and macros in the parts where they are declared."""
    links = name.lower().startswith("xl/externallinks/")
    kinds = name == "[Content_Types].xml"
    texts, size = name.lower() == "xl/sharedstrings.xml", archive.getinfo(name).file_size
    with archive.open(name) as part:
        before = b""
        while chunk := part.read(_CHUNK_BYTES):
            piece = before + chunk
            if any(word in piece for word in _DOCTYPE):
                raise Rejected("DTD", name)
            if links and _LINK.search(piece):
                raise Rejected("DDE")
            if texts and any(int(count) > size for count in _COUNTS.findall(piece)):
                raise Rejected(
                    "BROKEN_WORKBOOK", name
                )  # room for so many would be asked for, and that ends the process
            if kinds and b"macroEnabled" in piece:
                raise Rejected("MACROS")
            before = piece[-64:]


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet, by the sheet's name."""
    targets: dict[str, str] = {}
    for _, element in _events(archive, "xl/_rels/workbook.xml.rels", "Relationship"):
        target = element.get("Target", "")
        targets[element.get("Id", "")] = target.lstrip("/") if target[:1] == "/" else normpath(join("xl", target))
    found = {}
    for _, element in _events(archive, "xl/workbook.xml", "sheet"):
        found[element.get("name", "")] = targets.get(element.get(_RELATION, ""), "")
    return found


def _sheet(archive: zipfile.ZipFile, name: str, part: str) -> Sheet:
    sheet = Sheet(name)
    for kind, element in _events(archive, part, "row", "f", "mergeCell"):
        if kind == "row":
            sheet.rows = max(sheet.rows + 1, _number(element.get("r")))
            last = element[-1].get("r", "") if len(element) else ""
            sheet.columns = max(sheet.columns, len(element), column_index_from_string(_letters(last)) if last else 0)
        if kind == "f":
            if _DDE_FORMULA.search(element.text or ""):
                raise Rejected("DDE", name)
            letters, row = coordinate_from_string(element.getparent().get("r", "A1"))
            sheet.formulas.add((row, column_index_from_string(letters)))
            continue
        if kind == "mergeCell":
            left, top, right, bottom = range_boundaries(element.get("ref", "A1"))
            sheet.merged.append((left or 1, top or 1, right or 1, bottom or 1))
            if len(sheet.merged) > _MAX_RANGES:
                raise Rejected("TOO_LARGE", name)
        parent = element.getparent()
        element.clear()
        while parent is not None and (earlier := element.getprevious()) is not None:
            parent.remove(earlier)
    return sheet


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _letters(reference: str) -> str:
    return reference.rstrip("0123456789")


def _events(archive: zipfile.ZipFile, part: str, *names: str) -> Iterator[tuple[str, Any]]:
    """The elements of these names, in any namespace, when they end."""
    parser = hardened([tag for name in names for tag in (name, "{*}" + name)])
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK_BYTES):
            parser.feed(chunk)
            events: Any = parser.read_events()
            for event, element in events:
                if event == "end":
                    yield str(element.tag).rpartition("}")[2], element
        parser.close()

"""Sheets as officials know them: Times New Roman, A4 landscape, lines around the table.

Here: how a page, a cell and a row are set. Not here: what a form says (`form.py`, `overdue_form.py`). Text of
sources is written as text, never as a formula: a field name that begins with "=" must not run on the desk of who opens
the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from hub.errors import HubError
from hub.reports.ii06a import ZONE

_LINE = 17.0  # points: a line of Times New Roman 12, whose Vietnamese capitals carry two marks
_THIN = Side(style="thin")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


@dataclass(frozen=True)
class Look:
    """How a cell is set."""

    bold: bool = False
    italic: bool = False
    size: int = 12
    horizontal: Literal["left", "center", "right"] = "left"
    grid: bool = False


def new_book(title: str, first: str) -> tuple[Workbook, Worksheet]:
    """A workbook that says what it is and who made it, and its first sheet, named `first`."""
    book = Workbook()
    book.properties.title = title
    book.properties.creator = "tthc-hub"
    sheet = book.worksheets[0]
    sheet.title = first
    return book, sheet


def save(book: Workbook, path: Path, what: str) -> None:
    """Write the workbook; `what` it is called in the HubError raised when the file cannot be written."""
    try:
        book.save(path)
    except OSError as error:
        raise HubError(
            f"{path}: the {what} cannot be written: {error.strerror}", hint="name another file by --out"
        ) from error


TITLE = Look(bold=True, size=14, horizontal="center")
HEAD = Look(bold=True, horizontal="center", grid=True)
NOTE = Look(italic=True, size=10)


def page(sheet: Worksheet, widths: Sequence[int]) -> None:
    """A4 landscape, one page wide; `widths` of the columns in characters."""
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = _LINE, True
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0  # as many pages long as it takes
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4  # inches
    footer = sheet.oddFooter
    assert footer is not None and footer.center is not None  # a new sheet has both
    footer.center.text = "Trang &P/&N"


def write(sheet: Worksheet, area: str, value: str | int, look: Look) -> None:
    """A value into a cell, or into a range that becomes one cell."""
    first, last = area.split(":")[0], area.split(":")[-1]
    if first != last:
        sheet.merge_cells(area)
    if look.grid:
        for cells in sheet[f"{first}:{last}"]:
            for cell in cells:
                cell.border = _GRID
    cell = sheet[first]
    if isinstance(value, str):
        cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", value), "s"
    else:
        cell.value, cell.number_format = value, "#,##0"
    cell.font = Font(name="Times New Roman", size=look.size, bold=look.bold, italic=look.italic)
    cell.alignment = Alignment(horizontal=look.horizontal, vertical="center", wrap_text=True)


def values(sheet: Worksheet, row: int, values: Sequence[str | int], *, bold: bool = False) -> None:
    """A row of the table: its number in the middle, text left, figures right; as high as its longest text needs."""
    lines = 1
    for column, value in enumerate(values, start=1):
        letter = get_column_letter(column)
        side: Literal["left", "center", "right"] = "right" if isinstance(value, int) else "left"
        write(sheet, f"{letter}{row}", value, Look(bold, horizontal="center" if column == 1 else side, grid=True))
        # a width counts digits; words break early, so a line holds a little less
        lines = max(lines, ceil(len(str(value)) / (sheet.column_dimensions[letter].width - 2)))
    sheet.row_dimensions[row].height = _LINE * lines


def told(moment: datetime | None) -> str:
    """A moment in the province's time."""
    return "chưa có" if moment is None else f"{moment.astimezone(ZONE):%H:%M:%S ngày %d/%m/%Y}"

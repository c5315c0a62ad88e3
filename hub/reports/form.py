"""The sheet of form II.06a as officials know it: A4 landscape, Times New Roman, a second sheet with the repairs.

Here: layout alone. Not here: any figure (`ii06a.py`). Text of sources is written as text, never as a formula: a
field name that begins with "=" must not run on the desk of who opens the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
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
from hub.reports.ii06a import ZONE, Report

# Range within the two header rows 5 and 6, heading
_HEADINGS = {
    "A5:A6": "TT",
    "B5:B6": "Lĩnh vực, công việc giải quyết theo cấp",
    "C5:F5": "Số hồ sơ tiếp nhận",
    "G5:J5": "Số hồ sơ đã giải quyết",
    "K5:M5": "Số hồ sơ đang giải quyết",
    "C6": "Tổng số",
    "D6": "Trong kỳ: Trực tuyến",
    "E6": "Trong kỳ: Trực tiếp, dịch vụ bưu chính",
    "F6": "Từ kỳ trước",
    "G6": "Tổng số",
    "H6": "Trước hạn",
    "I6": "Đúng hạn",
    "J6": "Quá hạn",
    "K6": "Tổng số",
    "L6": "Trong hạn",
    "M6": "Quá hạn",
}
_WIDTHS = (6, 42, 10, 10, 13, 10, 10, 10, 10, 10, 10, 10, 10)
_WHAT = {"ngay_tiep_nhan": "Ngày tiếp nhận", "ngay_ket_thuc": "Ngày kết thúc"}
_BASIS = {
    "submitted_at": "Lấy thời điểm nộp (nguồn không ghi thời điểm tiếp nhận)",
    "dossier_no": "Lấy ngày trong mã hồ sơ (nguồn không ghi thời điểm tiếp nhận)",
    "returned_at": "Lấy thời điểm trả kết quả (nguồn không ghi thời điểm kết thúc)",
    "withdrawn_at": "Lấy thời điểm rút hồ sơ (nguồn không ghi thời điểm kết thúc)",
    "sent_back_at": "Lấy thời điểm trả lại hồ sơ (nguồn không ghi thời điểm kết thúc)",
    "step": "Lấy thời điểm của bước kết thúc (nguồn không ghi thời điểm kết thúc)",
    "recorded": "Lấy lúc kho ghi nhận trạng thái kết thúc (nguồn không ghi thời điểm nào)",
    "before_receipt": "Nguồn ghi kết thúc trước tiếp nhận, lấy theo ngày tiếp nhận",
}
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


_TITLE = Look(bold=True, size=14, horizontal="center")
_HEAD = Look(bold=True, horizontal="center", grid=True)
_NOTE = Look(italic=True, size=10)


def write_xlsx(report: Report, path: Path) -> None:
    """Write the form and its sheet "Hiệu chỉnh". Raises HubError when the file cannot be written."""
    book = Workbook()
    book.properties.title = "Biểu II.06a/VPCP/KSTT"
    book.properties.creator = "tthc-hub"
    form = book.worksheets[0]
    form.title = "II.06a"
    _form(form, report)
    _repairs(book.create_sheet("Hiệu chỉnh"), report)
    try:
        book.save(path)
    except OSError as error:
        raise HubError(
            f"{path}: the form cannot be written: {error.strerror}", hint="name another file by --out"
        ) from error


def _form(sheet: Worksheet, report: Report) -> None:
    _page(sheet, _WIDTHS)
    dates = f"(Từ ngày {report.period_from:%d/%m/%Y} đến ngày {report.period_to:%d/%m/%Y})"
    _write(sheet, "A1:B1", "Biểu số II.06a/VPCP/KSTT", Look(bold=True))
    _write(sheet, "C1:I1", "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", _TITLE)
    _write(sheet, "C2:I2", f"Kỳ báo cáo: {report.period_name}", Look(horizontal="center"))
    _write(sheet, "C3:I3", dates, Look(horizontal="center"))
    _write(sheet, "J1:M1", f"Đơn vị báo cáo: {report.reporter}", Look())
    _write(sheet, "J2:M2", f"Đơn vị nhận báo cáo: {report.recipient}", Look())
    if report.structure == "today":
        _write(sheet, "A4:I4", f"Quy đổi theo cơ cấu hiện nay, {report.approximate} hồ sơ quy đổi gần đúng", _NOTE)
    _write(sheet, "J4:M4", "Đơn vị tính: Số hồ sơ", Look(italic=True))
    for area, heading in _HEADINGS.items():
        _write(sheet, area, heading, _HEAD)
    for column in range(1, len(_WIDTHS) + 1):
        _write(sheet, f"{get_column_letter(column)}7", f"({column})", Look(italic=True, horizontal="center", grid=True))
    for row, points in ((1, 40), (2, 34), (6, 50)):  # long names wrap
        sheet.row_dimensions[row].height = points
    sheet.print_title_rows, sheet.freeze_panes = "5:7", "C8"

    at = 8
    for line in report.rows:
        _values(sheet, at, (line.no, line.label, *astuple(line.figures)), bold=line.is_section)
        at += 1
    _values(sheet, at, ("", "Tổng số", *astuple(report.total)), bold=True)
    for note in (
        f"Quy tắc tính: {report.rule_id}; kết quả tính đến hết ngày {report.as_of:%d/%m/%Y}.",
        f"Dữ liệu kho đã ghi nhận đến: {_moment(report.data_cutoff)}; "
        f"theo nội dung ghi nhận tại: {_moment(report.as_recorded)}.",
        f"Thời điểm lập: {_moment(report.drawn_at)}.",
        f"Số lượt hồ sơ dùng thời điểm thay thế: {sum(r.dossiers for r in report.repairs)} (xem trang «Hiệu chỉnh»).",
    ):
        at += 1
        _write(sheet, f"A{at}:M{at}", note, _NOTE)


def _repairs(sheet: Worksheet, report: Report) -> None:
    _page(sheet, (6, 20, 42, 18, 66, 12))
    _write(sheet, "A1:F1", "HỒ SƠ ĐƯỢC ĐẾM THEO THỜI ĐIỂM THAY THẾ", _TITLE)
    _write(sheet, "A2:F2", "Dữ liệu gốc của nguồn được giữ nguyên; một hồ sơ có thể có ở nhiều dòng.", _NOTE)
    headings = ("TT", "Mã cơ quan", "Cơ quan tiếp nhận", "Nội dung", "Căn cứ", "Số hồ sơ")
    for column, heading in zip("ABCDEF", headings, strict=True):
        _write(sheet, f"{column}3", heading, _HEAD)
    sheet.print_title_rows, sheet.freeze_panes = "3:3", "A4"
    for number, repair in enumerate(report.repairs, start=1):
        what, basis = _WHAT[repair.what], _BASIS[repair.basis]
        _values(sheet, 3 + number, (str(number), repair.agency_code, repair.agency_name, what, basis, repair.dossiers))


def _page(sheet: Worksheet, widths: Sequence[int]) -> None:
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


def _write(sheet: Worksheet, area: str, value: str | int, look: Look) -> None:
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


def _values(sheet: Worksheet, row: int, values: Sequence[str | int], *, bold: bool = False) -> None:
    """A row of the table: its number in the middle, text left, figures right; as high as its longest text needs."""
    lines = 1
    for column, value in enumerate(values, start=1):
        letter = get_column_letter(column)
        side: Literal["left", "center", "right"] = "right" if isinstance(value, int) else "left"
        _write(sheet, f"{letter}{row}", value, Look(bold, horizontal="center" if column == 1 else side, grid=True))
        # a width counts digits; words break early, so a line holds a little less
        lines = max(lines, ceil(len(str(value)) / (sheet.column_dimensions[letter].width - 2)))
    sheet.row_dimensions[row].height = _LINE * lines


def _moment(moment: datetime | None) -> str:
    return "chưa có" if moment is None else f"{moment.astimezone(ZONE):%H:%M:%S ngày %d/%m/%Y}"

"""The sheet of form II.06a as officials know it: A4 landscape, Times New Roman, a second sheet with the repairs.

Here: its layout alone. Not here: any figure (`ii06a.py`), how a cell is set (`sheet.py`).
"""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from hub.reports.ii06a import Report
from hub.reports.sheet import HEAD, NOTE, TITLE, Look, new_book, page, save, told, values, write

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


def write_xlsx(report: Report, path: Path) -> None:
    """Write the form and its sheet "Hiệu chỉnh". Raises HubError when the file cannot be written."""
    book, form = new_book("Biểu II.06a/VPCP/KSTT", "II.06a")
    _form(form, report)
    _repairs(book.create_sheet("Hiệu chỉnh"), report)
    save(book, path, "form")


def _form(sheet: Worksheet, report: Report) -> None:
    page(sheet, _WIDTHS)
    dates = f"(Từ ngày {report.period_from:%d/%m/%Y} đến ngày {report.period_to:%d/%m/%Y})"
    write(sheet, "A1:B1", "Biểu số II.06a/VPCP/KSTT", Look(bold=True))
    write(sheet, "C1:I1", "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", TITLE)
    write(sheet, "C2:I2", f"Kỳ báo cáo: {report.period_name}", Look(horizontal="center"))
    write(sheet, "C3:I3", dates, Look(horizontal="center"))
    write(sheet, "J1:M1", f"Đơn vị báo cáo: {report.reporter}", Look())
    write(sheet, "J2:M2", f"Đơn vị nhận báo cáo: {report.recipient}", Look())
    if report.structure == "today":
        write(sheet, "A4:I4", f"Quy đổi theo cơ cấu hiện nay, {report.approximate} hồ sơ quy đổi gần đúng", NOTE)
    write(sheet, "J4:M4", "Đơn vị tính: Số hồ sơ", Look(italic=True))
    for area, heading in _HEADINGS.items():
        write(sheet, area, heading, HEAD)
    for column in range(1, len(_WIDTHS) + 1):
        write(sheet, f"{get_column_letter(column)}7", f"({column})", Look(italic=True, horizontal="center", grid=True))
    for row, points in ((1, 40), (2, 34), (6, 50)):  # long names wrap
        sheet.row_dimensions[row].height = points
    sheet.print_title_rows, sheet.freeze_panes = "5:7", "C8"

    at = 8
    for line in report.rows:
        values(sheet, at, (line.no, line.label, *astuple(line.figures)), bold=line.is_section)
        at += 1
    values(sheet, at, ("", "Tổng số", *astuple(report.total)), bold=True)
    for note in (
        f"Quy tắc tính: {report.rule_id}; kết quả tính đến hết ngày {report.as_of:%d/%m/%Y}.",
        f"Dữ liệu kho đã ghi nhận đến: {told(report.data_cutoff)}; "
        f"theo nội dung ghi nhận tại: {told(report.as_recorded)}.",
        f"Thời điểm lập: {told(report.drawn_at)}.",
        f"Số lượt hồ sơ dùng thời điểm thay thế: {sum(r.dossiers for r in report.repairs)} (xem trang «Hiệu chỉnh»).",
    ):
        at += 1
        write(sheet, f"A{at}:M{at}", note, NOTE)


def _repairs(sheet: Worksheet, report: Report) -> None:
    page(sheet, (6, 20, 42, 18, 66, 12))
    write(sheet, "A1:F1", "HỒ SƠ ĐƯỢC ĐẾM THEO THỜI ĐIỂM THAY THẾ", TITLE)
    write(sheet, "A2:F2", "Dữ liệu gốc của nguồn được giữ nguyên; một hồ sơ có thể có ở nhiều dòng.", NOTE)
    headings = ("TT", "Mã cơ quan", "Cơ quan tiếp nhận", "Nội dung", "Căn cứ", "Số hồ sơ")
    for column, heading in zip("ABCDEF", headings, strict=True):
        write(sheet, f"{column}3", heading, HEAD)
    sheet.print_title_rows, sheet.freeze_panes = "3:3", "A4"
    for number, repair in enumerate(report.repairs, start=1):
        what, basis = _WHAT[repair.what], _BASIS[repair.basis]
        values(sheet, 3 + number, (str(number), repair.agency_code, repair.agency_name, what, basis, repair.dossiers))

"""The sheet of overdue dossiers: what an office is asked about, dossier by dossier, and the counts per agency.

Here: its layout alone. Not here: which dossiers (`overdue.py`), how a cell is set (`sheet.py`).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from openpyxl.worksheet.worksheet import Worksheet

from hub.reports.overdue import Overdue
from hub.reports.sheet import HEAD, NOTE, TITLE, Look, new_book, page, save, told, values, write

_RULES = {
    "ii06a_td_v1": "biểu II.06a, so theo ngày",
    "qd766_dvcqg_v1": "QĐ 766/QĐ-TTg như Cổng Dịch vụ công quốc gia, so theo thời điểm",
    "qd766_td_v1": "QĐ 766/QĐ-TTg như hệ thống một cửa, so theo ngày",
    "opencps_v1": "OpenCPS, so theo thời điểm",
}
OUTCOMES = {"overdue": "Quá hạn", "overdue_open": "Quá hạn, chưa xong"}
COUNTED = {"then": "Cơ quan tiếp nhận", "today": "Cơ quan hiện nay"}
_BASIS = {
    "finished_at": "Kết thúc xử lý",
    "returned_at": "Trả kết quả",
    "withdrawn_at": "Rút hồ sơ",
    "sent_back_at": "Trả lại hồ sơ",
    "step": "Bước kết thúc",
    "recorded": "Lúc kho ghi nhận",
    "as_of": "Chưa kết thúc",
    "second_supplement": "Yêu cầu bổ sung lần hai",
    "supplement": "Yêu cầu bổ sung",
    "stopped": "Dừng xử lý",
}
_COLUMNS = (
    *("TT", "Mã hồ sơ", "Mã cơ quan", "", "Mã TTHC", "Tên thủ tục", "Kết quả", "Hạn", "Kết thúc"),
    *("Muộn (phút làm việc)", "Căn cứ", "Số lần xin lỗi", "Nguồn"),
)
_WIDTHS = (6, 28, 18, 32, 12, 44, 14, 20, 20, 12, 22, 10, 22)


def write_xlsx(report: Overdue, path: Path) -> None:
    """Write the list and its sheet "Theo cơ quan". Raises HubError when the file cannot be written."""
    book, sheet = new_book("Hồ sơ quá hạn", "Hồ sơ quá hạn")
    _list(sheet, report)
    _agencies(book.create_sheet("Theo cơ quan"), report)
    save(book, path, "list")


def _list(sheet: Worksheet, report: Overdue) -> None:
    page(sheet, _WIDTHS)
    write(sheet, "A1:M1", "DANH SÁCH HỒ SƠ QUÁ HẠN", TITLE)
    dates = f"(Từ ngày {report.period_from:%d/%m/%Y} đến ngày {report.period_to:%d/%m/%Y})"
    write(sheet, "A2:M2", dates, Look(horizontal="center"))
    note = (
        f"Quy tắc: {report.rule_id} ({_RULES[report.rule_id]}); tính đến hết ngày {report.as_of:%d/%m/%Y}; "
        f"dữ liệu kho đã ghi nhận đến {told(report.data_cutoff)}; lập lúc {told(report.drawn_at)}."
    )
    if report.structure == "today":
        note += f" Quy đổi theo cơ cấu hiện nay; {report.approximate:,} hồ sơ quy đổi gần đúng."
    write(sheet, "A3:M3", note, NOTE)
    for letter, heading in zip("ABCDEFGHIJKLM", _COLUMNS, strict=True):
        write(sheet, f"{letter}4", heading or COUNTED[report.structure], HEAD)
    sheet.print_title_rows, sheet.freeze_panes = "4:4", "C5"
    for number, row in enumerate(report.rows, start=1):
        cells = (
            *(str(number), row.dossier_no or "", row.agency_code, row.agency_name, row.procedure_code),
            *(row.procedure_name or "", OUTCOMES[row.outcome]),
            *(told(moment) if moment else "" for moment in (row.due_at, row.finished_at)),
            "" if row.late_minutes is None else row.late_minutes,
            *(_BASIS.get(row.basis, row.basis), row.apology_count, row.told_by or ""),
        )
        values(sheet, 4 + number, cells)


def _agencies(sheet: Worksheet, report: Overdue) -> None:
    page(sheet, (6, 20, 48, 16, 16))
    write(sheet, "A1:E1", f"SỐ HỒ SƠ QUÁ HẠN THEO {COUNTED[report.structure].upper()}", TITLE)
    for letter, heading in zip("ABCDE", ("TT", "Mã cơ quan", "Cơ quan", *OUTCOMES.values()), strict=True):
        write(sheet, f"{letter}2", heading, HEAD)
    sheet.print_title_rows, sheet.freeze_panes = "2:2", "A3"
    counts = Counter((row.agency_code, row.agency_name, row.outcome) for row in report.rows)
    agencies = dict.fromkeys((row.agency_code, row.agency_name) for row in report.rows)
    for number, agency in enumerate(agencies, start=1):
        values(sheet, 2 + number, (str(number), *agency, *(counts[*agency, outcome] for outcome in OUTCOMES)))
    total = Counter(row.outcome for row in report.rows)
    values(sheet, 3 + len(agencies), ("", "", "Tổng số", *(total[outcome] for outcome in OUTCOMES)), bold=True)

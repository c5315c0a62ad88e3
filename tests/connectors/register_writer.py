"""Workbooks as clerks keep them: the register *Sổ theo dõi hồ sơ* in several spellings, whole or spoilt.

Here: bytes of workbooks. Not here: packages (`package_writer`). The forms follow the printed register: preamble, a
header over two rows with merged cells, a row that numbers the columns, then the dossiers.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

DATES = "Ngày, tháng, năm"
HEADERS = {
    "TT": ["TT", "STT", "Số thứ tự"],
    "Mã hồ sơ": ["Mã hồ sơ", "Mã số hồ sơ", "Số hồ sơ"],
    "Tên TTHC": ["Tên TTHC", "Tên thủ tục hành chính"],
    "Số lượng hồ sơ": ["Số lượng hồ sơ (bộ)", "Số bộ"],
    "Tên cá nhân, tổ chức": ["Tên cá nhân, tổ chức", "Họ tên người nộp"],
    "Địa chỉ, số điện thoại": ["Địa chỉ, số điện thoại"],
    "Địa chỉ": ["Địa chỉ"],
    "Điện thoại": ["Số điện thoại"],
    "Cơ quan chủ trì": ["Cơ quan chủ trì giải quyết"],
    "Nhận hồ sơ": [f"{DATES} / Nhận hồ sơ", "Ngày nhận"],
    "Hẹn trả": [f"{DATES} / Hẹn trả kết quả", "Ngày hẹn trả"],
    "Trả kết quả": [f"{DATES} / Trả kết quả", "Ngày trả"],
    "Phương thức": ["Phương thức nhận kết quả"],
    "Ký nhận": ["Ký nhận"],
    "Ghi chú": ["Ghi chú"],
}
PREAMBLE = {"Năm": ["Năm"], "Quyển số": ["Quyển số"], "Đơn vị": ["UBND*", "Ủy ban nhân dân*"]}
TITLES = (
    "TT",
    "Mã hồ sơ",
    "Tên TTHC",
    "Số lượng hồ sơ (bộ)",
    "Tên cá nhân, tổ chức",
    "Địa chỉ, số điện thoại",
    "Cơ quan chủ trì giải quyết",
)
LAST = ("Phương thức nhận kết quả", "Ký nhận", "Ghi chú")


def row(ordinal: Any, number: Any, received: Any = "15/03/2024", **others: Any) -> list[Any]:
    """A dossier as the form has it."""
    cells = [ordinal, number, "Đăng ký khai sinh", 1, "Nguyễn Thị Ánh", "Thôn 3, xã Hoằng Đạo, 0912345678", "UBND xã"]
    cells += [received, "20/03/2024", None, "Trực tiếp", None, None]
    for name, value in others.items():
        cells[int(name.removeprefix("c"))] = value
    return cells


def header(sheet: Worksheet, at: int, left: int = 1, *, merged: bool = True, numbers: bool = True) -> int:
    """The form's two-row header; gives the row after it."""
    titles = [*TITLES, DATES, None, None, *LAST]
    below = [None] * len(TITLES) + ["Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả", None, None, None]
    for offset, (title, sub) in enumerate(zip(titles, below, strict=True)):
        sheet.cell(at, left + offset, title)
        sheet.cell(at + 1, left + offset, sub)
        if merged and sub is None:
            sheet.merge_cells(start_row=at, end_row=at + 1, start_column=left + offset, end_column=left + offset)
    if merged:
        sheet.merge_cells(start_row=at, end_row=at, start_column=left + 7, end_column=left + 9)
    if numbers:
        for offset in range(len(titles)):
            sheet.cell(at + 2, left + offset, f"({offset + 1})")
    return at + 2 + numbers


def fill(sheet: Worksheet, at: int, rows: Sequence[Sequence[Any]], left: int = 1) -> int:
    for number, cells in enumerate(rows):
        for offset, value in enumerate(cells):
            if value is not None:
                sheet.cell(at + number, left + offset, value)
    return at + len(rows)


def form(sheet: Worksheet, rows: Sequence[Sequence[Any]], year: str = "2024", book: str = "01", left: int = 1) -> int:
    """A whole register on one sheet; gives the row after it."""
    sheet.cell(1, 1, "ỦY BAN NHÂN DÂN XÃ HOẰNG ĐẠO")
    sheet.cell(2, 3, f"SỔ THEO DÕI HỒ SƠ\nNăm {year}")
    sheet.cell(3, 3, "Quyển số:")
    sheet.cell(3, 4, book)
    return fill(sheet, header(sheet, 5, left), rows, left)


def workbook(*builds: Callable[[Worksheet], Any], titles: Sequence[str] = ()) -> bytes:
    """A workbook with a sheet per build."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for number, build in enumerate(builds):
        build(book.create_sheet(titles[number] if titles else f"Trang {number + 1}"))
    return saved(book)


def saved(book: Workbook, moment: str = "2024-03-20T03:00:00Z") -> bytes:
    """The workbook's bytes; openpyxl would say that it was saved now."""
    out = io.BytesIO()
    book.save(out)
    return changed(out.getvalue(), "docProps/core.xml", lambda part: _stamped(part, moment))


def changed(content: bytes, name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """The workbook with one part changed, made (from b"") or, for None, removed."""
    source, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        parts = {entry.filename: source.read(entry) for entry in source.infolist()}
        new = change(parts.pop(name, b""))
        for part, data in (parts | ({name: new} if new is not None else {})).items():
            target.writestr(part, data)
    return out.getvalue()


def _stamped(part: bytes, moment: str) -> bytes:
    before, mark, rest = part.partition(b"<dcterms:modified")
    opening, _, after = rest.partition(b">")
    return before + mark + opening + b">" + moment.encode() + after[after.index(b"<") :]

"""The workbook read back: what stands where, what is merged, how it prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from openpyxl import load_workbook

from hub.errors import HubError
from hub.reports import form
from hub.reports.form import write_xlsx
from hub.reports.ii06a import Repair, Report, draw
from tests.mart.rows import put, refresh

FROM, TO = date(2022, 6, 15), date(2022, 9, 14)
DONE = {"received_at": "2022-07-01", "due_at": "2022-08-01", "status": 9, "finished_at": "2022-07-20"}


@pytest.fixture
def report(core: psycopg.Connection[Any]) -> Report:
    """A field whose name looks like a formula, an early finish, a repair."""
    put(core, 1, **DONE)
    put(core, 2, **DONE | {"finished_at": None, "procedure_code": "1.010003", "field_name": '=HYPERLINK("x")\x07'})
    refresh(core)
    return draw(core, FROM, TO)


def test_the_form(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "ii06a.xlsx"
    write_xlsx(report, path)
    book = load_workbook(path)
    assert book.sheetnames == ["II.06a", "Hiệu chỉnh"]
    sheet = book["II.06a"]
    top = [sheet[cell].value for cell in ("A1", "C1", "C2", "C3", "J1", "J2", "J4")]
    assert top == [
        "Biểu số II.06a/VPCP/KSTT",
        "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
        "Kỳ báo cáo: Quý 3 năm 2022",
        "(Từ ngày 15/06/2022 đến ngày 14/09/2022)",
        "Đơn vị báo cáo: UBND tỉnh Thanh Hóa",
        "Đơn vị nhận báo cáo: Văn phòng Chính phủ",
        "Đơn vị tính: Số hồ sơ",
    ]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A5:A6", "B5:B6", "C5:F5", "G5:J5", "K5:M5"} <= merged
    rows = list(sheet.iter_rows(min_row=5, max_row=11, values_only=True))
    assert rows[1][2:] == (
        *("Tổng số", "Trong kỳ: Trực tuyến", "Trong kỳ: Trực tiếp, dịch vụ bưu chính", "Từ kỳ trước"),
        *("Tổng số", "Trước hạn", "Đúng hạn", "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn"),
    )
    assert rows[2] == tuple(f"({column})" for column in range(1, 14))
    assert rows[3:] == [
        ("I", "Cấp xã", 2, 0, 2, 0, 1, 1, 0, 0, 1, 0, 1),
        ("1", '=HYPERLINK("x")', 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1),
        ("2", "Đất đai", 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0),
        (None, "Tổng số", 2, 0, 2, 0, 1, 1, 0, 0, 1, 0, 1),
    ]
    notes = [sheet.cell(row, 1).value for row in range(12, 16)]
    assert notes[0] == "Quy tắc tính: ii06a_td_v1; kết quả tính đến hết ngày 14/09/2022."
    assert "đến: 00:00:00 ngày 01/10/2022; theo nội dung ghi nhận tại: 00:00:00 ngày 01/10/2022" in str(notes[1])
    assert str(notes[3]).startswith("Số lượt hồ sơ dùng thời điểm thay thế: 1 ")


def test_text_of_a_source_never_becomes_a_formula(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "ii06a.xlsx"
    write_xlsx(report, path)
    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []


def test_it_prints_on_a4_across_with_its_heading_on_each_page(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "ii06a.xlsx"
    write_xlsx(report, path)
    for sheet, titles in zip(load_workbook(path), ("$5:$7", "$3:$3"), strict=True):
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == titles
        fonts = {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value is not None}
        assert fonts == {"Times New Roman"}


def test_repairs_have_their_sheet_and_every_basis_its_words(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "ii06a.xlsx"
    every = tuple(Repair("H56.1", "UBND xã Tam Chung", "ngay_ket_thuc", basis, 3) for basis in form._BASIS)
    write_xlsx(replace(report, repairs=(*report.repairs, *every)), path)
    rows = list(load_workbook(path)["Hiệu chỉnh"].iter_rows(min_row=3, values_only=True))
    assert rows[0] == ("TT", "Mã cơ quan", "Cơ quan tiếp nhận", "Nội dung", "Căn cứ", "Số hồ sơ")
    assert rows[1] == (
        *("1", "000.01.31.H56", "UBND xã Tam Chung", "Ngày kết thúc"),
        *("Lấy lúc kho ghi nhận trạng thái kết thúc (nguồn không ghi thời điểm nào)", 1),
    )
    assert len(rows) == 2 + len(every)
    # the bases that mart.dossier_version can hold, and the repair of an impossible order
    told = {"submitted_at", "dossier_no", "returned_at", "withdrawn_at", "sent_back_at", "step", "recorded"}
    assert set(form._BASIS) == told | {"before_receipt"}


def test_a_file_that_cannot_be_written_is_named(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "missing" / "ii06a.xlsx"
    with pytest.raises(HubError, match=r"missing/ii06a\.xlsx: the form cannot be written: No such file"):
        write_xlsx(report, path)

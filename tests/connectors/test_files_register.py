"""The register: found by its titles wherever it stands, delivered row by row, and never run or followed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from connectors.files_source import FilesStream
from tests.connectors.drop_folder import Drop, Pulled
from tests.connectors.register_writer import HEADERS, PREAMBLE, changed, fill, form, header, row, workbook

REGISTER = FilesStream("dossiers", kind="excel", key="Mã hồ sơ", headers=HEADERS, preamble=PREAMBLE)
CONTACT = "Thôn 3, xã Hoằng Đạo, 0912345678"


@pytest.fixture
def drop(tmp_path) -> Drop:
    return Drop(tmp_path, REGISTER, pattern="*.xlsx|*.xls|*.xlsm")


def read(drop: Drop, content: bytes, name: str = "so.xlsx", **changes: Any) -> Pulled:
    drop.put(name, content)
    return drop.pull(**changes)


def sheet_of(*rows: list[Any], **options: Any) -> bytes:
    return workbook(lambda sheet: form(sheet, rows, **options))


# The form


def test_a_row_of_the_form_becomes_a_record(drop):
    pulled = read(drop, sheet_of(row(1, "000.00.12.H56-240315-0042", datetime(2024, 3, 15))))
    assert pulled.records == [
        {
            "#v": 1,
            "#numbers": ["TT", "Số lượng hồ sơ"],
            "Đơn vị": "ỦY BAN NHÂN DÂN XÃ HOẰNG ĐẠO",
            "Năm": "2024",
            "Quyển số": "01",
            "TT": "1",
            "Mã hồ sơ": "000.00.12.H56-240315-0042",
            "Tên TTHC": "Đăng ký khai sinh",
            "Số lượng hồ sơ": "1",
            "Tên cá nhân, tổ chức": "Nguyễn Thị Ánh",
            "Địa chỉ, số điện thoại": CONTACT,
            "Địa chỉ": "Thôn 3, xã Hoằng Đạo",
            "Điện thoại": "0912345678",
            "Cơ quan chủ trì": "UBND xã",
            "Nhận hồ sơ": "2024-03-15",
            "Hẹn trả": "20/03/2024",
            "Phương thức": "Trực tiếp",
        }
    ]
    assert pulled.keys == ["000.00.12.H56-240315-0042"]
    assert pulled.versions == ["20240320100000"]  # 03:00 in UTC is 10:00 in Thanh Hóa
    assert (pulled.cursor, pulled.outcomes) == ("20240320100000", {"so.xlsx": "taken"})


def test_a_workbook_that_does_not_say_when_it_was_saved_has_the_time_of_its_file(drop):
    content = changed(sheet_of(row(1, "h-1")), "docProps/core.xml", lambda part: None)
    content = changed(content, "_rels/.rels", lambda part: part.replace(b"core-properties", b"nothing"))
    assert read(drop, content).versions[0].startswith("202")


def one_row(sheet: Any) -> None:
    titles = ["STT", "SỐ HỒ SƠ", "Tên thủ tục\nhành chính ", "Họ tên người nộp", "Địa chỉ", "Số điện thoại"]
    titles += ["Ngày nhận", "Ngày hẹn trả", "Ngày trả"]
    fill(sheet, 2, [titles, [1, "h-1", "Chứng thực", "Lê B", "Thôn 1", 912345678, "15/3/24", None, "16/3/24"]])


def unmerged(sheet: Any) -> None:
    fill(sheet, header(sheet, 3, merged=False, numbers=False), [row(1, "h-1")])


def decomposed(sheet: Any) -> None:
    import unicodedata

    form(sheet, [row(1, "h-1")])
    for cells in sheet.iter_rows(min_row=5, max_row=6):
        for cell in cells:
            if isinstance(cell.value, str):
                cell.value = unicodedata.normalize("NFD", cell.value).upper()


@pytest.mark.parametrize("build", [one_row, unmerged, decomposed])
def test_other_spellings_of_the_header_are_found(drop, build):
    (found,) = read(drop, workbook(build)).records
    assert (found["Mã hồ sơ"], found["TT"]) == ("h-1", "1")
    assert {"Nhận hồ sơ", "Tên TTHC", "Tên cá nhân, tổ chức", "Địa chỉ", "Điện thoại"} <= set(found)


@pytest.mark.parametrize("left", [1, 2, 4])
def test_columns_may_be_shifted(drop, left):
    (found,) = read(drop, sheet_of(row(1, "h-1"), left=left)).records
    assert (found["Mã hồ sơ"], found["Nhận hồ sơ"], found["Hẹn trả"]) == ("h-1", "15/03/2024", "20/03/2024")


def test_a_column_that_was_inserted_changes_nothing(drop):
    def build(sheet: Any) -> None:
        form(sheet, [row(1, "h-1")])
        sheet.insert_cols(4)

    (found,) = read(drop, workbook(build)).records
    assert (found["Mã hồ sơ"], found["Tên cá nhân, tổ chức"]) == ("h-1", "Nguyễn Thị Ánh")


def test_what_is_no_dossier_is_no_record(drop):
    def build(sheet: Any) -> None:
        at = form(sheet, [row(1, "h-1"), [None] * 13, ["Cộng", None, None, 1]])
        at = fill(sheet, at, [["Tháng 4"], []])
        at = fill(sheet, header(sheet, at), [row(2, "h-2"), [None, "Tổng cộng:", None, 2]])
        fill(sheet, at, [["Người lập sổ"]])

    pulled = read(drop, workbook(build))
    assert pulled.keys == ["h-1", "h-2"]


def test_a_dossier_of_a_person_called_cong_is_a_dossier(drop):
    pulled = read(drop, sheet_of(row(None, None, c4="Cộng"), row(None, None, c4="Công", c2=None)))
    assert len(pulled.keys) == 2


def test_several_sheets_and_years(drop):
    content = workbook(
        lambda sheet: form(sheet, [row(1, None)], year="2023", book="1"),
        lambda sheet: fill(sheet, header(sheet, 1), [row(1, None)]),
        lambda sheet: form(sheet, [row(1, None)], year="2024", book="1"),
        lambda sheet: fill(sheet, 1, [["Danh mục", "xã"], ["a", "b"]]),
        titles=["Tháng 1", "Tháng 2", "Tháng 3", "Danh mục"],
    )
    pulled = read(drop, content)
    assert [found["Năm"] for found in pulled.records] == ["2023", "2023", "2024"]
    assert len(set(pulled.keys)) == 3


def test_only_the_sheets_that_the_mapping_names_are_read(tmp_path):
    drop = Drop(tmp_path, replace(REGISTER, sheets="^Sổ"), pattern="*.xlsx")
    builds = [lambda sheet: form(sheet, [row(1, "h-1")]), lambda sheet: form(sheet, [row(1, "h-2")])]
    assert read(drop, workbook(*builds, titles=["Nháp", "Sổ 2024"])).keys == ["h-2"]


def test_a_year_in_the_middle_of_a_sheet_begins_a_new_year(drop):
    def build(sheet: Any) -> None:
        at = form(sheet, [row(1, None)], year="2023")
        fill(sheet, at, [["Năm 2024"], row(1, None)])

    pulled = read(drop, workbook(build))
    assert [found["Năm"] for found in pulled.records] == ["2023", "2024"]
    assert len(set(pulled.keys)) == 2


# Keys


def test_rows_without_a_number_are_known_by_book_year_and_ordinal(drop):
    rows = [row(n, None if n % 2 else f"h-{n}") for n in range(1, 9)]
    first = read(drop, sheet_of(*rows[:5]))
    again = read(drop, sheet_of(*rows))
    assert again.keys[:5] == first.keys
    assert all(key.startswith("#") for key in again.keys[::2])
    other = read(drop, sheet_of(*rows, year="2025"))
    assert set(other.keys[::2]).isdisjoint(again.keys)


def test_ordinals_that_begin_anew_are_told_apart(drop):
    keys = read(drop, sheet_of(row(1, None), row(2, None), row(1, None), row(None, None), row(None, None))).keys
    assert len(set(keys)) == 5


# Cells


def test_numbers_where_text_is_expected_are_named(drop):
    (found,) = read(drop, sheet_of(row("1", 123, c5=912345678))).records
    assert found["#numbers"] == ["Mã hồ sơ", "Số lượng hồ sơ", "Địa chỉ, số điện thoại"]
    assert (found["Mã hồ sơ"], found["Điện thoại"]) == ("123", "912345678")


def test_cells_merged_downwards_hold_their_value_in_every_row(drop):
    def build(sheet: Any) -> None:
        at = form(sheet, [row(1, "h-1"), row(2, "h-2", c2=None), row(3, "h-3", c2=None), row(4, "h-4", c2=None)])
        sheet.merge_cells(start_row=at - 4, end_row=at - 2, start_column=3, end_column=3)

    names = [found.get("Tên TTHC") for found in read(drop, workbook(build)).records]
    assert names == ["Đăng ký khai sinh"] * 3 + [None]


def test_a_dossier_over_two_merged_rows_is_one(drop):
    def build(sheet: Any) -> None:
        at = form(sheet, [row(1, "h-1"), [None] * 13])
        for column in range(1, 14):
            sheet.merge_cells(start_row=at - 2, end_row=at - 1, start_column=column, end_column=column)

    assert read(drop, workbook(build)).keys == ["h-1"]


def test_a_formula_gives_the_stored_value_and_is_named(drop):
    stored = re.compile(rb"<f>1\+1</f><v ?(/>|></v>)")
    content = changed(
        sheet_of(row(1, "h-1", c3="=1+1")),
        "xl/worksheets/sheet1.xml",
        lambda part: stored.sub(b"<f>1+1</f><v>2</v>", part),
    )
    (found,) = read(drop, content).records
    assert (found["Số lượng hồ sơ"], found["#formulas"]) == ("2", ["Số lượng hồ sơ"])


def test_a_numbering_that_does_not_fit_the_header_is_told(drop):
    def build(sheet: Any) -> None:
        form(sheet, [row(1, "h-1")])
        sheet.cell(7, 13).value = None

    pulled = read(drop, workbook(build))
    assert pulled.keys == ["h-1"]
    assert pulled.originals["so.xlsx"].reason == "Trang 1: dòng đánh số cột không khớp tiêu đề"

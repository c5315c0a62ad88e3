"""Workbooks from outside: what must not be opened is rejected, what is only odd is read."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from connectors import files_excel
from tests.connectors.drop_folder import Drop
from tests.connectors.register_writer import changed, fill, form, row, saved, workbook
from tests.connectors.test_files_register import REGISTER, read, sheet_of


@pytest.fixture
def drop(tmp_path) -> Drop:
    return Drop(tmp_path, REGISTER, pattern="*.xlsx|*.xls|*.xlsm")


def macro(content: bytes) -> bytes:
    return changed(content, "xl/vbaProject.bin", lambda part: b"macro")


def dde(content: bytes) -> bytes:
    link = b'<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    return changed(content, "xl/externalLinks/externalLink1.xml", lambda part: link)


def dde_formula(content: bytes) -> bytes:
    formula = b"<c r=\"N8\"><f>cmd|'/c calc'!A0</f><v>0</v></c></row>"
    return changed(content, "xl/worksheets/sheet1.xml", lambda part: part.replace(b"</row>", formula, 1))


def doctype(content: bytes) -> bytes:
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    return changed(content, "xl/worksheets/sheet1.xml", lambda part: entity + part)


def bomb(content: bytes) -> bytes:
    return changed(content, "xl/media/image1.png", lambda part: b"\0" * 50_000_000)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def sheet_cut(content: bytes) -> bytes:
    return changed(content, "xl/worksheets/sheet1.xml", lambda part: part[: len(part) // 2])


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (macro, "MACROS"),
        (lambda content: changed(content, "xl/embeddings/oleObject1.bin", lambda part: b"x"), "MACROS"),
        (
            lambda content: changed(
                content,
                "[Content_Types].xml",
                lambda part: part.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml"),
            ),
            "MACROS",
        ),
        (dde, "DDE"),
        (dde_formula, "DDE"),
        (doctype, "DTD"),
        (bomb, "ZIP_BOMB"),
        (cut, "BROKEN_WORKBOOK"),
        (sheet_cut, "BROKEN_WORKBOOK"),
        (lambda content: b"\xd0\xcf\x11\xe0" + content, "OLD_EXCEL"),
        (lambda content: b"Ma ho so;Ten\n", "BROKEN_WORKBOOK"),
        (lambda content: workbook(lambda sheet: fill(sheet, 1, [["a", "b"], [1, 2]])), "NO_REGISTER"),
    ],
    ids=[
        "macro",
        "embedded",
        "macro type",
        "dde",
        "dde formula",
        "doctype",
        "bomb",
        "cut",
        "sheet cut",
        "xls",
        "csv",
        "no register",
    ],
)
def test_a_workbook_that_must_not_be_opened_is_rejected_and_stops_nobody(drop, spoil, code):
    drop.put("b.xlsx", sheet_of(row(1, "other")))
    pulled = read(drop, spoil(sheet_of(row(1, "h-1"))), "a.xlsx")
    assert (pulled.keys, pulled.outcomes) == (["other"], {"a.xlsx": code, "b.xlsx": "taken"})


def test_a_link_to_another_workbook_is_not_followed(drop):
    link = b'<externalLink xmlns="x"><externalBook/></externalLink>'
    content = changed(sheet_of(row(1, "h-1")), "xl/externalLinks/externalLink1.xml", lambda part: link)
    assert read(drop, content).keys == ["h-1"]


def test_a_sheet_that_states_a_wrong_size_is_read_whole(drop):
    content = sheet_of(row(1, "h-1"), row(2, "h-2"))
    content = changed(
        content,
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(part[part.index(b"<dimension") :].split(b"/>")[0], b'<dimension ref="A1:B6"'),
    )
    pulled = read(drop, content)
    assert (pulled.keys, pulled.records[0]["Nhận hồ sơ"]) == (["h-1", "h-2"], "15/03/2024")


def test_a_sheet_of_many_empty_rows_is_no_danger(drop):
    def build(sheet: Any) -> None:
        form(sheet, [row(1, "h-1")])
        sheet.cell(400_000, 16_384, "x")

    assert read(drop, workbook(build)).keys == ["h-1"]


def test_a_workbook_of_other_software_is_read(drop):
    """Written in one go, with the texts in the cells, as exporters do."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sổ")
    sheet.append(["TT", "Mã hồ sơ", "Tên TTHC", "Ngày nhận", "Ngày hẹn trả", "Ngày trả", "Họ tên người nộp", "Địa chỉ"])
    sheet.append([1, "h-1", "Chứng thực", "15/03/2024", None, None, "Lê B", "Thôn 1"])
    content = saved(book)
    assert read(drop, content).keys == ["h-1"]


def test_both_readers_give_the_same_rows(drop, monkeypatch):
    """A sheet with a cell far out is read by another library than the rest."""

    def build(sheet: Any) -> None:
        cells = [datetime(2024, 3, 15), datetime(2024, 3, 15, 8, 30), time(7, 15), 0.1 + 0.2, 38204012345, True, "#N/A"]
        form(sheet, [row(1, "h-1", **{f"c{place + 3}": cell}) for place, cell in enumerate(cells)])
        sheet.cell(9, 13, "=1/0")

    content = workbook(build)
    first = drop.pull(settle=False) if drop.put("so.xlsx", content) else None
    monkeypatch.setattr(files_excel, "MAX_DENSE_CELLS", 0)
    again = drop.pull(settle=False)
    assert first is not None
    assert len(first.records) == 7
    assert again.records == first.records


@pytest.mark.parametrize(
    ("part", "true", "lie", "outcome"),
    [
        ("xl/sharedStrings.xml", rb'uniqueCount="\d+"', b'uniqueCount="4294967295"', "BROKEN_WORKBOOK"),
        ("xl/worksheets/sheet1.xml", rb'<dimension ref="[^"]+"', b'<dimension ref="A1:XFD1048576"', "taken"),
    ],
)
def test_a_workbook_that_lies_about_its_size_costs_no_memory(drop, part, true, lie, outcome):
    content = changed(sheet_of(row(1, "h-1")), part, lambda xml: re.sub(true, lie, xml))
    assert read(drop, content).outcomes == {"so.xlsx": outcome}


def test_a_text_that_is_not_there_rejects_the_workbook(drop):
    content = changed(
        sheet_of(row(1, "h-1")),
        "xl/worksheets/sheet1.xml",
        lambda part: re.sub(rb't="s"><v>\d+</v>', b't="s"><v>99999</v>', part, count=1),
    )
    assert read(drop, content).outcomes["so.xlsx"] in ("BROKEN_WORKBOOK", "taken")

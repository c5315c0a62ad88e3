"""Cells, titles and labels of a register, one by one."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.files_register import cell_text, split_contact
from connectors.files_titles import Labels, folded, is_total, numbered
from tests.connectors.register_writer import PREAMBLE

CONTACT = "Thôn 3, xã Hoằng Đạo, 0912345678"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("15/3/24", "15/3/24"),
        (" a\n b ", " a\n b "),
        (datetime(2024, 3, 15), "2024-03-15"),
        (datetime(2024, 3, 15, 8, 29, 59, 999_990), "2024-03-15T08:30:00"),
        (datetime(2024, 3, 15, 23, 59, 59, 999_990), "2024-03-16"),
        (time(8, 30), "08:30:00"),
        (38204012345.0, "38204012345"),
        (912345678, "912345678"),
        (1.5, "1.5"),
        (True, "TRUE"),
        ("NguyÔn V¨n ¸nh", "NguyÔn V¨n ¸nh"),
    ],
)
def test_a_cell_as_text(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("text", "address", "phone"),
    [
        (CONTACT, "Thôn 3, xã Hoằng Đạo", "0912345678"),
        ("Thôn 3 - ĐT: 0912.345.678", "Thôn 3", "0912345678"),
        ("SĐT 0237 3900 900, số 28 Đại lộ Lê Lợi", "số 28 Đại lộ Lê Lợi", "02373900900"),
        ("+84 912 345 678; phố Mới", "phố Mới", "+84912345678"),
        ("Thôn 3 (0912345678) (0987654321)", "Thôn 3", "0912345678; 0987654321"),
        ("912345678", "", "912345678"),
        ("0912345678", "", "0912345678"),
        ("Số 12, ngõ 34, thôn 5", "Số 12, ngõ 34, thôn 5", ""),
        ("CCCD 038204012345, thôn 1", "CCCD 038204012345, thôn 1", ""),
    ],
)
def test_address_and_telephone_are_split(text, address, phone):
    assert split_contact(text) == (address, phone)


@given(st.text(max_size=60))
def test_splitting_never_fails_and_invents_no_digit(text):
    address, phone = split_contact(text)
    assert all(digit in text for digit in phone if digit.isdigit())
    assert len(address) <= len(text)


def test_titles_are_compared_by_their_letters():
    assert folded("Số  lượng\nHỒ SƠ (bộ)") == folded("so luong ho so bo") == "soluonghosobo"


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (["Tổng cộng"], True),
        ([None, "Cộng:", 5], True),
        (["CỘNG TRANG 3", 1], True),
        (["Cộng tháng 12"], True),
        ([1, "Cộng"], False),
        (["Cộng hòa"], False),
    ],
)
def test_total_rows(cells, total):
    assert is_total(cells) is total


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        (["(1)", "(2)", "(3)"], [0, 1, 2]),
        ([None, 1, 2, 3.0], [1, 2, 3]),
        ([1, 2], None),
        ([1, 3, 2], None),
        ([1, "h-1", 3], None),
    ],
)
def test_rows_that_number_the_columns(cells, columns):
    assert numbered(cells) == columns


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["Năm: 2024"], {"Năm": "2024"}),
        (["SỔ THEO DÕI HỒ SƠ NĂM 2024"], {"Năm": "2024"}),
        (["Năm 2024, Quyển số 02"], {"Năm": "2024", "Quyển số": "02"}),
        (["Quyển  số:", None, 3.0], {"Quyển số": "3"}),
        (["UBND XÃ HOẰNG ĐẠO"], {"Đơn vị": "UBND XÃ HOẰNG ĐẠO"}),
        (["Lăm 2024"], {}),
    ],
)
def test_labels_of_the_preamble(cells, values):
    assert Labels(PREAMBLE).values(cells) == values

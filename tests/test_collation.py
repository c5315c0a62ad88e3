"""Vietnamese order: letters before tones, marked letters behind bare ones, syllable by syllable."""

from __future__ import annotations

import pytest

from hub.collation import sort_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["an", "ăn", "ân", "ba"],
        ["da", "đa", "e", "ê", "ga"],
        ["on", "ôn", "ơn", "pa"],
        ["un", "ưn", "va"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["Hoa Lộc", "Hòa Lộc", "Hóa Quỳ", "Hoan", "Hoàng"],
        ["Đông Sơn", "Đông Yên", "Đống Đa"],
        ["Xã Thọ", "Xã Thọ Phú"],
    ],
)
def test_order(ordered: list[str]) -> None:
    backwards = ordered[::-1]
    assert sorted(backwards, key=sort_key) == ordered


def test_case_and_unicode_form_do_not_matter() -> None:
    assert sort_key("ĐÔNG SƠN") == sort_key("Đo\u0302ng  sơn")

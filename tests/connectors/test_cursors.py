"""Cursors keep the source's digits, whatever is compared or set back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import StreamSpec, Window
from connectors.cursors import CursorFormat, WindowCursor

FORMATS = [
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y%m%d%H%M%S",
    "%d/%m/%Y %H:%M:%S",
    "%Y-%m-%d",
    "%d %b %Y %H:%M",
    "%Y-%m-%dT%H:%M:%S%z",
]


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=25)
@given(moments=st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), min_size=2))
def test_order_is_the_order_of_time(form, moments):
    cursor = CursorFormat(form)
    texts = [moment.strftime(form) for moment in moments]
    assert sorted(texts, key=lambda text: cursor.order(text)) == sorted(texts, key=lambda t: datetime.strptime(t, form))


@pytest.mark.parametrize(
    ("form", "text", "earlier"),
    [
        ("%Y-%m-%dT%H:%M:%S.%f", "2024-03-15T00:05:00.1234567", "2024-03-14T23:55:00.1234560"),
        ("%Y-%m-%dT%H:%M:%S.%f", "2024-03-15T00:05:00.123", "2024-03-14T23:55:00.123"),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-03-15T00:05:00+07:00", "2024-03-14T23:55:00+07:00"),
        ("%Y-%m-%dT%H:%M:%SZ", "2024-03-01T00:05:00Z", "2024-02-29T23:55:00Z"),
        ("%d/%m/%Y %H:%M:%S", "01/01/2024 00:05:00", "31/12/2023 23:55:00"),
        ("%Y%m%d%H%M%S", "20240315000500", "20240314235500"),
        ("%d %b %Y %H:%M", "01 Jan 2024 00:05", "31 Dec 2023 23:55"),
    ],
)
def test_a_lag_keeps_the_way_of_writing(form, text, earlier):
    assert CursorFormat(form).back(text, timedelta(minutes=10)) == earlier
    assert CursorFormat(form).back(text, timedelta(0)) == text


def test_offsets_are_compared_as_instants():
    cursor = CursorFormat("%Y-%m-%dT%H:%M:%S%z")
    assert cursor.order("2024-03-15T08:00:00+07:00") == cursor.order("2024-03-15T01:00:00Z")
    assert cursor.order("2024-03-15 08:00") is None


def mark(window: Window | None = None, **spec: Any) -> WindowCursor:
    return WindowCursor(StreamSpec("s", **{"cursor_format": "%Y%m%d%H%M%S"} | spec), window or Window())


def test_an_opaque_cursor_passes_unchanged_and_the_last_one_counts():
    opaque = mark(Window("0x00A1", "0x00FF"), cursor_format=None, order="ascending", lag=timedelta(hours=1))
    assert opaque.start() == "0x00A1"
    assert opaque.inside(["0x0100"]) is None
    opaque.take(["0x00B0", "", "0x00A9", ""])
    assert opaque.value() == "0x00A9"


def test_without_order_and_format_nothing_is_known():
    unknown = mark(cursor_format=None)
    unknown.take(["5", "9"])
    assert unknown.value() is None


@pytest.mark.parametrize("order", ["ascending", None])
def test_a_version_that_is_no_time_becomes_no_watermark(order):
    cursor = mark(order=order)
    cursor.take(["20240315083000", "20241399999999", "chưa rõ"])
    assert cursor.value() == "20240315083000"


def test_what_lies_at_or_after_the_end_is_left_to_the_next_window():
    cursor = mark(Window(None, "20240315083000"))
    assert cursor.inside(["20240315082959", "20240315083000", "", "chưa rõ", "20250101000000"]) == [0, 2, 3]

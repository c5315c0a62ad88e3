"""Moments: formats in their order, offsets, precision, what is no date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.standardise.times import parse_times
from tests.standardise.chunk import mapping, texts

ZONE = "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("text", "moment", "precision"),
    [
        ("20220921083015", "2022-09-21T01:30:15", "s"),
        ("2026-06-08 14:07:53", "2026-06-08T07:07:53", "s"),
        ("2026-06-08T07:47:28.329", "2026-06-08T00:47:28.329", "s"),
        ("2026-06-08T07:47:28.3291234", "2026-06-08T00:47:28.329123", "s"),
        ("2026-06-08T07:47:28.329Z", "2026-06-08T07:47:28.329", "s"),
        ("2026-06-08T07:47:28+07:00", "2026-06-08T00:47:28", "s"),
        ("2026-06-08T07:47:28+0700", "2026-06-08T00:47:28", "s"),
        ("2026-06-08T07:47:28-03:30", "2026-06-08T11:17:28", "s"),
        ("21/09/2022 08:30:15", "2022-09-21T01:30:15", "s"),
        ("21/09/2022 08:30", "2022-09-21T01:30:00", "m"),
        ("1/9/2022 8:05", "2022-09-01T01:05:00", "m"),
        ("21/09/2022", "2022-09-20T17:00:00", "d"),
        ("20220921", "2022-09-20T17:00:00", "d"),
        ("29/02/2024", "2024-02-28T17:00:00", "d"),
        ("01/01/1990", "1989-12-31T17:00:00", "d"),
    ],
)
def test_readable(text: str, moment: str, precision: str) -> None:
    found, exact = parse_times(texts(text), mapping().formats["time"], ZONE)
    assert (found[0], exact[0]) == (datetime.fromisoformat(moment).replace(tzinfo=UTC), precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "không rõ",
        "31/02/2022",
        "29/02/2023",
        "21/13/2022",
        "21/09/22",
        "2022092108301",
        "202209210830155",
        "2022921",
        "20220921250000",
        "1900-01-01 00:00:00",
        "0001-01-01T00:00:00",
        "31/12/1989",
        "20220921083015+07:00",
        "21/09/2022 lúc 8 giờ",
        "99990101000000",
    ],
)
def test_unreadable(text: str) -> None:
    found, exact = parse_times(texts(text), mapping().formats["time"], ZONE)
    assert (found[0], exact[0]) == (None, None)


def test_the_order_of_formats_decides() -> None:
    for formats, month in ((["%d/%m/%Y", "%m/%d/%Y"], 4), (["%m/%d/%Y", "%d/%m/%Y"], 3)):
        found, _ = parse_times(texts("03/04/2022"), formats, "UTC")
        assert found[0].month == month


def test_mixed_formats_in_one_column() -> None:
    values = texts("20220921083015", None, "21/09/2022", "?", "2026-06-08T07:47:28Z", "2026-06-08 07:47:28")
    found, exact = parse_times(values, mapping().formats["time"], ZONE)
    assert exact.to_list() == ["s", None, "d", None, "s", "s"]
    assert [None if t is None else t.hour for t in found] == [1, None, 17, None, 7, 0]


def test_no_format_reads_nothing() -> None:
    found, exact = parse_times(texts("20220921"), [], ZONE)
    assert found.to_list() == exact.to_list() == [None]

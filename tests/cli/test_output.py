"""Tables, cells and errors as they reach a pipe."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from hub.cli.output import cell, lasting, say, show_table


def test_a_pipe_gets_aligned_columns_and_no_box(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("nguồn", "số"), [("portal", 1200), ("xã", 3)], "tiêu đề")
    assert capsys.readouterr().out == "tiêu đề\nnguồn      số\nportal  1,200\nxã          3\n"


def test_an_empty_table_has_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("a", "b"), [])
    assert capsys.readouterr().out == "a  b\n"


def test_what_a_source_wrote_cannot_command_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("key",), [("\x1b[2Jgone\x07\x9b1m",)])
    say("\x1b]0;title\x07")
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\x07" not in told
    assert "\x9b" not in told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ""),
        (True, "yes"),
        (1234567, "1,234,567"),
        (datetime(2022, 10, 1, 6, 0, 5), "2022-10-01 06:00:05"),
        (date(2022, 10, 1), "2022-10-01"),
        ("Thanh Hóa", "Thanh Hóa"),
    ],
)
def test_cells(value: object, told: str) -> None:
    assert cell(value) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1.44, "1.4 s"), (59.9, "59.9 s"), (61, "1 min"), (3600, "1 h 0 min"), (90_061, "1 d 1 h")],
)
def test_lengths_of_time(seconds: float, told: str) -> None:
    assert lasting(seconds) == told

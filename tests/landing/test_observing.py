"""What a pull shows besides records: the source's clock, versions from the future, newcomers behind the watermark."""

from __future__ import annotations

from typing import Any

from tests.landing.memory import Hall, record

COLUMNS = "select clock_skew_s, version_ahead_s, late_arrival_s from ops.pull order by pull_id desc limit 1"


def seen(hall: Hall) -> tuple[Any, ...]:
    return tuple(hall.rows(COLUMNS)[0].values())


def test_the_clock_of_the_source_is_recorded(hall: Hall) -> None:
    served = hall.serve("a", record(1))
    served.skew_s = 420.4  # type: ignore[attr-defined]  # ours minus theirs: theirs is slow
    hall.land()
    assert seen(hall) == (-420, None, None)


def test_a_version_from_the_future_is_recorded_and_moves_no_watermark_there(hall: Hall) -> None:
    served = hall.serve("a", record(1))
    served.cursor = "20221001080000"  # the hub's clock stands at 06:00
    hall.land()
    assert 7190 <= seen(hall)[1] <= 7200
    assert hall.watermarks()["a"] < served.cursor


def test_a_mistyped_century_fits_the_ledger(hall: Hall) -> None:
    hall.serve("a", record(1)).cursor = "92220906000000"
    assert hall.land()["a"].outcome == "ok"
    assert seen(hall)[1] == 2**31 - 1


def test_newcomers_behind_the_watermark_are_measured(hall: Hall) -> None:
    first = [record(n, at=600 + n) for n in range(3)]
    hall.serve("a", *first)
    hall.land()
    hall.load()
    assert seen(hall) == (None, None, None)
    hall.serve("a", record(8, at=2), record(9, at=302), *first)
    hall.land()  # asks from the watermark on: neither is seen
    assert seen(hall) == (None, None, None)
    hall.land(since=record(0, at=300).version)
    assert seen(hall) == (None, None, 300)
    hall.land(since=record(0, at=0).version)  # 9 waits in raw, so nothing can be called new
    assert seen(hall) == (None, None, None)
    hall.load()


def test_what_is_read_again_in_the_overlap_is_no_newcomer(hall: Hall) -> None:
    hall.serve("a", record(1, at=1), record(2, at=500))
    hall.land()
    hall.load()
    hall.land(since=record(0, at=0).version)
    assert seen(hall) == (None, None, None)

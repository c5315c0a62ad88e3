"""The calendar reproduces the announced days of 2018-2026 and never sees an announcement before it was made."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from hub import reference
from hub.errors import HubError
from hub.rules.calendar import working_days

# Weekdays off, as announced each year: (month, first day, last day).
WEEKDAYS_OFF: dict[int, list[tuple[int, int, int]]] = {
    2018: [(1, 1, 1), (2, 14, 20), (4, 25, 25), (4, 30, 30), (5, 1, 1), (9, 3, 3), (12, 31, 31)],
    2019: [(1, 1, 1), (2, 4, 8), (4, 15, 15), (4, 29, 30), (5, 1, 1), (9, 2, 2)],
    2020: [(1, 1, 1), (1, 23, 29), (4, 2, 2), (4, 30, 30), (5, 1, 1), (9, 2, 2)],
    2021: [(1, 1, 1), (2, 10, 16), (4, 21, 21), (4, 30, 30), (5, 3, 3), (9, 2, 3)],
    2022: [(1, 3, 3), (1, 31, 31), (2, 1, 4), (4, 11, 11), (5, 2, 3), (9, 1, 2)],
    2023: [(1, 2, 2), (1, 20, 26), (5, 1, 3), (9, 1, 1), (9, 4, 4)],
    2024: [(1, 1, 1), (2, 8, 14), (4, 18, 18), (4, 29, 30), (5, 1, 1), (9, 2, 3)],
    2025: [(1, 1, 1), (1, 27, 31), (4, 7, 7), (4, 30, 30), (5, 1, 2), (9, 1, 2)],
    2026: [(1, 1, 2), (2, 16, 20), (4, 27, 27), (4, 30, 30), (5, 1, 1), (8, 31, 31), (9, 1, 2), (11, 24, 24)],
}
SATURDAYS_WORKED = {
    date(2019, 1, 5),
    date(2019, 5, 4),
    date(2024, 5, 4),
    date(2025, 4, 26),
    date(2026, 1, 10),
    date(2026, 8, 22),
}


@pytest.fixture(scope="module")
def calendar() -> pl.DataFrame:
    return working_days(date(2018, 1, 1), date(2027, 12, 31), corrections=reference.calendar_corrections())


@pytest.mark.parametrize("year", sorted(WEEKDAYS_OFF))
def test_every_weekday_off_of_the_year(calendar: pl.DataFrame, year: int) -> None:
    announced = {
        date(year, month, day)
        for month, first, last in WEEKDAYS_OFF[year]
        for day in range(first, last + 1)
        if date(year, month, day).weekday() < 5
    }
    weekdays = calendar.filter((pl.col("date").dt.year() == year) & (pl.col("date").dt.weekday() <= 5))
    assert set(weekdays.filter(~pl.col("is_working"))["date"]) == announced


def test_the_only_saturdays_worked_are_the_swapped_ones(calendar: pl.DataFrame) -> None:
    weekend = calendar.filter((pl.col("date").dt.weekday() > 5) & pl.col("is_working"))
    assert set(weekend["date"]) == SATURDAYS_WORKED
    assert weekend["is_makeup"].all()


def test_the_index_counts_working_days(calendar: pl.DataFrame) -> None:
    assert calendar["working_index"][-1] == calendar["is_working"].sum()
    assert calendar["working_index"].diff().drop_nulls().is_in([0, 1]).all()


def test_days_without_announcement_are_projected(calendar: pl.DataFrame) -> None:
    assert calendar.filter("projected")["date"].min() == date(2027, 1, 1)
    assert calendar.filter(pl.col("date").dt.year() == 2027)["projected"].all()


@pytest.mark.parametrize(
    ("day", "recorded_until", "is_working"),
    [
        (date(2026, 1, 2), date(2025, 12, 24), True),
        (date(2026, 1, 2), date(2025, 12, 25), False),
        (date(2026, 1, 10), date(2025, 12, 24), False),
        (date(2026, 1, 10), date(2025, 12, 25), True),
        (date(2024, 4, 29), date(2024, 4, 11), True),  # the package knows this swap, the hub of that day does not
        (date(2024, 4, 29), date(2024, 4, 12), False),
        (date(2024, 5, 4), date(2024, 4, 11), False),
        (date(2026, 11, 24), date(2026, 1, 6), True),
        (date(2026, 11, 24), None, False),
    ],
)
def test_an_announcement_is_not_seen_before_it_was_made(
    day: date, recorded_until: date | None, is_working: bool
) -> None:
    days = working_days(
        day - timedelta(3), day, corrections=reference.calendar_corrections(), recorded_until=recorded_until
    )
    assert days["is_working"][-1] is is_working


def test_the_correction_recorded_last_wins() -> None:
    corrections = pl.DataFrame(
        {
            "date": [date(2026, 3, 2)] * 2,
            "kind": ["off", "makeup"],
            "name_vi": ["Nghỉ", "Làm bù"],
            "recorded_on": [date(2026, 2, 20), date(2026, 2, 25)],
            "confidence": ["high", "low"],
        }
    )
    row = working_days(date(2026, 3, 2), date(2026, 3, 2), corrections=corrections).row(0, named=True)
    assert (row["is_working"], row["name_vi"], row["projected"]) == (True, "Làm bù", True)


def test_a_reversed_interval_and_an_unknown_kind_are_refused() -> None:
    corrections = reference.calendar_corrections()
    with pytest.raises(HubError, match="before start"):
        working_days(date(2026, 1, 2), date(2026, 1, 1), corrections=corrections)
    with pytest.raises(HubError, match="holyday"):
        working_days(date(2026, 1, 1), date(2026, 1, 2), corrections=corrections.with_columns(kind=pl.lit("holyday")))

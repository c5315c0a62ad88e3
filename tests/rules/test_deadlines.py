"""Due dates by tables of cases; properties over invented receipts and limits."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import reference
from hub.rules.calendar import working_days
from hub.rules.deadlines import ZONE, Deadlines, WorkingHours

CALENDAR = working_days(date(2018, 1, 1), date(2027, 12, 31), corrections=reference.calendar_corrections())
DEADLINES = Deadlines(CALENDAR)
WORKED = set(CALENDAR.filter("is_working")["date"])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def one(expression: pl.Expr, **values: object) -> object:
    schema = {k: pl.Datetime("us", ZONE) for k, v in values.items() if isinstance(v, datetime)}
    return pl.DataFrame({k: [v] for k, v in values.items()}, schema_overrides=schema).select(expression).item()


@pytest.mark.parametrize(
    ("received", "value", "unit", "due"),
    [
        ("2025-03-03", 1, "working_day", "2025-03-04"),  # the day of receipt is not counted
        ("2025-03-03", 5, "working_day", "2025-03-10"),
        ("2025-03-07", 1, "working_day", "2025-03-10"),  # Friday to Monday
        ("2025-03-08", 1, "working_day", "2025-03-10"),  # Saturday reception
        ("2025-04-25", 1, "working_day", "2025-04-26"),  # the makeup Saturday counts
        ("2025-04-29", 1, "working_day", "2025-05-05"),  # 30/4, 1/5 and the swapped 2/5
        ("2025-01-24", 3, "working_day", "2025-02-05"),  # Tết
        ("2025-03-08", 0, "working_day", "2025-03-10"),
        ("2025-03-03", 0, "working_day", "2025-03-03"),
        ("2025-03-03", 4, "calendar_day", "2025-03-07"),
        ("2025-03-03", 5, "calendar_day", "2025-03-10"),  # Saturday moves to Monday
        ("2025-04-15", 15, "calendar_day", "2025-05-05"),  # 30/4 moves over the whole holiday
        ("2025-03-03", 8, "hour", None),
        ("2025-03-03", -1, "working_day", None),
        ("2027-12-31", 30, "working_day", None),  # beyond the calendar
        ("2017-12-29", 1, "working_day", None),
    ],
)
def test_due_date(received: str, value: int, unit: str, due: str | None) -> None:
    found = one(DEADLINES.due_date("r", "v", "u"), r=date.fromisoformat(received), v=value, u=unit)
    assert found == (date.fromisoformat(due) if due else None)


def test_a_time_counts_by_its_day_in_vietnam() -> None:
    utc = pl.DataFrame(
        {"r": [datetime(2025, 3, 3, 18, 0, tzinfo=ZoneInfo("UTC"))]}, schema={"r": pl.Datetime("us", "UTC")}
    )
    due = DEADLINES.due_date("r", pl.lit(1), pl.lit("working_day"))
    assert utc.select(due).item() == date(2025, 3, 5)  # 01:00 of 4 March there


@pytest.mark.parametrize(
    ("started", "hours", "due"),
    [
        ("2025-03-03T08:00", 2, "2025-03-03T10:00"),
        ("2025-03-03T10:00", 3, "2025-03-03T15:00"),  # over the noon break
        ("2025-03-03T10:00", 6, "2025-03-04T08:00"),  # the rest rolls to the next morning
        ("2025-03-03T06:15", 2, "2025-03-03T09:00"),  # before opening
        ("2025-03-03T12:00", 2, "2025-03-03T15:30"),  # noon break
        ("2025-03-03T18:00", 2, "2025-03-04T09:00"),  # after closing
        ("2025-03-03T17:00", 1, "2025-03-04T08:00"),
        ("2025-03-07T17:30", 1, "2025-03-10T08:00"),  # Friday evening
        ("2025-03-08T09:00", 1, "2025-03-10T08:00"),  # Saturday reception
        ("2025-03-03T09:15", 8, "2025-03-04T09:15"),  # 8 h are one day, at the same time of day
        ("2025-03-03T12:00", 16, "2025-03-05T13:30"),
        ("2025-03-03T18:00", 8, "2025-03-05T07:00"),
        ("2025-03-06T16:00", 10, "2025-03-10T08:00"),
        ("2025-04-29T16:00", 2, "2025-05-05T08:00"),  # over the holidays
        ("2025-03-03T07:00", 4, "2025-03-03T11:00"),
        ("2025-03-03T09:30", 2, "2025-03-03T11:30"),
        ("2025-03-03T15:00", 2, "2025-03-03T17:00"),
        ("2025-03-03T08:00", 0, "2025-03-03T08:00"),
        ("2025-03-03T08:00", -8, None),
    ],
)
def test_after_hours(started: str, hours: int, due: str | None) -> None:
    found = one(DEADLINES.after_hours("s", "h"), s=at(started), h=hours)
    assert found == (at(due) if due else None)


@pytest.mark.parametrize(
    ("value", "unit", "due"),
    [
        (2, "working_day", "2025-03-05T17:00"),
        (6, "calendar_day", "2025-03-10T17:00"),
        (4, "hour", "2025-03-03T16:30"),
        (4, "month", None),
    ],
)
def test_due_at_takes_any_unit(value: int, unit: str, due: str | None) -> None:
    found = one(DEADLINES.due_at("r", "v", "u"), r=at("2025-03-03T10:30"), v=value, u=unit)
    assert found == (at(due) if due else None)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2025-03-03T14:59:59", "2025-03-03"),
        ("2025-03-03T15:00:00", "2025-03-03"),
        ("2025-03-03T15:00:01", "2025-03-04"),
        ("2025-03-07T16:00:00", "2025-03-10"),
        ("2025-03-08T16:00:00", "2025-03-10"),
    ],
)
def test_same_day(received: str, due: str) -> None:
    assert one(DEADLINES.same_day("r"), r=at(received)) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("requested", "completed", "due"),
    [
        ("2025-03-04", "2025-03-07", "2025-03-12"),  # 10 + 3 - 1
        ("2025-03-04", "2025-03-10", "2025-03-17"),  # 10 + 6 - 1 = Saturday 15
        ("2025-03-04", "2025-03-04", "2025-03-10"),
        ("2025-03-04", None, None),
    ],
)
def test_after_supplement(requested: str, completed: str | None, due: str | None) -> None:
    frame = pl.DataFrame(
        {"d": ["2025-03-10"], "r": [requested], "c": [completed]}, schema_overrides={"c": pl.String}
    ).with_columns(pl.all().str.to_date())
    found = frame.select(DEADLINES.after_supplement("d", "r", "c")).item()
    assert found == (date.fromisoformat(due) if due else None)


def test_a_due_day_beyond_the_announced_holidays_is_projected() -> None:
    frame = pl.DataFrame(
        {"r": [date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 1)], "v": [3, 40, None]},
        schema_overrides={"v": pl.Int32},
    )
    due = DEADLINES.due_date("r", "v", pl.lit("working_day"))
    assert frame.select(DEADLINES.is_projected("r", due)).to_series().to_list() == [False, True, None]


def test_hours_come_from_the_configured_rule() -> None:
    parameters = reference.rule_parameters("working_hours_v1", date(2025, 3, 3))
    assert WorkingHours.of(parameters) == WorkingHours()
    late = WorkingHours.of({"morning": ["08:00", "12:00"], "afternoon": ["13:00", "17:00"], "hours_per_day": 8})
    found = one(Deadlines(CALENDAR, late).after_hours("s", "h"), s=at("2025-03-03T07:10"), h=5)
    assert found == at("2025-03-03T14:00")


RECEIVED = st.datetimes(datetime(2018, 1, 1), datetime(2026, 6, 30)).map(lambda t: t.replace(tzinfo=ZoneInfo(ZONE)))
ROWS = st.lists(
    st.tuples(RECEIVED, st.integers(0, 200), st.sampled_from(["working_day", "calendar_day", "hour"])), min_size=1
)


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_a_due_day_is_always_worked_and_one_more_never_brings_it_forward(
    rows: list[tuple[datetime, int, str]],
) -> None:
    frame = pl.DataFrame(
        rows, schema={"r": pl.Datetime("us", ZONE), "v": pl.Int32, "u": pl.String}, orient="row"
    ).with_columns(
        due=DEADLINES.due_at("r", "v", "u"),
        more=DEADLINES.due_at("r", pl.col("v") + 1, "u"),
    )
    assert frame["due"].null_count() == 0
    assert set(frame["due"].dt.date()) <= WORKED
    assert (frame["more"] >= frame["due"]).all()
    assert frame["due"].dt.time().is_between(time(7), time(17)).all()


@settings(max_examples=15, deadline=None)
@given(RECEIVED, RECEIVED, st.integers(0, 100))
def test_who_comes_later_is_due_no_earlier(first: datetime, second: datetime, hours: int) -> None:
    frame = pl.DataFrame({"r": sorted([first, second])}, schema={"r": pl.Datetime("us", ZONE)})
    due = frame.select(DEADLINES.after_hours("r", pl.lit(hours))).to_series()
    assert due[0] <= due[1]

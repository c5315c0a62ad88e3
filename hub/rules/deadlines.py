"""Due dates: from a receipt and a limit to the day or the moment by which a result is owed.

Here: counting in working days, calendar days and working hours over the days of `calendar.py`, as polars
expressions, so that a whole column costs one pass. Not here: which limit applies (core.procedure_time_limit) and
the verdict early / on time / overdue.
The clock starts at the receipt, not at the submission; the day of receipt is not counted (Bộ luật Dân sự
91/2015/QH13 art. 147) and a due day that is not worked moves to the next working day (art. 148).
Days are those of Asia/Ho_Chi_Minh: UTC+7 all year, without a clock change since 1975.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

import polars as pl

ZONE = "Asia/Ho_Chi_Minh"
# Plain arithmetic instead of time zone tables, which cost ten times as much per row.
UTC_OFFSET_S = 7 * 3600
DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours of a working day; a limit of `day_hours` hours counts as one day."""

    morning: tuple[time, time] = (time(7), time(11, 30))
    afternoon: tuple[time, time] = (time(13, 30), time(17))
    day_hours: int = 8

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> WorkingHours:
        """From the parameters of rule `working_hours_v1`: morning and afternoon as [from, to], hours_per_day."""

        def span(texts: Sequence[str]) -> tuple[time, time]:
            return time.fromisoformat(texts[0]), time.fromisoformat(texts[1])

        return cls(span(parameters["morning"]), span(parameters["afternoon"]), int(parameters["hours_per_day"]))


class Deadlines:
    """Due dates over one calendar: a frame of `working_days`, days without a gap.

    Each method takes column names or expressions and returns an expression. Times carry a zone (a naive one would be
    read as UTC); a Date stands for the opening hour of that day. A null input, a negative limit or a day outside
    the calendar gives null, never a guess.
    """

    def __init__(self, calendar: pl.DataFrame, hours: WorkingHours | None = None) -> None:
        self._hours = hours or WorkingHours()
        self._first_day = int(calendar["date"].to_physical()[0])
        worked = calendar["is_working"]
        self._is_working = worked
        # number of the working day, or of the next one when the day itself is not worked
        self._index = calendar["working_index"].cast(pl.Int64)
        self._number = self._index + (~worked).cast(pl.Int64)
        self._date_of = calendar.filter("is_working")["date"]
        self._guesses = calendar["projected"].cast(pl.Int32).cum_sum()

    def due_date(self, received: str | pl.Expr, value: str | pl.Expr, unit: str | pl.Expr) -> pl.Expr:
        """Date: the due day of a limit in days. `value` is an integer.

        `unit` working_day: the `value`-th working day after the receipt; calendar_day: `value` days after it, moved
        on to a working day. Other units give null: hours need a time of day (`due_at`).
        """
        at, limit, kind = self._offset(received), _expr(value), _expr(unit)
        # a limit of 0 is the day of receipt itself, or the next working day
        by_work = pl.when(limit == 0).then(_at(self._number, at)).otherwise(_at(self._index, at) + limit)
        by_day = _at(self._number, at + limit)
        return self._date(
            pl.when((kind == "working_day") & (limit >= 0))
            .then(by_work)
            .when((kind == "calendar_day") & (limit >= 0))
            .then(by_day)
        )

    def due_at(self, received: str | pl.Expr, value: str | pl.Expr, unit: str | pl.Expr) -> pl.Expr:
        """Datetime in Asia/Ho_Chi_Minh: the due moment of a limit in any unit.

        Limits in days end when the due day's afternoon closes; `hour` is counted in working hours, the reading that
        is never harder on the agency.
        """
        day = self.due_date(received, value, unit)
        worked = pl.when(_expr(unit) == "hour").then(_expr(value))
        return pl.coalesce(_moment(day, pl.lit(_seconds(self._hours.afternoon[1]))), self.after_hours(received, worked))

    def after_hours(self, started: str | pl.Expr, worked: str | pl.Expr) -> pl.Expr:
        """Datetime in Asia/Ho_Chi_Minh: `worked` working hours after `started`, as the one-stop system reckons.

        Whole days (`worked` / 8) move along working days at the same time of day, the rest runs through the day and
        rolls over to the next morning. A start after closing, or on a day not worked, is the next working morning;
        one before opening is the opening; one in the noon break is the start of the afternoon.
        """
        opening, noon, afternoon, closing = (_seconds(t) for t in (*self._hours.morning, *self._hours.afternoon))
        morning_s, day_s = noon - opening, noon - opening + closing - afternoon
        limit = pl.when(_expr(worked) >= 0).then(_expr(worked))
        offset, clock = self._offset(started), _second_of_day(started)
        late = self._late(offset, clock, closing)
        start = (
            pl.when(_at(self._is_working, offset).not_() | late | (clock < opening))
            .then(opening)
            .when((clock > noon) & (clock < afternoon))
            .then(afternoon)
            .otherwise(clock)
        )
        rest_s = (limit % self._hours.day_hours) * 3600
        reached = pl.when(start >= afternoon).then(start - afternoon + morning_s).otherwise(start - opening) + rest_s
        over = reached > day_s
        left = pl.when(over).then(reached - day_s).otherwise(reached)
        second = (
            # without a rest the time of day stands: 13:30 must not turn into 11:30, the same moment of work
            pl.when(rest_s == 0)
            .then(start)
            .when(left <= morning_s)
            .then(left + opening)
            .otherwise(left - morning_s + afternoon)
        )
        days = limit // self._hours.day_hours + late.cast(pl.Int64) + over.cast(pl.Int64)
        return _moment(self._date(_at(self._number, offset) + days), second)

    def same_day(self, received: str | pl.Expr, cutoff: time = time(15)) -> pl.Expr:
        """Date: due day of a procedure settled "trong ngày": the day itself, after `cutoff` the next working day.

        Hộ tịch: Luật 60/2014/QH13; chứng thực: NĐ 23/2015/NĐ-CP art. 7, both with 15:00.
        """
        offset = self._offset(received)
        late = self._late(offset, _second_of_day(received), _seconds(cutoff))
        return self._date(_at(self._number, offset) + late.cast(pl.Int64))

    def after_supplement(self, due: str | pl.Expr, requested: str | pl.Expr, completed: str | pl.Expr) -> pl.Expr:
        """Date: the due day after a supplement, as the one-stop system moves it.

        Old due day + days waited - 1, then the next working day; a wait within one day does not bring it forward.
        """
        waited = self._offset(completed) - self._offset(requested)
        moved = pl.when(waited >= 1).then(waited - 1).when(waited <= 0).then(0)
        return self._date(_at(self._number, self._offset(due) + moved))

    def is_projected(self, received: str | pl.Expr, due: str | pl.Expr) -> pl.Expr:
        """Boolean: a day after the receipt, up to the due day, has no announced holidays; no verdict may rest on it."""
        return _at(self._guesses, self._offset(due)) > _at(self._guesses, self._offset(received))

    def _offset(self, when: str | pl.Expr) -> pl.Expr:
        return _local_s(when) // DAY_S - self._first_day

    def _date(self, number: pl.Expr) -> pl.Expr:
        return _at(self._date_of, number - 1)

    def _late(self, offset: pl.Expr, clock: pl.Expr, limit_s: int) -> pl.Expr:
        return _at(self._is_working, offset) & (clock > limit_s)


def _at(values: pl.Series, position: pl.Expr) -> pl.Expr:
    """The value at `position`, null outside the series."""
    inside = pl.when(position.is_between(0, len(values) - 1)).then(position)
    return pl.lit(values).gather(inside)


def _expr(value: str | pl.Expr) -> pl.Expr:
    return pl.col(value) if isinstance(value, str) else value


def _local_s(when: str | pl.Expr) -> pl.Expr:
    """Seconds of the local clock since 1970-01-01 00:00; a date counts as 07:00 of its day (00:00 UTC)."""
    return _expr(when).cast(pl.Datetime("us", ZONE)).to_physical() // 1_000_000 + UTC_OFFSET_S


def _second_of_day(when: str | pl.Expr) -> pl.Expr:
    return _local_s(when) % DAY_S


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _moment(day: pl.Expr, second: pl.Expr) -> pl.Expr:
    instant_s = day.to_physical().cast(pl.Int64) * DAY_S + second - UTC_OFFSET_S
    return (instant_s * 1_000_000).cast(pl.Datetime("us", ZONE))

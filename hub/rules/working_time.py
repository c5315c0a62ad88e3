"""Working time between moments: how much was worked, with or without the stops of a dossier.

Here: seconds worked since the first day of a calendar, as polars expressions, and due moments moved on by stops. Not
here: due dates from a limit (`deadlines.py`), verdicts (`overdue.py`). The same in SQL: mart.worked_seconds and
mart.extended_due; a property test holds the two together.
"""

from __future__ import annotations

import polars as pl

from hub.rules.deadlines import DAY_S, UTC_OFFSET_S, ZONE, WorkingHours


class WorkingTime:
    """Working time over one calendar: a frame of `working_days`, days without a gap.

    Expressions take and give columns; times carry a zone. A null or a day outside the calendar gives null.
    """

    def __init__(self, calendar: pl.DataFrame, hours: WorkingHours | None = None) -> None:
        given = hours or WorkingHours()
        seconds = [t.hour * 3600 + t.minute * 60 + t.second for t in (*given.morning, *given.afternoon)]
        self._opening, self._noon, self._afternoon, self.closing_s = seconds
        self._morning_s = self._noon - self._opening
        self.day_s = self._morning_s + self.closing_s - self._afternoon
        self._first_day = int(calendar["date"].to_physical()[0])
        self._worked = calendar["is_working"].cast(pl.Int64)
        self._index = calendar["working_index"].cast(pl.Int64)
        self._date_of = calendar.filter("is_working")["date"]
        self._projected = calendar.filter("is_working")["projected"]

    def index_of(self, day: pl.Expr) -> pl.Expr:
        """Integer: working days up to and including a day (Date)."""
        return self._at(self._index, day.to_physical().cast(pl.Int64) - self._first_day)

    def seconds(self, moment: pl.Expr) -> pl.Expr:
        """Integer: seconds worked from the first day of the calendar up to `moment`."""
        local = moment.cast(pl.Datetime("us", ZONE)).to_physical() // 1_000_000 + UTC_OFFSET_S
        offset, clock = local // DAY_S - self._first_day, local % DAY_S
        worked = self._at(self._worked, offset)
        morning = pl.max_horizontal(pl.lit(0), pl.min_horizontal(clock, pl.lit(self._noon)) - self._opening)
        evening = pl.max_horizontal(pl.lit(0), pl.min_horizontal(clock, pl.lit(self.closing_s)) - self._afternoon)
        return (self._at(self._index, offset) - worked) * self.day_s + worked * (morning + evening)

    def minutes_between(self, start: pl.Expr, end: pl.Expr, stopped_s: pl.Expr | None = None) -> pl.Expr:
        """Integer: working minutes from `start` to `end` (negative when it lies before), less `stopped_s` seconds."""
        worked = self.seconds(end) - self.seconds(start)
        return _towards_zero(worked if stopped_s is None else worked - stopped_s, 60)

    def stopped(self, stops: pl.DataFrame) -> pl.DataFrame:
        """Seconds worked inside stops, by dossier: columns dossier_id, start, end → dossier_id, stopped_s.

        An interval without an end has not ended and is left out; those of one dossier must not overlap.
        """
        ended = stops.filter(pl.col("end").is_not_null())
        seconds = (self.seconds(pl.col("end")) - self.seconds(pl.col("start"))).alias("stopped_s")
        return ended.select("dossier_id", seconds).group_by("dossier_id").sum()

    def extended_due(self, due: pl.Expr, stopped_s: pl.Expr) -> pl.Expr:
        """Datetime: a legal due moment moved on by working seconds that stops took; null in a projected year.

        A due moment at closing time is that of a limit in days and stays at closing, later rather than earlier.
        """
        total = self.seconds(due) + stopped_s
        n = -(-total // self.day_s)
        within = total - (n - 1) * self.day_s
        local = due.cast(pl.Datetime("us", ZONE)).to_physical() // 1_000_000 + UTC_OFFSET_S
        second = (
            pl.when(local % DAY_S == self.closing_s)
            .then(self.closing_s)
            .when(within <= self._morning_s)
            .then(self._opening + within)
            .otherwise(self._afternoon + within - self._morning_s)
        )
        day = pl.when(~self._at(self._projected, n - 1)).then(self._at(self._date_of, n - 1))
        instant = day.to_physical().cast(pl.Int64) * DAY_S + second - UTC_OFFSET_S
        return (instant * 1_000_000).cast(pl.Datetime("us", ZONE))

    def _at(self, values: pl.Series, position: pl.Expr) -> pl.Expr:
        inside = pl.when(position.is_between(0, len(values) - 1)).then(position)
        return pl.lit(values).gather(inside)


def _towards_zero(seconds: pl.Expr, unit: int) -> pl.Expr:
    return seconds.sign() * (seconds.abs() // unit)

"""The working calendar of State agencies: which day is worked, and how many working days lie before it.

Here: one pure function that lays announced corrections over the public holidays of the package `holidays`.
Not here: where corrections are kept (`schemas/codes`), deadlines (`deadlines.py`), hours of a day.
Holidays follow Bộ luật Lao động 45/2019/QH14 art. 112 (before 2021: 10/2012/QH13 art. 115); swapped days follow
the Government's yearly announcement. An announcement may come weeks before the day it moves (the one for
2026-01-02 came on 2025-12-25), hence every correction has the day it was recorded: a figure drawn as recorded
earlier must not see it.
"""

from __future__ import annotations

from datetime import date

import holidays
import polars as pl

from hub.errors import HubError

KINDS = ("off", "makeup", "notice")


def working_days(
    start: date, end: date, *, corrections: pl.DataFrame, recorded_until: date | None = None
) -> pl.DataFrame:
    """One row per day from `start` to `end`, both included, in order.

    `corrections` has the columns date, kind, name_vi, recorded_on, confidence. Kinds: `off` (not worked), `makeup`
    (worked although a weekend), `notice` (holidays are announced up to and including this date; what lies beyond is
    a projection). A date that any correction names is decided by corrections alone, so that a swap the package
    already contains is unknown before its announcement; the one recorded last wins. Rows recorded after
    `recorded_until` are not seen.

    Result: date, is_working, is_makeup, name_vi (null on ordinary days), projected (the holidays of that day are not
    announced), working_index (working days from `start` up to and including the day).
    Raises HubError for an unknown kind or when `end` lies before `start`.
    """
    if end < start:
        raise HubError(f"calendar: end {end} lies before start {start}", hint="swap the two dates")
    unknown = sorted(set(corrections["kind"].unique()) - set(KINDS))
    if unknown:
        raise HubError(
            f"calendar corrections: unknown kind {', '.join(unknown)}", hint=f"column kind takes {', '.join(KINDS)}"
        )
    seen = corrections if recorded_until is None else corrections.filter(pl.col("recorded_on") <= recorded_until)
    announced_to = seen.filter(pl.col("kind") == "notice")["date"].max() or date.min
    named = corrections.filter(pl.col("kind") != "notice").select("date").unique()
    decided = (
        seen.filter(pl.col("kind") != "notice")
        .sort("recorded_on")
        .unique("date", keep="last", maintain_order=True)
        .select("date", "kind", corrected_name="name_vi", is_low=pl.col("confidence") == "low")
    )
    days = pl.DataFrame({"date": pl.date_range(start, end, eager=True)})
    return (
        days.join(_package_holidays(start, end).join(named, on="date", how="anti"), on="date", how="left")
        .join(decided, on="date", how="left")
        .sort("date")
        .with_columns(
            is_working=pl.when(pl.col("kind").is_not_null())
            .then(pl.col("kind") == "makeup")
            .otherwise((pl.col("date").dt.weekday() <= 5) & pl.col("holiday").is_null()),
            is_makeup=(pl.col("kind") == "makeup").fill_null(value=False),
            name_vi=pl.coalesce("corrected_name", "holiday"),
            projected=(pl.col("date") > announced_to) | pl.col("is_low").fill_null(value=False),
        )
        .with_columns(working_index=pl.col("is_working").cast(pl.Int32).cum_sum())
        .select("date", "is_working", "is_makeup", "name_vi", "projected", "working_index")
    )


def _package_holidays(start: date, end: date) -> pl.DataFrame:
    known = holidays.country_holidays("VN", years=range(start.year, end.year + 1), language="vi")
    return pl.DataFrame(
        {"date": list(known.keys()), "holiday": list(known.values())}, schema={"date": pl.Date, "holiday": pl.String}
    )

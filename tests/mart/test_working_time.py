"""Working time: SQL against polars over moments of a whole year."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import psycopg

from hub.rules.working_time import WorkingTime
from tests.mart.rows import CALENDAR, ZONE, at, clocks, refresh


def test_working_time_in_sql_and_polars(core: psycopg.Connection[Any]) -> None:
    found_time = WorkingTime(CALENDAR)
    clocks(core)
    refresh(core)
    start = datetime(2022, 1, 3, 5, tzinfo=ZONE)
    moments = [start + timedelta(hours=n * 7, minutes=n * 13) for n in range(1000)]
    moments += [at(f"2022-07-08 {h}") for h in ("07:00", "11:30", "12:00", "13:30", "17:00", "23:59")]
    frame = pl.DataFrame({"at": moments}, schema={"at": pl.Datetime("us", "Asia/Ho_Chi_Minh")})
    expected = frame.select(found=found_time.seconds(pl.col("at")))["found"].to_list()
    query = "select mart.worked_seconds(m) from unnest(%s::timestamptz[]) with ordinality u (m, n) order by n"
    assert [row[0] for row in core.execute(query, (moments,)).fetchall()] == expected
    dues = frame.head(600).with_columns(at=pl.when(pl.int_range(600) % 2 == 0).then(_closing("at")).otherwise("at"))
    moved = dues.select(found_time.extended_due(pl.col("at"), pl.lit(30600)).alias("found"))["found"].to_list()
    query = (
        "select mart.extended_due(m, tstzmultirange(tstzrange('2022-01-04 07:00+07', '2022-01-05 07:30+07'))) "
        "from unnest(%s::timestamptz[]) with ordinality u (m, n) order by n"
    )
    later = [row[0] for row in core.execute(query, (dues["at"].to_list(),)).fetchall()]
    begun = at("2022-01-04 07:00")
    assert [(a, b) for a, b, m in zip(later, moved, dues["at"], strict=True) if m > begun and a != b] == []


def _closing(name: str) -> pl.Expr:
    return pl.col(name).dt.truncate("1d") + pl.duration(hours=17)

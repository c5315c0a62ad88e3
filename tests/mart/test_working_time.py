"""Working time: SQL against polars over moments of a whole year."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import psycopg

from hub.rules.working_time import WorkingTime
from tests.mart.rows import CALENDAR, ZONE, clocks, put, refresh, stops


def test_working_time_in_sql_and_polars(core: psycopg.Connection[Any]) -> None:
    work = WorkingTime(CALENDAR)
    clocks(core)
    start = datetime(2022, 1, 3, 5, tzinfo=ZONE)
    rows = [(start + timedelta(hours=n * 17, minutes=n * 13), timedelta(hours=n * 5 % 90 + 1)) for n in range(300)]
    dues = [due if n % 2 else due.replace(hour=17, minute=0) for n, (due, _) in enumerate(rows)]
    for n, (due, (begun, length)) in enumerate(zip(dues, rows, strict=True)):
        stop = stops((str(begun - timedelta(days=2))[:19], str(begun - timedelta(days=2) + length)[:19]))
        put(
            core,
            n,
            received_at="2022-01-01",
            legal_due_at=due,
            due_at=due,
            finished_at=begun,
            finished_precision="s",
            status=9,
            stops=stop,
        )
    refresh(core)
    time = pl.Datetime("us", "Asia/Ho_Chi_Minh")
    frame = pl.DataFrame({"due": dues, "at": [row[0] for row in rows], "length": [row[1] for row in rows]})
    frame = frame.with_columns(pl.col("due", "at").cast(time)).with_columns(start=pl.col("at") - pl.duration(days=2))
    took = work.seconds(pl.col("start") + pl.col("length")) - work.seconds(pl.col("start"))
    stopped = pl.when(pl.col("start") < pl.col("due")).then(took).otherwise(0)
    found = frame.select(
        extended=work.extended_due(pl.col("due"), stopped), late=work.minutes_between(pl.col("due"), pl.col("at"))
    )
    query = (
        "select extended_due_at, w.late_by from mart.dossier_version v "
        "join mart.verdicts('qd766_dvcqg_v1', '2023-06-01') w using (dossier_id) order by dossier_id"
    )
    told = core.execute(query).fetchall()
    # moments outside the calendar are null on both sides
    assert [(n, a, b) for n, (a, b) in enumerate(zip(told, found.rows(), strict=True)) if a != b] == []
    assert sum(row[0] is not None for row in told) > 250

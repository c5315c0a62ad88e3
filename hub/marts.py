"""Marts: bring schema mart up to what core has recorded.

Here: the order of the refresh and its watermark. Not here: how a column is derived (`assets/sql/mart`, one MERGE per
table), what a report counts (`schemas/migrations/sql/bi`), the tables (`schemas/tables/mart.py`).
Everything in mart is derived and may be rebuilt; a refresh that finds nothing new writes nothing, not even WAL.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from hub.rules.overdue import RULES
from hub.warehouse.engine import lock
from hub.warehouse.statements import run

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Dimensions first: a version finds its agency in mart.agency. Journeys last: they are made of versions.
TABLES = (
    "agency_successor",
    "agency",
    "procedure",
    "day",
    "code_list",
    "rule",
    "dossier_version",
    "journey",
    "journey_leg",
)


def refresh(connection: psycopg.Connection[Any], now: datetime, *, full: bool = False) -> dict[str, int]:
    """Bring every mart table up to date; returns rows inserted or updated per table, all 0 when nothing is new.

    Runs in the caller's transaction, which the caller commits; waits for another refresh to end. `now` is the hub's
    clock with a zone: it decides which agency stands today for a dissolved one. An incremental run reads the dossiers
    with a version that begins or ends after the newest one in the mart. `full` reads all history again and mends
    every row that would be derived otherwise today, for instance under a field that the catalogue has named since.
    """
    lock(connection, "hub.marts")
    newest = connection.execute("select max(recorded_from) from mart.dossier_version").fetchone()
    parameters = {
        "today": now.astimezone(ZONE).date(),
        "watermark": "-infinity" if full or newest is None or newest[0] is None else newest[0],
    }
    written = {table: run(connection, f"mart/{table}", parameters).rowcount for table in TABLES}
    bound = parameters | {"now": now}
    verdicts = [run(connection, "mart/verdict", bound | {"rule": rule}).rowcount for rule in RULES]
    return written | {"verdict": sum(verdicts)}

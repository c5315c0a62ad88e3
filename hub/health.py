"""The health of sources: what is usual, what is not, and one verdict per source and agency.

Here: the order of the judgement and what people are told in English. Not here: how it is judged
(`assets/sql/mart/source_usual.sql`, `source_lag.sql`, `source_health.sql`), the tolerances (rule `source_health_v1` of
`schemas/codes/rules.csv`), what the ledger says of a source (`hub/standing.py`), what a pull observes
(`hub/observing.py`). A quiet commune that is called silent every week teaches people to look away: so a verdict
counts only where chance is no explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row

from hub.settings import ZONE
from hub.source import Source
from hub.standing import standings
from hub.warehouse.engine import lock
from hub.warehouse.statements import run
from schemas.tables.mart import SOURCE_HEALTH

Connection = psycopg.Connection[Any]
_NOT_COMPARED = {"source_id", "agency_code", "judged_at"}
FINE = ("ok", "not_learned", "ended")


def judge(connection: Connection, sources: Sequence[Source], now: datetime, *, volume: str = "ops.volume") -> int:
    """Bring mart.source_health up to `now`; gives rows written or deleted.

    Runs in the caller's transaction, as matcher; waits for another judgement to end. `volume`: the relation with
    (source_id, agency_code, day, dossiers) that is learned from.
    """
    lock(connection, "hub.health")
    lags = {source.source_id: source.pull.lag for source in sources}
    # those that are not asked yet have nothing to be judged by
    stood = [item for item in standings(connection, sources, now) if item.active or item.last_pull_at]
    bound: dict[str, Any] = {
        "now": now,
        "today": now.astimezone(ZONE).date(),
        "source_id": [item.source_id for item in stood],
        "level": [item.level for item in stood],
        "active": [item.active for item in stood],
        "outcome": [item.outcome for item in stood],
        "complete_at": [item.complete_at for item in stood],
        "late": [item.late for item in stood],
        "lag": [lags.get(item.source_id) for item in stood],
        "quarantined": [item.quarantined for item in stood],
        "pending": [item.pending for item in stood],
        "difference": [item.difference for item in stood],
    }
    run(connection, "mart/source_lag", {"now": now})
    run(connection, "mart/source_usual", bound, volume=volume)
    names = [column.name for column in SOURCE_HEALTH.columns if column.name not in _NOT_COMPARED]
    written = run(
        connection,
        "mart/source_health",
        bound,
        old=", ".join(f"t.{name}" for name in names),
        new=", ".join(f"s.{name}" for name in names),
        set=",\n    ".join(f"{name} = s.{name}" for name in names),
        columns=", ".join(names),
    ).rowcount
    return written + connection.execute(_GONE, bound).rowcount


_GONE = """
    delete from mart.source_health h
    where h.source_id <> all(%(source_id)s::text[])
       or (h.agency_code <> '' and not exists (
           select from source_usual u where u.source_id = h.source_id and u.agency_code = h.agency_code))
"""


@dataclass(frozen=True)
class Health:
    """One row of mart.source_health, as commands and checks tell it."""

    source_id: str
    agency_code: str
    level: str
    verdict: str
    judged_at: datetime
    window_days: int | None
    expected: float | None
    seen: int | None
    lag_median: timedelta | None
    lag_p95: timedelta | None
    lag_declared: timedelta | None
    lag_needed: timedelta | None
    lag_proposed: timedelta | None
    clock_skew_s: int | None
    version_ahead_s: int | None
    open_drift: int

    @property
    def is_whole(self) -> bool:
        """Whether the row is about the source and not about one agency within it."""
        return self.agency_code == ""


def healths(connection: Connection) -> list[Health]:
    """What the last judgement found; troubled rows first. Empty before the first run."""
    names = ", ".join(Health.__dataclass_fields__)
    with connection.cursor(row_factory=class_row(Health)) as cursor:
        return cursor.execute(
            f"select {names} from mart.source_health order by verdict = any(%s), level, source_id, agency_code",
            (list(FINE),),
        ).fetchall()


def finding(health: Health) -> str:
    """What is unusual about a source or agency and what to do, in one English sentence; "" when nothing is.

    What the ledger knows at this moment (failed, late, unaccounted) is told from there and not from here.
    """
    counts = f"{health.seen or 0:,} dossiers in {health.window_days} days, usually about {health.expected or 0:,.1f}"
    match health.verdict:
        case "silent":
            return f"silent: {counts}; ask whoever runs the source"
        case "strange":
            return f"far more than usual: {counts}; look for records that came twice or were entered late"
        case "skewed":
            return f"its clock is {health.clock_skew_s or 0:+,} s from ours; have it set right"
        case "ahead":
            return f"a version lies {health.version_ahead_s or 0:,} s in the future; have the record's time mended"
        case "lag_short" if health.lag_proposed:
            return (
                f"records came up to {_minutes(health.lag_needed)} behind the watermark, the lag is "
                f"{_minutes(health.lag_declared)}; declare lag: {_minutes(health.lag_proposed).replace(' min', 'm')}"
            )
        case "lag_short":
            return "records came so far behind the watermark that no lag helps; compare its counts with the hub's"
    return ""


def _minutes(length: timedelta | None) -> str:
    return f"{(length or timedelta(0)).total_seconds() / 60:.0f} min"

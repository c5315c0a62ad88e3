"""What people do with quarantined records: look at them, find the original, have them read again.

Here: reading `ops.quarantine` and the replay through all stations. Not here: deciding what is quarantined
(`hub/standardise`), writing it (`hub/findings.py`). The original is shown masked alone: who must see it in clear reads
the raw store, which is closed to everybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import class_row

from hub import ledger
from hub.errors import HubError
from hub.mapping import Stream
from hub.rawstore import RawStore
from hub.showing import shown

if TYPE_CHECKING:
    from hub.application import Hub

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Finding:
    """One quarantined record. `raw_file`, `raw_row` (in the file) are None for an envelope that was broken itself."""

    quarantine_id: int
    source_id: str
    stream: str
    record_type: str
    source_key: str
    stage: str
    reason_code: str
    field: str
    sentence: str
    agency_code: str | None
    raised_at: datetime
    resolved_at: datetime | None
    resolution: str | None
    batch_id: int | None
    raw_file: str | None
    raw_row: int | None


@dataclass(frozen=True)
class Count:
    """Open findings of one source and reason."""

    source_id: str
    reason_code: str
    records: int


@dataclass(frozen=True)
class Replayed:
    """batches: read again.  resolved: findings closed by it.  still_open: findings chosen that stay, or came again.
    not_replayable: chosen envelopes that never became a raw row. errors: sources that were rolled back."""

    batches: int
    resolved: int
    still_open: int
    not_replayable: int
    errors: list[str]


_FINDING = """
select q.quarantine_id, q.source_id, q.stream, q.record_type, q.source_key, q.stage, q.reason_code, q.field, q.sentence,
       q.agency_code, q.raised_at, q.resolved_at, q.resolution, q.batch_id, b.raw_file,
       (b.first_row + q.raw_row)::bigint as raw_row
from ops.quarantine q left join ops.batch b using (batch_id)
"""
_OPEN = """resolved_at is null and (%(source)s::text is null or q.source_id = %(source)s)
           and (%(reason)s::text is null or q.reason_code = %(reason)s)"""


def open_findings(
    connection: Connection, source: str | None = None, reason: str | None = None, limit: int | None = None
) -> list[Finding]:
    """Open findings, oldest first."""
    with connection.cursor(row_factory=class_row(Finding)) as cursor:
        return cursor.execute(
            f"{_FINDING} where {_OPEN} order by q.quarantine_id limit %(limit)s",
            {"source": source, "reason": reason, "limit": limit},
        ).fetchall()


def counts(connection: Connection, source: str | None = None, reason: str | None = None) -> list[Count]:
    """How many open findings of each source and reason."""
    with connection.cursor(row_factory=class_row(Count)) as cursor:
        return cursor.execute(
            f"""select source_id, reason_code, count(*) as records from ops.quarantine q
                where {_OPEN} group by 1, 2 order by 3 desc, 1, 2""",
            {"source": source, "reason": reason},
        ).fetchall()


def by_id(connection: Connection, ids: Sequence[int]) -> list[Finding]:
    """Findings by their numbers. Raises HubError naming those that do not exist."""
    with connection.cursor(row_factory=class_row(Finding)) as cursor:
        found = cursor.execute(
            f"{_FINDING} where q.quarantine_id = any(%s) order by q.quarantine_id", (list(ids),)
        ).fetchall()
    missing = sorted(set(ids) - {finding.quarantine_id for finding in found})
    if missing:
        raise HubError(f"nothing in quarantine has the number {', '.join(map(str, missing))}", "hub quarantine list")
    return found


def original(store: RawStore, finding: Finding, stream: Stream | None) -> list[tuple[str, str]]:
    """Path and text of the raw record, masked; empty when it is no JSON or was no record. `stream` as mapped today."""
    if finding.raw_file is None or finding.raw_row is None or stream is None:
        return []
    frame = next(store.read(finding.raw_file, finding.raw_row, 1))
    return shown(frame["payload"][0], stream)


def replay(hub: Hub, findings: Sequence[Finding]) -> Replayed:
    """Have std read the batches of these findings again, then core and mart follow.

    Raises HubError when a source is no longer declared: nobody could say what its records mean.
    """
    rows = [finding for finding in findings if finding.batch_id is not None]
    sources = hub.chosen(names=sorted({finding.source_id for finding in rows}), active=False) if rows else []
    with hub.warehouse.begin("loader") as connection:
        batches = ledger.replay(connection, sorted({f.batch_id for f in rows if f.batch_id is not None}))
    loaded = hub.load(sources) if rows else []
    hub.reconcile()
    hub.refresh()
    with hub.warehouse.begin("loader") as connection:
        row = connection.execute(
            "select count(*) from ops.quarantine where quarantine_id = any(%s) and resolved_at is null",
            ([finding.quarantine_id for finding in findings],),
        ).fetchone()
    still_open = int(row[0]) if row else 0
    return Replayed(
        batches=batches,
        resolved=len(findings) - still_open,
        still_open=still_open,
        not_replayable=len(findings) - len(rows),
        errors=[f"{item.source_id}: {item.error}" for item in loaded if item.error],
    )

"""The ledger: what was asked of each source, what came, where it lies, who has consumed it.

Here: every statement on `ops.pull`, `ops.batch`, `ops.batch_consumed` and `ops.watermark`. Not here: quarantine
and drift (`hub/findings.py`), the connection (the caller's transaction) and the rows of std. Rows, counts and watermark
are written in the caller's one transaction; a check constraint refuses a pull or batch that does not balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from hub.warehouse.engine import lock

Connection = psycopg.Connection[Any]


@dataclass
class Pull:
    """One question to one stream of a source, and what became of it. Times are aware."""

    source_id: str
    stream: str
    record_type: str
    started_at: datetime
    since: str | None = None
    until: str | None = None
    outcome: str = "ok"
    error_code: str | None = None
    message: str | None = None
    cursor_after: str | None = None
    pages: int = 0
    bytes: int = 0
    announced: int | None = None
    fetched: int = 0
    stored: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)
    clock_skew_s: int | None = None  # see the columns of ops.pull
    version_ahead_s: int | None = None
    late_arrival_s: int | None = None
    seconds: float = 0.0  # how long the stream was read


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of one stream of one source in one raw file."""

    batch_id: int
    source_id: str
    stream: str
    record_type: str
    raw_file: str
    first_row: int
    row_count: int
    recorded_at: datetime


@dataclass(frozen=True)
class Range:
    """Where the stored rows of a pull lie: file, first row, number of rows."""

    raw_file: str
    first_row: int
    row_count: int


@dataclass(frozen=True)
class Consumed:
    """How the rows of a batch ended in std; their sum is the batch's row count."""

    batch_id: int
    new: int
    changed: int
    unchanged: int
    superseded: int
    quarantined: int

    @property
    def stored(self) -> int:
        return self.new + self.changed + self.unchanged + self.superseded + self.quarantined


def lock_source(connection: Connection, source_id: str) -> None:
    """One loader at a time per source; held until the transaction ends."""
    lock(connection, f"hub.source.{source_id}")


def know_source(
    connection: Connection,
    source_id: str,
    level: str,
    family: str,
    mapping: str,
    agency_code: str | None,
    valid_from: date | None,
    valid_to: date | None,
    now: datetime,
) -> None:
    """Record that a source exists; an unchanged row is not written."""
    connection.execute(
        """
        merge into ops.source t
        using (values (%s::text, %s::text, %s::text, %s::text, %s::text, %s::date, %s::date, %s::timestamptz))
              as s (source_id, level, family, mapping, agency_code, valid_from, valid_to, now)
        on t.source_id = s.source_id
        when matched and (t.level, t.family, t.mapping, t.agency_code, t.valid_from, t.valid_to)
             is distinct from (s.level, s.family, s.mapping, s.agency_code, s.valid_from, s.valid_to) then
            update set level = s.level, family = s.family, mapping = s.mapping, agency_code = s.agency_code,
                       valid_from = s.valid_from, valid_to = s.valid_to
        when not matched then
            insert (source_id, level, family, mapping, agency_code, valid_from, valid_to, first_seen_at)
            values (s.source_id, s.level, s.family, s.mapping, s.agency_code, s.valid_from, s.valid_to, s.now)
        """,
        (source_id, level, family, mapping, agency_code, valid_from, valid_to, now),
    )


def watermark(connection: Connection, source_id: str, stream: str) -> str | None:
    """The cursor up to which a stream has been read; None before the first complete pull."""
    row = connection.execute(
        "select cursor from ops.watermark where source_id = %s and stream = %s", (source_id, stream)
    ).fetchone()
    return row[0] if row else None


def ever_complete(connection: Connection, source_id: str, stream: str) -> bool:
    """Whether a stream was ever read to its end."""
    row = connection.execute(
        "select exists (select from ops.pull where source_id = %s and stream = %s and outcome = 'ok')",
        (source_id, stream),
    ).fetchone()
    return bool(row and row[0])


def last_batch(connection: Connection, source_id: str) -> int:
    """The number of the source's latest batch, 0 when there is none; ask under the lock of its pulls."""
    row = connection.execute("select max(batch_id) from ops.batch where source_id = %s", (source_id,)).fetchone()
    return int(row[0] or 0) if row else 0


def has_pending(connection: Connection, source_id: str, stream: str) -> bool:
    """Whether std has not yet read everything that raw holds of a stream."""
    row = connection.execute(
        """
        select exists (select from ops.batch b where b.source_id = %s and b.stream = %s and not exists
            (select from ops.batch_consumed c where c.batch_id = b.batch_id and c.consumer = 'std'))
        """,
        (source_id, stream),
    ).fetchone()
    return bool(row and row[0])


def record_pull(connection: Connection, pull: Pull, ranges: Sequence[Range], now: datetime, move: bool = True) -> int:
    """Write the pull, its batches, its refused envelopes and, if it is complete and `move`, the watermark.

    Only an `ok` pull with a cursor moves the watermark; an empty pull leaves it. What was refused since the last `ok`
    pull was in the window that this one has read again, and is closed. Gives the pull's id.
    """
    moved = pull.cursor_after if pull.outcome == "ok" and move else None
    row = connection.execute(
        """
        insert into ops.pull (source_id, stream, record_type, started_at, finished_at, outcome, error_code, message,
            since, until, cursor_after, pages, bytes, announced, fetched, stored, unchanged, refused,
            clock_skew_s, version_ahead_s, late_arrival_s)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning pull_id
        """,
        (
            *(pull.source_id, pull.stream, pull.record_type, pull.started_at, now, pull.outcome, pull.error_code),
            *(_told(pull.message), pull.since, pull.until, moved, pull.pages, pull.bytes, pull.announced),
            *(pull.fetched, pull.stored, pull.unchanged, len(pull.refused)),
            *(pull.clock_skew_s, pull.version_ahead_s, pull.late_arrival_s),
        ),
    ).fetchone()
    assert row is not None
    pull_id = int(row[0])
    for part in ranges:
        connection.execute(
            """
            insert into ops.batch (pull_id, source_id, stream, record_type, raw_file, first_row, row_count, recorded_at)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                pull_id,
                pull.source_id,
                pull.stream,
                pull.record_type,
                part.raw_file,
                part.first_row,
                part.row_count,
                now,
            ),
        )
    for sentence in pull.refused:
        connection.execute(
            """
            insert into ops.quarantine (source_id, stream, record_type, source_key, pull_id, stage, reason_code,
                sentence, raised_at) values (%s, %s, %s, '', %s, 'raw', 'BROKEN_ENVELOPE', %s, %s)
            """,
            (pull.source_id, pull.stream, pull.record_type, pull_id, _told(sentence), now),
        )
    if pull.outcome == "ok" and move:
        connection.execute(
            """
            update ops.quarantine set resolved_at = %s, resolution = 'superseded'
            where source_id = %s and stream = %s and stage = 'raw' and resolved_at is null
            """,
            (now, pull.source_id, pull.stream),
        )
    if moved is not None:
        connection.execute(
            """
            insert into ops.watermark (source_id, stream, cursor, pull_id, moved_at) values (%s, %s, %s, %s, %s)
            on conflict (source_id, stream) do update
                set cursor = excluded.cursor, pull_id = excluded.pull_id, moved_at = excluded.moved_at
                where ops.watermark.cursor is distinct from excluded.cursor
            """,
            (pull.source_id, pull.stream, moved, pull_id, now),
        )
    return pull_id


def _told(sentence: str | None) -> str | None:
    """A sentence that may quote a source: PostgreSQL knows no NUL."""
    return sentence and sentence.replace("\0", "\ufffd")


def pending_batches(connection: Connection, source_ids: Sequence[str]) -> list[Batch]:
    """Batches of the sources that std has not consumed, in the order of their recording."""
    with connection.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(
            """
            select batch_id, source_id, stream, record_type, raw_file, first_row, row_count, recorded_at
            from ops.batch b where source_id = any (%s) and not exists
                (select from ops.batch_consumed c where c.batch_id = b.batch_id and c.consumer = 'std')
            order by batch_id
            """,
            (list(source_ids),),
        ).fetchall()


def pending_rows(connection: Connection, level: str | None = None) -> dict[str, int]:
    """Raw rows that std has not consumed, by source; a source without any is not there."""
    rows = connection.execute(
        """
        select b.source_id, sum(b.row_count)::bigint from ops.batch b join ops.source s using (source_id)
        where (%s::text is null or s.level = %s) and not exists
            (select from ops.batch_consumed c where c.batch_id = b.batch_id and c.consumer = 'std')
        group by 1 order by 1
        """,
        (level, level),
    ).fetchall()
    return dict(rows)


def record_consumed(connection: Connection, counts: Sequence[Consumed], now: datetime) -> None:
    """Write what std made of each batch; a batch that is replayed gets new counts and is seen by core again."""
    for item in counts:
        connection.execute("delete from ops.batch_consumed where batch_id = %s", (item.batch_id,))
        connection.execute(
            """
            insert into ops.batch_consumed (batch_id, consumer, consumed_at, stored, new, changed, unchanged,
                superseded, quarantined) values (%s, 'std', %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                item.batch_id,
                now,
                item.stored,
                item.new,
                item.changed,
                item.unchanged,
                item.superseded,
                item.quarantined,
            ),
        )


def replay(connection: Connection, batch_ids: Sequence[int]) -> int:
    """Make std read these batches again; the next std run does it. Gives how many were put back."""
    return connection.execute("delete from ops.batch_consumed where batch_id = any(%s)", (list(batch_ids),)).rowcount


def files_in_use(connection: Connection) -> set[str]:
    """Every raw file that a batch points to."""
    return {row[0] for row in connection.execute("select distinct raw_file from ops.batch").fetchall()}

"""Records that their source does not hold any more: std keeps the last image, marked as deleted, until they come back.

Here: every statement that writes `ops.tombstone`, and the mark in std. Not here: who finds out that a key has vanished
(`hub/census.py`), soft deletes (a record of its own, `hub/standardise`), what core makes of it (`hub/reconcile`).

Two kinds. A key *vanished* when a census did not find it; whatever the source delivers in a later batch brings it back,
by the numbers of batches and not by a clock. A *message* of deletion has a version; a later version brings the record
back. Both are primary: std, made again from raw, is marked again by them, in whatever order records come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from hub.warehouse import staging
from schemas.tables.std import RECORD_TABLES

Connection = psycopg.Connection[Any]
# A record is gone: it is not later than what says so.
_GONE = """
(t.reason = 'vanished' and r.batch_id <= t.batch_id
 or t.reason = 'message' and (coalesce(r.version_at, '-infinity'), coalesce(r.version, '') collate "C")
                          <= (coalesce(t.version_at, '-infinity'), coalesce(t.version, '') collate "C"))
"""


@dataclass(frozen=True)
class Place:
    """Which stream of which source, and as of which batch."""

    source_id: str
    stream: str
    record_type: str
    batch_id: int


def any_of(connection: Connection, source_ids: Sequence[str], record_type: str) -> bool:
    """Whether any record of this type of the sources is known to be gone."""
    query = "select exists (select from ops.tombstone where source_id = any (%s) and record_type = %s)"
    row = connection.execute(query, (list(source_ids), record_type)).fetchone()
    return bool(row and row[0])


def bury(
    connection: Connection,
    place: Place,
    keys: Sequence[str],
    census_id: int,
    now: datetime,
) -> int:
    """Keep that these keys vanished, as of `place.batch_id`, and mark them in std; gives how many were marked.

    A record that came in a later batch is left alone.
    """
    connection.execute(
        """
        insert into ops.tombstone (source_id, record_type, source_key, reason, stream, batch_id, census_id, told_at)
        select %s, %s, k, 'vanished', %s, %s, %s, %s from unnest(%s::text[]) k
        on conflict (source_id, record_type, source_key, reason) do update
            set stream = excluded.stream, batch_id = excluded.batch_id, census_id = excluded.census_id,
                told_at = excluded.told_at, core_run_id = null
            where ops.tombstone.batch_id < excluded.batch_id
        """,
        (
            *(place.source_id, place.record_type, place.stream, place.batch_id, census_id, now),
            list(keys),
        ),
    )
    gone = {"source": place.source_id, "keys": list(keys)}
    return _mark(connection, place.record_type, "select %(source)s, unnest(%(keys)s::text[])", gone)


def after_merge(
    connection: Connection, stream: str, record_type: str, now: datetime, *, graves: bool, messages: bool
) -> int:
    """What a load has to do about the keys of the `decided` table; gives how many rows of std were marked.

    graves: a source has tombstones of this type.   messages: the stream may bring some.
    """
    if messages:
        graves |= _told(connection, stream, record_type, now) > 0
    if not graves:
        return 0
    return _mark(connection, record_type, f"select source_id, source_key from {staging.table('decided')}", {})


def _told(connection: Connection, stream: str, record_type: str, now: datetime) -> int:
    """Keep the latest message of each key that a message of the staged rows buries."""
    staged = staging.table(RECORD_TABLES[record_type].name)
    return connection.execute(
        f"""
        insert into ops.tombstone (source_id, record_type, source_key, reason, stream, batch_id, version, version_at,
                                   payload_hash, told_at)
        select distinct on (b.source_id, s.source_key) b.source_id, %s, s.source_key, 'message', %s, s.batch_id,
               s.version, s.version_at, s.payload_hash, %s
        from {staged} s join ops.batch b using (batch_id) where s.deletion = 'message'
        order by b.source_id, s.source_key, coalesce(s.version_at, '-infinity') desc,
                 coalesce(s.version, '') collate "C" desc, s.batch_id desc, s.raw_row desc
        on conflict (source_id, record_type, source_key, reason) do update
            set stream = excluded.stream, batch_id = excluded.batch_id, version = excluded.version,
                version_at = excluded.version_at, payload_hash = excluded.payload_hash, told_at = excluded.told_at,
                core_run_id = null
            where (coalesce(ops.tombstone.version_at, '-infinity'), coalesce(ops.tombstone.version, '') collate "C")
                < (coalesce(excluded.version_at, '-infinity'), coalesce(excluded.version, '') collate "C")
        """.encode(),
        (record_type, stream, now),
    ).rowcount


def _mark(connection: Connection, record_type: str, keys: str, given: dict[str, Any]) -> int:
    """Mark the records of these keys (source, key) that are gone; what its source deleted itself keeps its own time."""
    table = RECORD_TABLES[record_type]
    at = ", deleted_at = t.told_at" if "deleted_at" in table.columns else ""
    return connection.execute(
        f"""
        update std.{table.name} r set is_deleted = true, deletion = t.reason{at}
        from ops.tombstone t
        where t.record_type = %(type)s and (t.source_id, t.source_key) in ({keys})
          and r.source_id = t.source_id and r.source_key = t.source_key and r.is_deleted is not true and {_GONE}
        """.encode(),
        {"type": record_type, **given},
    ).rowcount

"""What std could not understand or had not been told about: quarantine and drift.

Here: every statement of std on `ops.quarantine` and `ops.drift`. Not here: the reasons and their sentences
(`hub/standardise/reasons.py`), broken envelopes (`hub/ledger.py`, written with their pull). Rows hold pointers,
reasons and public codes, never a value of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
import psycopg

from hub.standardise.identifiers import LONGEST_KEY

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Origin:
    """Which stream something was met in, and whose each batch is."""

    stream: str
    record_type: str
    sources: Mapping[int, str]


def stored_key(key: str) -> str:
    """A record's key as quarantine holds it, whatever a source calls a key: no NUL, and not too long for an index."""
    return key.replace("\0", "\ufffd")[:LONGEST_KEY]


def quarantine(connection: Connection, origin: Origin, rows: pl.DataFrame, now: datetime) -> None:
    """Keep what could not be understood: pointer, reason, sentence; the same finding in the same row once.

    `rows`: batch_id, raw_row, source_key, payload_hash, version, version_at, reason_code, field, sentence, agency_code.
    """
    if rows.is_empty():
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.quarantine (source_id, stream, record_type, source_key, payload_hash, batch_id, raw_row,
                version, version_at, stage, reason_code, field, sentence, agency_code, raised_at)
            select %s, %s, %s, %s, %s, %s, %s, %s, %s, 'std', %s, %s, %s, %s, %s
            where not exists (select from ops.quarantine q where q.batch_id = %s and q.raw_row = %s
                              and q.reason_code = %s and q.field = %s and q.resolved_at is null)
            """,
            [
                (
                    *(origin.sources[row["batch_id"]], origin.stream, origin.record_type),
                    *(stored_key(row["source_key"]), row["payload_hash"]),
                    *(row["batch_id"], row["raw_row"], row["version"], row["version_at"]),
                    *(row["reason_code"], row["field"], row["sentence"]),
                    *(row["agency_code"], now, row["batch_id"], row["raw_row"], row["reason_code"], row["field"]),
                )
                for row in rows.iter_rows(named=True)
            ],
        )


def resolve(connection: Connection, record_type: str, table: str, decided: str, now: datetime) -> int:
    """Close quarantine rows that no longer matter: the row itself was understood, or a later version stands in std.

    Later by the source's own version, else by the order of recording: an older version that arrives afterwards
    does not make up for the newer one that could not be understood.
    """
    return connection.execute(
        f"""
        update ops.quarantine q set resolved_at = %s,
               resolution = case when q.batch_id = r.batch_id and q.raw_row = r.raw_row then 'replayed'
                                 else 'superseded' end
        from std.{table} r
        where q.record_type = %s and q.resolved_at is null
          and q.source_id in (select source_id from {decided})
          and (q.source_id, q.source_key) in (select source_id, source_key from {decided})
          and r.source_id = q.source_id and r.source_key = q.source_key
          and (coalesce(q.version_at, '-infinity'), coalesce(q.version, '') collate "C", q.batch_id, q.raw_row)
              <= (coalesce(r.version_at, '-infinity'), coalesce(r.version, '') collate "C", r.batch_id, r.raw_row)
        """,
        (now, record_type),
    ).rowcount


def drift(connection: Connection, origin: Origin, rows: pl.DataFrame, now: datetime) -> None:
    """Remember strange fields, codes, procedures and agencies. `rows`: batch_id, kind, path, value, count."""
    for row in rows.iter_rows(named=True):
        connection.execute(
            """
            insert into ops.drift (source_id, stream, kind, path, value, first_seen_at, last_seen_at, batch_id, count)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (source_id, stream, kind, path, value) do update
                set last_seen_at = excluded.last_seen_at, batch_id = excluded.batch_id, count = excluded.count
                where ops.drift.batch_id < excluded.batch_id
            """,
            (
                *(origin.sources[row["batch_id"]], origin.stream, row["kind"], row["path"], row["value"], now, now),
                *(row["batch_id"], row["count"]),
            ),
        )

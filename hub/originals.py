"""The files that sources drop: which were taken before, the original of each kept once, what became of it.

Here: `ops.file`, `ops.package`, and the originals in the raw store. Not here: reading files (`connectors/files.py`),
the records in them (`hub/landing.py`). An original is written before its row and addressed by its content, so a crash
between the two leaves a harmless file, and the same file twice is kept once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from connectors.files_source import Original
from hub.rawstore import RawStore

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Taken:
    """What a source of family files is asked about: `begin` opens a transaction of the loader."""

    source_id: str
    begin: Callable[[], AbstractContextManager[Connection]]

    def known(self, sha256: str) -> bool:
        """Whether a file with this content was taken from this source before."""
        query = "select from ops.file where source_id = %s and sha256 = %s and outcome = 'taken'"
        with self.begin() as connection:
            return connection.execute(query, (self.source_id, sha256)).fetchone() is not None

    def package_sha(self, package_id: str) -> str | None:
        """The hash of the document in which a package of this name was taken before; None when it was not."""
        query = "select sha256 from ops.package where source_id = %s and package_id = %s"
        with self.begin() as connection:
            row = connection.execute(query, (self.source_id, package_id)).fetchone()
        return row[0] if row else None


def keep(store: RawStore, originals: Sequence[Original]) -> None:
    """Write the originals that are not there yet; a file that is only known again is there already."""
    for original in originals:
        if original.sha256 and original.outcome != "known":
            store.keep(original.sha256, original.read)


def record(connection: Connection, source_id: str, originals: Sequence[Original], now: datetime) -> None:
    """Write what became of each file, in the transaction that commits its records."""
    for original in originals:
        if original.outcome == "known":
            continue
        connection.execute(
            """
            insert into ops.file (source_id, sha256, name, size_bytes, version, outcome, code, reason, recorded_at)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (source_id, sha256, name) do update set outcome = excluded.outcome, code = excluded.code,
                reason = excluded.reason, version = excluded.version, recorded_at = excluded.recorded_at
            """,
            (
                *(source_id, original.sha256, original.name, original.size, original.version or None),
                *(original.outcome, original.code or None, original.reason or None, now),
            ),
        )
        if original.outcome != "taken":
            continue
        for package in original.packages:
            connection.execute(
                """
                insert into ops.package (source_id, package_id, sha256, recorded_at) values (%s, %s, %s, %s)
                on conflict (source_id, package_id) do nothing
                """,
                (source_id, package.id, package.sha256, now),
            )

"""What two sources said, as raw batches in any order, and everything that std and core make of it.

Here: writing batches as the station raw does, running the stations, reading their content without surrogate ids and
recorded times. Not here: which sayings and orders (`test_order_free`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub import ledger
from hub.explaining import explain
from hub.loading import Loading, load
from hub.rawstore import RawStore, RawWriter, Records
from hub.reconcile.core import reconcile
from hub.registry import Source
from hub.settings import Settings
from hub.standardise.protect import Hasher
from hub.standardise.reference import Reference
from hub.warehouse.engine import Warehouse
from tests.reconcile.contents import core_content, empty, std_content

ANSWERS = ("paid_online", "digitised")  # core holds yes or no where a source told a code or a part


@dataclass(frozen=True)
class Saying:
    """One record as a source said it: `moment` counts the minutes at which the hub observed it."""

    source: str
    stream: str
    key: str
    version: str
    payload: bytes = field(repr=False)
    moment: int


@dataclass(frozen=True)
class Batch:
    """Sayings of one stream of one source that were observed together."""

    sayings: tuple[Saying, ...]


@dataclass(frozen=True)
class Word:
    """What a person says of two records, that may be there already or not; a pair is spoken of once."""

    first: tuple[str, str]
    second: tuple[str, str]
    verdict: str


Parts = list[list[Batch | Word]]


class Stations:
    """A warehouse, a raw store and the declared sources; std and core are filled from batches."""

    def __init__(
        self, warehouse: Warehouse, settings: Settings, sources: Sequence[Source], reference: Reference
    ) -> None:
        self.warehouse, self.sources = warehouse, sources
        self.first = settings.now().replace(microsecond=0)
        self.store = RawStore(settings.raw_url)
        self.loading = Loading(warehouse, self.store, settings, reference, Hasher(b"a key for tests" * 3, 1))
        with self.warehouse.begin("loader") as connection:
            for source in self.sources:
                known = (source.source_id, source.level, source.family, source.mapping.mapping)
                ledger.know_source(connection, *known, None, None, None, self.first)

    def empty(self) -> None:
        """Forget everything but sources and lists."""
        empty(self.warehouse)

    def run(self, parts: Iterable[Sequence[Batch | Word]]) -> None:
        """Deliver, load and reconcile part by part, each in the given order; history is only ever added to."""
        known: dict[Any, Any] = {}
        for part in parts:
            for item in part:
                if isinstance(item, Word):
                    self._judge(item)
                else:
                    self._deliver(item)
            assert [done.error for done in load(self.loading, self.sources) if done.error] == []
            reconcile(self.warehouse, self.first)
            now = self._history()
            for version, (ended, content) in known.items():
                assert now[version][1] == content, "what was recorded is never rewritten"
                assert ended in ("infinity", now[version][0]), "what has ended stays ended"
            known = now

    def _history(self) -> dict[Any, Any]:
        """(dossier, recorded from): (recorded to, content)"""
        with self.warehouse.begin() as connection:
            rows = connection.execute(
                "select dossier_id, recorded_from::text, recorded_to::text, to_jsonb(h) - 'recorded_to' "
                "from core.dossier_history h"
            )
            return {(dossier_id, begun): (ended, content) for dossier_id, begun, ended, content in rows}

    def told(self) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """(dossier, field): the value that people are told a record decided, and the value that core holds."""
        told, held = {}, {}
        with self.warehouse.begin() as connection:
            for (dossier_id,) in connection.execute("select dossier_id from core.dossier").fetchall():
                story = explain(connection, dossier_id)
                for value in story.values:
                    if value.field in story.dossier and value.field not in ANSWERS:
                        told[dossier_id, value.field] = value.value
                        held[dossier_id, value.field] = story.dossier[value.field]
        return told, held

    def _judge(self, word: Word) -> None:
        a, b = sorted((word.first, word.second))
        with self.warehouse.begin("steward") as connection:
            connection.execute(
                "insert into core.judgement (source_id_a, source_key_a, source_id_b, source_key_b, verdict, judged_by, "
                "judged_at, reason) values (%s, %s, %s, %s, %s, 'an', %s, 'đã hỏi')",
                (*a, *b, word.verdict, self.first),
            )

    def _deliver(self, batch: Batch) -> None:
        first = batch.sayings[0]
        records = Records(
            [saying.key for saying in batch.sayings],
            [saying.version for saying in batch.sayings],
            [hashlib.sha256(saying.payload).digest() for saying in batch.sayings],
            [saying.payload for saying in batch.sayings],
        )
        writer = RawWriter(self.store)
        writer.add(first.source, first.stream, records)
        name = writer.close()
        ranges = [ledger.Range(name, at, count) for _, _, at, count in writer.ranges]
        now, rows = self.first + timedelta(minutes=first.moment), len(records.keys)
        pull = ledger.Pull(first.source, first.stream, first.stream, now, fetched=rows, stored=rows)
        with self.warehouse.begin("loader") as connection:
            ledger.record_pull(connection, pull, ranges, now)

    def content(self) -> dict[str, Any]:
        """Everything in std and core; dossiers are named by their records."""
        with self.warehouse.begin() as connection:
            return std_content(connection) | core_content(connection)

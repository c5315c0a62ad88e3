"""Station std: raw rows of a source become std records, counted to the unit, in one transaction per source.

Here: the order of the steps of a load and its accounting. Not here: what values mean (`hub/standardise`, pure),
SQL of the merge (`hub/warehouse/merge.py`).

While the server merges one chunk, a thread standardises the next parts. Afterwards: stored = new + changed +
unchanged + superseded + quarantined for every batch, or the transaction rolls back and that source is flagged.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import psycopg
import sqlalchemy as sa

from hub import findings, ledger, tombstones
from hub.errors import HubError
from hub.mapping import Stream
from hub.rawstore import RawStore
from hub.registry import Source
from hub.settings import Settings
from hub.standardise.protect import Hasher
from hub.standardise.records import Context, Raw, Result, standardise
from hub.standardise.reference import Reference
from hub.warehouse import merge, staging, statistics
from hub.warehouse.engine import Warehouse, favour_indexes
from schemas.tables.std import RECORD_TABLES
from schemas.tables.vault import CLEAR_TABLES

LOG = logging.getLogger("hub.loading")
PART = 4_000  # records standardised at once: bounds memory whatever the size of the source
AHEAD = 2  # parts that may wait, standardised, while the server merges: else one of the two cores always waits
MERGED_AT_ONCE = 8_000  # records in staging before they are merged: a merge has a fixed cost, and parts wait for it
WORKERS = 4
CLASSES = ("new", "changed", "unchanged", "superseded", "quarantined")


@dataclass
class Loaded:
    """What one load of a source did: rows by class over all its batches; `error` when it was rolled back."""

    source_id: str
    batches: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    superseded: int = 0
    quarantined: int = 0
    error: str = ""
    written: Counter[sa.Table] = field(default_factory=Counter, repr=False)

    @property
    def stored(self) -> int:
        return self.new + self.changed + self.unchanged + self.superseded + self.quarantined


@dataclass(frozen=True)
class Loading:
    """What is needed to load: warehouse, raw store, settings, the reference lists, the hasher."""

    warehouse: Warehouse
    store: RawStore
    settings: Settings
    reference: Reference
    hasher: Hasher
    workers: int = WORKERS


def load(loading: Loading, sources: Sequence[Source]) -> list[Loaded]:
    """Bring std up to date with raw for these sources; sources with nothing pending give nothing.

    A source whose load fails is rolled back and reported in `error`; the others go on.
    """
    with loading.warehouse.begin("loader") as connection:
        pending = set(ledger.pending_sources(connection))
    waiting = [source for source in sources if source.source_id in pending]
    if not waiting:
        return []
    with ThreadPoolExecutor(min(loading.workers, len(waiting)), thread_name_prefix="load") as pool:
        done = list(pool.map(lambda source: _guarded(loading, source), waiting))
    statistics.refresh(loading.warehouse, sum((item.written for item in done), Counter()))
    return done


def _guarded(loading: Loading, source: Source) -> Loaded:
    try:
        return load_source(loading, source)
    except HubError as error:
        return Loaded(source.source_id, error=str(error))
    except psycopg.Error as error:  # the server's own words may quote a value
        LOG.error("%s: rolled back: %s %s", source.source_id, type(error).__name__, error.sqlstate)
        return Loaded(source.source_id, error=f"the warehouse refused it: {type(error).__name__} {error.sqlstate}")
    except Exception as error:  # a defect that one source brings to light must not stop the others
        LOG.error("%s: rolled back: %s in standardise", source.source_id, type(error).__name__)
        return Loaded(source.source_id, error=f"{type(error).__name__} while standardising: a defect, please report it")


def load_source(loading: Loading, source: Source) -> Loaded:
    """Consume all pending batches of one source in one transaction."""
    done = Loaded(source.source_id)
    with loading.warehouse.begin("loader") as connection:
        favour_indexes(connection)
        ledger.lock_source(connection, source.source_id)
        batches = ledger.pending_batches(connection, source.source_id)
        if not batches:
            return done
        for name, stream in source.mapping.streams.items():
            mine = [batch for batch in batches if batch.stream == name]
            if mine:
                _Stream(loading, source, name, stream, connection, done).consume(mine)
        known = set(source.mapping.streams)
        if any(batch.stream not in known for batch in batches):
            LOG.warning("%s: batches of a stream that the mapping no longer has stay pending", source.source_id)
    return done


@dataclass(frozen=True)
class _Part:
    """Some rows of a batch, standardised: what goes to which staging table, and what was found on the way."""

    batch: ledger.Batch
    height: int
    quarantined: pl.DataFrame
    drift: pl.DataFrame
    tables: list[tuple[str, list[str], bytes]]


@dataclass
class _Stream:
    """One stream of one source, inside the load's transaction."""

    loading: Loading
    source: Source
    name: str
    stream: Stream
    connection: psycopg.Connection[Any]
    done: Loaded
    counted: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    drifted: defaultdict[int, list[pl.DataFrame]] = field(default_factory=lambda: defaultdict(list))
    tables: list[str] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)
    staged: int = 0
    graves: bool = False

    def consume(self, batches: Sequence[ledger.Batch]) -> None:
        """Stage part after part while the next one is standardised, merge now and then, count at the end."""
        types = self._types()
        self._prepare(types)
        self.graves = tombstones.any_of(self.connection, self.source.source_id, self.stream.record_type)
        parts = self._parts(batches)
        with ThreadPoolExecutor(1, thread_name_prefix="standardise") as pool:
            ahead = deque(pool.submit(next, parts, None) for _ in range(AHEAD))
            while (part := ahead.popleft().result()) is not None:
                ahead.append(pool.submit(next, parts, None))
                self._stage(part)
                if self.staged >= MERGED_AT_ONCE:
                    self._merge(types)
        self._merge(types)
        self._count(batches)

    def _merge(self, types: Sequence[str]) -> None:
        """From staging to the std rows; staging is empty again afterwards."""
        main, source_id, written = RECORD_TABLES[types[0]], self.source.source_id, self.done.written
        merge.decide(self.connection, main, self.graves, source_id)
        written[main] += merge.merge(self.connection, main, source_id)
        origin, now, messages = self._origin(0), self.loading.settings.now(), self.stream.tombstone is not None
        written[main] += tombstones.after_merge(self.connection, origin, now, self.graves, messages)
        for kind in types[1:]:
            child = RECORD_TABLES[kind]
            written[child] += merge.merge_children(self.connection, child, source_id)
        for name in types:
            if f"clear_{RECORD_TABLES[name].name}" in self.filled:
                merge.keep_clear(self.connection, CLEAR_TABLES[name], source_id)
        decided, now = staging.table("decided"), self.loading.settings.now()
        findings.resolve(self.connection, source_id, self.stream.record_type, main.name, decided, now)
        for batch_id, found in merge.counts(self.connection).items():
            self.counted[batch_id].update(found)
        staging.empty(self.connection, self.tables)
        self.staged, self.filled = 0, set()

    def _types(self) -> list[str]:
        """The stream's record type, then those of its children, each once."""
        return list(dict.fromkeys([self.stream.record_type, *(child.record_type for child in self.stream.children)]))

    def _prepare(self, types: Sequence[str]) -> None:
        wanted = {"decided": merge.DECIDED}
        wanted |= {RECORD_TABLES[kind].name: merge.staged_columns(RECORD_TABLES[kind]) for kind in types}
        wanted |= {
            f"clear_{CLEAR_TABLES[kind].name}": _clear_columns(CLEAR_TABLES[kind])
            for kind in types
            if kind in CLEAR_TABLES
        }
        self.tables = [staging.prepare(self.connection, name, columns) for name, columns in wanted.items()]

    def _parts(self, batches: Sequence[ledger.Batch]) -> Iterator[_Part]:
        """The rows of all batches, standardised part by part and ready for COPY."""
        context = Context(
            mapping=self.source.mapping,
            stream=self.stream,
            source_id=self.source.source_id,
            agency_code=self.source.agency_code,
            reference=self.loading.reference,
            hasher=self.loading.hasher,
        )
        for batch in batches:
            for rows in self.loading.store.read(batch.raw_file, batch.first_row, batch.row_count, PART):
                result = standardise(_raw(rows), context)
                yield _Part(batch, rows.height, result.quarantined, result.drift, list(_encoded(batch, result)))

    def _stage(self, part: _Part) -> None:
        for name, columns, data in part.tables:
            staging.copy(self.connection, staging.table(name), columns, data)
            self.filled.add(name)
        self.staged += part.height
        origin, now = self._origin(part.batch.batch_id), self.loading.settings.now()
        findings.quarantine(self.connection, origin, part.quarantined, now)
        self.drifted[part.batch.batch_id].append(part.drift)
        self.counted[part.batch.batch_id]["quarantined"] += part.quarantined["raw_row"].n_unique()

    def _origin(self, batch_id: int) -> findings.Origin:
        return findings.Origin(self.source.source_id, self.name, self.stream.record_type, batch_id)

    def _count(self, batches: Sequence[ledger.Batch]) -> None:
        """Write drift and balance of each batch; a difference rolls the whole source back."""
        consumed, now = [], self.loading.settings.now()
        for batch in batches:
            if parts := self.drifted[batch.batch_id]:
                whole = pl.concat(parts).group_by("kind", "path", "value").agg(pl.sum("count"))
                findings.drift(self.connection, self._origin(batch.batch_id), whole, now)
            found = self.counted[batch.batch_id]
            item = ledger.Consumed(batch.batch_id, *(found[name] for name in CLASSES))
            if item.stored != batch.row_count:
                raise HubError(
                    f"{self.source.source_id}: batch {batch.batch_id} has {batch.row_count} rows in raw and "
                    f"{item.stored} accounted for in std; nothing was written",
                    "this is a defect of the hub: keep the raw file and report the batch number",
                )
            consumed.append(item)
            for name in CLASSES:
                setattr(self.done, name, getattr(self.done, name) + getattr(item, name))
        ledger.record_consumed(self.connection, consumed, now)
        self.done.batches += len(consumed)


def _clear_columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if column.name != "source_id"]


def _encoded(batch: ledger.Batch, result: Result) -> Iterator[tuple[str, list[str], bytes]]:
    """(staging table, columns, CSV) for every frame that has rows."""
    for kind, frame in result.tables.items():
        if frame.height:
            rows = frame.with_columns(batch_id=pl.lit(batch.batch_id, pl.Int64))
            yield RECORD_TABLES[kind].name, *staging.encode(rows)
    for kind, frame in result.clear.items():
        if frame.height:
            yield f"clear_{CLEAR_TABLES[kind].name}", *staging.encode(frame)


def _raw(chunk: pl.DataFrame) -> Raw:
    return Raw(
        keys=chunk["source_key"].to_list(),
        versions=chunk["version"].to_list(),
        payloads=chunk["payload"].to_list(),
        rows=chunk["raw_row"].to_list(),
        hashes=chunk["payload_hash"].to_list(),
    )

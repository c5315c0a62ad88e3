"""One stream of some sources of one mapping, from raw rows to std, inside the transaction of their load.

Here: the order of the steps and the accounting of each batch. Not here: transactions (`hub/loading.py`), what values
mean (`hub/standardise`, pure), SQL of the merge (`hub/warehouse/merge.py`).

While the server merges one chunk, a thread standardises the next parts. Afterwards: stored = new + changed +
unchanged + superseded + quarantined for every batch, or the transaction rolls back.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl
import psycopg
import sqlalchemy as sa

from hub import findings, ledger, tombstones
from hub.errors import HubError
from hub.mapping import Stream
from hub.registry import Source
from hub.standardise.records import Context, Raw, Result, standardise
from hub.warehouse import merge, staging
from schemas.tables.std import RECORD_TABLES
from schemas.tables.vault import CLEAR_TABLES

if TYPE_CHECKING:
    from hub.loading import Loading

PART = 4_000  # records standardised at once: bounds memory whatever the size of the sources
AHEAD = 2  # parts that may wait, standardised, while the server merges: else one of the two cores always waits
MERGED_AT_ONCE = 8_000  # records in staging before they are merged: a merge has a fixed cost, and parts wait for it
CLASSES = ("new", "changed", "unchanged", "superseded", "quarantined")


@dataclass(frozen=True)
class Settled:
    """A batch that std has consumed, and how its rows ended."""

    source_id: str
    consumed: ledger.Consumed


@dataclass(frozen=True)
class _Part:
    """Some raw rows, standardised: what goes to which staging table, and what was found on the way."""

    height: int
    quarantined: pl.DataFrame
    drift: pl.DataFrame
    tables: list[tuple[str, list[str], bytes]]


@dataclass
class StreamLoad:
    """The load of one stream. `sources`: by id, all of one mapping. `written`: rows by table, added to."""

    loading: Loading
    sources: Mapping[str, Source]
    name: str
    stream: Stream
    connection: psycopg.Connection[Any]
    written: Counter[sa.Table]
    counted: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    drifted: list[pl.DataFrame] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)
    staged: int = 0
    graves: bool = False

    def consume(self, batches: Sequence[ledger.Batch]) -> list[Settled]:
        """Stage part after part while the next one is standardised, merge now and then, count at the end."""
        types = self._types()
        self._prepare(types)
        self.graves = tombstones.any_of(self.connection, list(self.sources), self.stream.record_type)
        owners = {batch.batch_id: batch.source_id for batch in batches}
        origin = findings.Origin(self.name, self.stream.record_type, owners)
        parts = self._parts(batches)
        with ThreadPoolExecutor(1, thread_name_prefix="standardise") as pool:
            ahead = deque(pool.submit(next, parts, None) for _ in range(AHEAD))
            while (part := ahead.popleft().result()) is not None:
                ahead.append(pool.submit(next, parts, None))
                self._stage(part, origin)
                if self.staged >= MERGED_AT_ONCE:
                    self._merge(types)
        self._merge(types)
        return self._settled(batches, origin)

    def _merge(self, types: Sequence[str]) -> None:
        """From staging to the std rows; staging is empty again afterwards."""
        main, now = RECORD_TABLES[types[0]], self.loading.settings.now()
        merge.decide(self.connection, main, self.graves)
        self.written[main] += merge.merge(self.connection, main)
        messages, type_ = self.stream.tombstone is not None, self.stream.record_type
        self.written[main] += tombstones.after_merge(
            self.connection, self.name, type_, now, graves=self.graves, messages=messages
        )
        for kind in types[1:]:
            child = RECORD_TABLES[kind]
            self.written[child] += merge.merge_children(self.connection, child, staged=child.name in self.filled)
        for name in types:
            if f"clear_{RECORD_TABLES[name].name}" in self.filled:
                merge.keep_clear(self.connection, CLEAR_TABLES[name])
        findings.resolve(self.connection, type_, main.name, staging.table("decided"), now)
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
            f"clear_{CLEAR_TABLES[kind].name}": merge.staged_clear(CLEAR_TABLES[kind])
            for kind in types
            if kind in CLEAR_TABLES
        }
        self.tables = [staging.prepare(self.connection, name, columns) for name, columns in wanted.items()]

    def _parts(self, batches: Sequence[ledger.Batch]) -> Iterator[_Part]:
        """The rows of all batches, standardised part by part and ready for COPY."""
        mapping = next(iter(self.sources.values())).mapping
        context = Context(mapping, self.stream, self.loading.reference, self.loading.hasher)
        for rows in _together(self._read(batches)):
            result = standardise(_raw(rows), context)
            quarantined = _placed(result.quarantined, rows)
            yield _Part(rows.height, quarantined, result.drift, list(_encoded(rows, result)))

    def _read(self, batches: Sequence[ledger.Batch]) -> Iterator[pl.DataFrame]:
        """The raw rows of each batch, with whose they are."""
        for batch in batches:
            whose = [
                pl.lit(batch.batch_id, pl.Int64).alias("batch_id"),
                pl.lit(self.sources[batch.source_id].agency_code, pl.String).alias("agency_code"),
            ]
            for rows in self.loading.store.read(batch.raw_file, batch.first_row, batch.row_count, PART):
                yield rows.with_columns(whose)

    def _stage(self, part: _Part, origin: findings.Origin) -> None:
        for name, columns, data in part.tables:
            staging.copy(self.connection, staging.table(name), columns, data)
            self.filled.add(name)
        self.staged += part.height
        findings.quarantine(self.connection, origin, part.quarantined, self.loading.settings.now())
        self.drifted.append(part.drift)
        counts = part.quarantined.group_by("batch_id").agg(pl.col("raw_row").n_unique())
        for batch_id, count in counts.rows():
            self.counted[batch_id]["quarantined"] += count

    def _settled(self, batches: Sequence[ledger.Batch], origin: findings.Origin) -> list[Settled]:
        """Write drift and balance of each batch; a difference rolls back."""
        now = self.loading.settings.now()
        if self.drifted:
            whole = pl.concat(self.drifted).group_by("batch_id", "kind", "path", "value").agg(pl.sum("count"))
            findings.drift(self.connection, origin, whole.sort("batch_id", "kind", "path", "value"), now)
        settled = []
        for batch in batches:
            found = self.counted[batch.batch_id]
            item = ledger.Consumed(batch.batch_id, *(found[name] for name in CLASSES))
            if item.stored != batch.row_count:
                raise HubError(
                    f"{batch.source_id}: batch {batch.batch_id} has {batch.row_count} rows in raw and "
                    f"{item.stored} accounted for in std; nothing was written",
                    "this is a defect of the hub: keep the raw file and report the batch number",
                )
            settled.append(Settled(batch.source_id, item))
        ledger.record_consumed(self.connection, [item.consumed for item in settled], now)
        return settled


def _together(pieces: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Pieces put together to frames of at most PART rows."""
    held: list[pl.DataFrame] = []
    for piece in pieces:
        if held and sum(frame.height for frame in held) + piece.height > PART:
            yield pl.concat(held)
            held = []
        held.append(piece)
    if held:
        yield pl.concat(held)


def _placed(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """`raw_row` as a number in the part becomes batch and number in the batch."""
    at = frame["raw_row"]
    return frame.with_columns(rows["batch_id"].gather(at), rows["raw_row"].gather(at))


def _encoded(rows: pl.DataFrame, result: Result) -> Iterator[tuple[str, list[str], bytes]]:
    """(staging table, columns, CSV) for every frame that has rows."""
    for kind, frame in result.tables.items():
        if frame.height:
            yield RECORD_TABLES[kind].name, *staging.encode(_placed(frame, rows))
    for kind, frame in result.clear.items():
        if frame.height:
            yield f"clear_{CLEAR_TABLES[kind].name}", *staging.encode(_placed(frame, rows).drop("raw_row"))


def _raw(rows: pl.DataFrame) -> Raw:
    return Raw(
        keys=rows["source_key"].to_list(),
        versions=rows["version"].to_list(),
        payloads=rows["payload"].to_list(),
        rows=list(range(rows.height)),
        hashes=rows["payload_hash"].to_list(),
        batches=rows["batch_id"].to_list(),
        agency_codes=rows["agency_code"].to_list(),
    )

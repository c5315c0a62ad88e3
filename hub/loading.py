"""Station std: raw rows of sources become std records, counted to the unit, in one transaction per group of sources.

Here: which sources are loaded together, their transactions, and what a failure costs. Not here: one stream's steps
and accounting (`hub/loading_stream.py`), what values mean (`hub/standardise`, pure), SQL (`hub/warehouse/merge.py`).

Six hundred small sources have a fixed cost each, in the columns of a frame and in the statements of a merge: sources
of one mapping with little to load share both. Where a group fails it is rolled back and each of its sources is
loaded by itself, so that a source that brings a failure to light stands alone with it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
import sqlalchemy as sa

from hub import ledger
from hub.errors import HubError
from hub.loading_stream import CLASSES, StreamLoad
from hub.rawstore import RawStore
from hub.registry import Source
from hub.settings import Settings
from hub.standardise.protect import Hasher
from hub.standardise.reference import Reference
from hub.warehouse import statistics
from hub.warehouse.engine import Warehouse, favour_indexes

LOG = logging.getLogger("hub.loading")
WORKERS = 4
# A group holds its locks and its transaction for a second or two at most.
GROUP_ROWS = 2_000
GROUP_SOURCES = 64


@dataclass
class Loaded:
    """What one load of a source did: rows by class over all its batches; `error` when it was rolled back.
    `written`: rows of std by table, of the whole group, told by its first source."""

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
        pending = ledger.pending_rows(connection)
    groups = grouped([source for source in sources if source.source_id in pending], pending)
    if not groups:
        return []
    with ThreadPoolExecutor(min(loading.workers, len(groups)), thread_name_prefix="load") as pool:
        done = [item for group in pool.map(lambda group: _guarded(loading, group), groups) for item in group]
    statistics.refresh(loading.warehouse, sum((item.written for item in done), Counter()))
    return done


def grouped(sources: Sequence[Source], rows: Mapping[str, int]) -> list[list[Source]]:
    """Sources that are loaded together: of one mapping, and with few rows (by source id) to load."""
    groups: list[list[Source]] = []
    open_: dict[int, tuple[list[Source], int]] = {}
    for source in sources:
        group, held = open_.get(id(source.mapping), ([], GROUP_ROWS))
        if len(group) == GROUP_SOURCES or held + rows[source.source_id] > GROUP_ROWS:
            group, held = [], 0
            groups.append(group)
        group.append(source)
        open_[id(source.mapping)] = group, held + rows[source.source_id]
    return groups


def _guarded(loading: Loading, sources: Sequence[Source]) -> list[Loaded]:
    try:
        return load_sources(loading, sources)
    except HubError as error:
        told = str(error)
    except psycopg.Error as error:  # the server's own words may quote a value
        told = f"the warehouse refused it: {type(error).__name__} {error.sqlstate}"
    except Exception as error:  # a defect that one source brings to light must not stop the others
        told = f"{type(error).__name__} while standardising: a defect, please report it"
    if len(sources) > 1:
        return [item for source in sources for item in _guarded(loading, [source])]
    LOG.error("%s: rolled back: %s", sources[0].source_id, told)
    return [Loaded(sources[0].source_id, error=told)]


def load_sources(loading: Loading, sources: Sequence[Source]) -> list[Loaded]:
    """Consume all pending batches of sources of one mapping in one transaction."""
    known = {source.source_id: source for source in sources}
    done = {source_id: Loaded(source_id) for source_id in known}
    with loading.warehouse.begin("loader") as connection:
        favour_indexes(connection)
        for source_id in sorted(known):  # in one order, or two loaders would wait for each other
            ledger.lock_source(connection, source_id)
        batches = ledger.pending_batches(connection, list(known))
        streams = sources[0].mapping.streams
        for name, stream in streams.items():
            mine = [batch for batch in batches if batch.stream == name]
            if mine:
                written = done[sources[0].source_id].written
                for item in StreamLoad(loading, known, name, stream, connection, written).consume(mine):
                    _add(done[item.source_id], item.consumed)
        for source_id in sorted({batch.source_id for batch in batches if batch.stream not in streams}):
            LOG.warning("%s: batches of a stream that the mapping no longer has stay pending", source_id)
    return list(done.values())


def _add(done: Loaded, consumed: ledger.Consumed) -> None:
    done.batches += 1
    for name in CLASSES:
        setattr(done, name, getattr(done, name) + getattr(consumed, name))

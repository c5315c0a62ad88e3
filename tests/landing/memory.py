"""A province of sources in memory, and the stations over it: what tests of landing and loading stand on.

Here: records, sources whose every behaviour a test decides, a hub of the test's own. Not here: anything on the wire
(`tests/connectors`). The sources implement the connector's protocol and are reached through `Landing.connect`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from psycopg.rows import dict_row

from connectors.contract import Check, Connector, Page, StreamSpec, Window
from hub import ledger
from hub.landing import Landing, land
from hub.loading import Loaded, Loading, load
from hub.mapping import Mapping
from hub.rawstore import RawStore
from hub.settings import Settings
from hub.source import Pull, Source
from hub.standardise.protect import Hasher
from hub.standardise.reference import shipped
from hub.warehouse.engine import Warehouse
from tests.standardise.chunk import dossier, mapping

NOW = "2022-10-01T06:00:00+07:00"
lists = cache(shipped)


@dataclass(frozen=True)
class Record:
    """A record as a source lists it."""

    key: str
    version: str
    payload: bytes


def record(number: int, at: int = 0, key: str | None = None, **changes: Any) -> Record:
    """A plain dossier of its own number, changed `at` seconds after a fixed moment."""
    number_ = f"000.00.40.H56-220905-{number:04}"
    version = f"202209060{at // 3600:01}{at // 60 % 60:02}{at % 60:02}"
    content = dossier(**{"MaHoSo": number_, "NgayCapNhat": version, **changes})
    return Record(number_ if key is None else key, version, msgspec.json.encode(content))


@dataclass
class Served:
    """One source. `error` is raised after so many pages, `refused` comes with the first page, `refusal` is raised when
    connecting, `closing` when closing."""

    streams: dict[str, list[Record]] = field(default_factory=dict)
    error: BaseException | None = None
    after: int = 0
    refused: tuple[str, ...] = ()
    refusal: BaseException | None = None
    closing: BaseException | None = None
    cursor: str | None = None
    page_size: int = 10
    asked: list[Window] = field(default_factory=list)
    closed: int = 0

    def check(self) -> list[Check]:
        return []

    def pages(self, stream: StreamSpec, window: Window) -> Iterator[Page]:
        self.asked.append(window)
        rows = [
            row
            for row in self.streams.get(stream.name, [])
            if (window.since or "") <= row.version and (window.until is None or row.version < window.until)
        ]
        cuts = range(0, len(rows), self.page_size)
        for number, start in enumerate(cuts):
            if self.error is not None and number >= self.after:
                raise self.error
            part = rows[start : start + self.page_size]
            yield Page(
                [row.key for row in part],
                [row.version for row in part],
                [row.payload for row in part],
                announced=len(rows),
                cursor=(self.cursor or max(row.version for row in rows)) if start == cuts[-1] else None,
                refused=self.refused if number == 0 else (),
            )
        if self.error is not None and len(cuts) <= self.after:
            raise self.error

    def close(self) -> None:
        self.closed += 1
        if self.closing is not None:
            raise self.closing


@dataclass
class Hall:
    """A hub of the test's own over sources in memory."""

    warehouse: Warehouse
    settings: Settings
    served: dict[str, Served] = field(default_factory=dict)
    mappings: dict[str, Mapping] = field(default_factory=dict)
    used: dict[tuple[int, tuple[str, ...]], Mapping] = field(default_factory=dict)

    @property
    def store(self) -> RawStore:
        return RawStore(self.settings.raw_url)

    def serve(self, name: str, *records: Record, stream: str = "dossier") -> Served:
        """Let the source `name` list these records, in place of earlier ones."""
        served = self.served.setdefault(name, Served())
        served.streams[stream] = list(records)
        return served

    def source(self, name: str, streams: Sequence[str] = ("dossier",)) -> Source:
        """A declared source: the portal's mapping unless the test has another one for it."""
        whole = self.mappings.get(name) or mapping()
        narrow = msgspec.structs.replace(whole, streams={stream: whole.streams[stream] for stream in streams})
        use = self.used.setdefault((id(whole), tuple(streams)), narrow)  # one object: sources of it load together
        pull = Pull(page_size=10)
        return Source(name, "district", "rest", use, "H56.40", {}, pull, None, None, True, "sources.yml", 1)

    def landing(self, **changes: Any) -> Landing:
        def connect(source: Source, settings: Settings) -> Connector:
            served = self.served[source.source_id]
            if served.refusal is not None:
                raise served.refusal
            return served

        return replace(Landing(self.warehouse, self.store, self.settings, connect=connect), **changes)

    def land(self, *names: str, streams: Sequence[str] = ("dossier",), **changes: Any) -> dict[str, ledger.Pull]:
        """Pull these sources (all when none is named); the pulls by source (of one stream) or source/stream."""
        pulls = land(self.landing(**changes), [self.source(name, streams) for name in names or self.served])
        return {pull.source_id if len(streams) == 1 else f"{pull.source_id}/{pull.stream}": pull for pull in pulls}

    def loading(self, **changes: Any) -> Loading:
        hasher = Hasher(b"a key that only the tests have..", 7)
        return replace(Loading(self.warehouse, self.store, self.settings, lists(), hasher), **changes)

    def load(self, *names: str, streams: Sequence[str] = ("dossier",), **changes: Any) -> dict[str, Loaded]:
        """Load these sources (all when none is named)."""
        done = load(self.loading(**changes), [self.source(name, streams) for name in names or self.served])
        return {item.source_id: item for item in done}

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """The rows of a query, as the database's owner."""
        with self.warehouse.begin() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    def column(self, query: str, *values: Any) -> list[Any]:
        """The only column of a query."""
        return [next(iter(row.values())) for row in self.rows(query, *values)]

    def watermarks(self) -> dict[str, str]:
        """The cursor of each source (of one stream)."""
        return {row["source_id"]: row["cursor"] for row in self.rows("select source_id, cursor from ops.watermark")}

    def files(self) -> set[Path]:
        """The files of the raw store."""
        return {Path(self.settings.raw_url) / name for name in self.store.names()}


def balanced(pull: ledger.Pull) -> bool:
    """Whether all that came is accounted for."""
    return pull.fetched == pull.stored + pull.unchanged + len(pull.refused)

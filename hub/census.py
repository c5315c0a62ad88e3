"""The census: what sources say they hold, compared with std; what differs is mended, or waits for a person's word.

Here: the order of a census of one source, and the bounded pool over many. Not here: asking (`census_source`), comparing
(`census_compare`), reading again (`census_repair`), drop folders (`census_files`), the guard (`census_guard`), the
account (`census_ledger`).

A source is counted under the lock of its pulls: what comes between the list and the comparison would look lost or
vanished. Counting costs the source one reading of its keys, so that it is done at night, not in its quiet hours, and
whatever a source does stays an outcome of that source. Pulls read what is newer than the watermark; the census leaves
that to them.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from connectors.contract import Connector
from connectors.errors import SourceError
from connectors.files import FilesConnector
from connectors.files_folder import Entry
from hub import asking, census_files, census_ledger, ledger, tombstones
from hub.census_compare import AGAIN, Comparison, Found, GroupKey, Held
from hub.census_guard import too_many
from hub.census_ledger import Counted, GroupCounted
from hub.census_repair import read_again
from hub.census_source import Asking
from hub.connecting import connect
from hub.errors import HubError
from hub.landing import Landing
from hub.loading import Loading, load
from hub.originals import Taken
from hub.source import Source
from hub.warehouse.engine import lock_key

Connection = psycopg.Connection[Any]
LOG = logging.getLogger("hub.census")
WORKERS = 4
CONFIRMED_AT_MOST = 20_000  # vanished keys that are asked for once more by key; more are for the guard


@dataclass(frozen=True)
class Census:
    """What is needed to count. `repair`: mend what differs.   `insist`: also in quiet hours of a source."""

    landing: Landing
    loading: Loading
    repair: bool = True
    insist: bool = False
    workers: int = WORKERS


def declared(sources: Sequence[Source]) -> list[Source]:
    """The sources of which at least one stream can be counted."""
    return [source for source in sources if any(stream.census for stream in source.mapping.streams.values())]


def take(census: Census, sources: Sequence[Source]) -> list[Counted]:
    """Count every stream that declares a census; gives one Counted each, failed ones included.

    Raises HubError only for the hub's own trouble, never because of a source. Core and mart are the caller's.
    """
    chosen = declared(sources)
    if not chosen:
        return []
    with ThreadPoolExecutor(min(census.workers, len(chosen)), thread_name_prefix="census") as pool:
        return [
            counted for done in pool.map(lambda source: _OneSource(census, source).take(), chosen) for counted in done
        ]


def offered_again(done: Sequence[Counted], source: Source) -> bool:
    """Whether files of this source lie in its drop folder again, and wait for a pull."""
    return source.family == "files" and any(
        item.source_id == source.source_id and item.outcome == "mended" for item in done
    )


class _OneSource:
    """The census of one source: its own connection, its own connector."""

    def __init__(self, census: Census, source: Source) -> None:
        self._census, self._source = census, source
        self._warehouse, self._settings = census.landing.warehouse, census.landing.settings
        self._streams = {name: stream for name, stream in source.mapping.streams.items() if stream.census}

    def take(self) -> list[Counted]:
        """Every stream, one after the other."""
        source, now = self._source, self._settings.now()
        if not self._census.insist and asking.is_quiet(source, now):
            return [self._kept(self._begun(name), "skipped", "quiet hours of the source") for name in self._streams]
        try:
            connector = self._connected()
        except Exception as error:
            return [self._kept(self._begun(name), "failed", told(error)) for name in self._streams]
        try:
            with self._warehouse.session("loader") as connection:
                return [self._stream(connection, name, connector) for name in self._streams]
        finally:
            try:
                connector.close()
            except Exception as error:  # it has answered, or its error is told already
                LOG.warning("%s: %s while closing", source.source_id, type(error).__name__)

    def _connected(self) -> Connector[Any]:
        landing = self._census.landing
        if landing.connect is not None:
            return landing.connect(self._source, landing.settings)
        taken = Taken(self._source.source_id, lambda: landing.warehouse.begin("loader"))
        return connect(self._source, landing.settings, landing.hosts, taken)

    def _stream(self, connection: Connection, name: str, connector: Connector[Any]) -> Counted:
        """One stream: counted and judged while nobody pulls it, then mended by a pull."""
        counted, landing = self._begun(name), self._census.landing
        try:
            with _alone(connection, counted.source_id) as alone:
                if not alone:
                    return self._kept(counted, "skipped", "another process is pulling it")
                if isinstance(connector, FilesConnector):
                    lost = census_files.count(connection, counted, connector)
                    return self._files(counted, lost, connector)
                if reason := self._not_ready(connection, counted):
                    return self._kept(counted, *reason)
                comparison, watermark = self._compared(connection, counted, connector)
            wanted = comparison.keys(AGAIN) if self._census.repair else []
            if wanted:
                pulls = read_again(landing, self._source, name, connector, wanted, counted.census_id)
                loaded = load(self._census.loading, [self._source])
                left = comparison.again(watermark).kinds
                counted.remaining = sum(left[kind] for kind in AGAIN)
                failed = [pull.message for pull in pulls if pull.outcome != "ok" and pull.message]
                failed += [item.error for item in loaded if item.error]
                self._concluded(counted, failed[0] if failed else "")
        except (HubError, psycopg.Error, MemoryError):
            raise
        except Exception as error:
            return self._kept(counted, "failed", told(error))
        return counted

    def _not_ready(self, connection: Connection, counted: Counted) -> tuple[str, str] | None:
        """Outcome and reason when there is nothing to compare with; what waits in raw is loaded first."""
        source_id, name = counted.source_id, counted.stream
        if not ledger.ever_complete(connection, source_id, name):
            return "skipped", "was never read completely: `hub run` comes first"
        if ledger.has_pending(connection, source_id, name):
            load(self._census.loading, [self._source])
            if ledger.has_pending(connection, source_id, name):
                return "failed", "its records wait in raw, because their load was rolled back: see `hub balance`"
        return None

    def _compared(
        self, connection: Connection, counted: Counted, connector: Connector[Any]
    ) -> tuple[Comparison, str | None]:
        """Ask, compare, judge what vanished, and write it down; gives the comparison and the watermark it stands on."""
        stream = self._source.mapping.streams[counted.stream]
        asking_ = Asking(connector, self._source, counted.stream, stream, self._census.loading.reference)
        comparison = Comparison(connection, counted.source_id, counted.stream, stream)
        counted.batch_id = ledger.last_batch(connection, counted.source_id)
        watermark = ledger.watermark(connection, counted.source_id, counted.stream)
        held, some = comparison.held(), None
        if asking_.counts:
            groups = asking_.groups()
            said = {key: count for key, (count, _) in groups.items()}
            mine = {key: (group.count, group.checksum) for key, group in held.items()}
            some = {key for key in groups.keys() | mine.keys() if groups.get(key) != mine.get(key)}
        found = Found()
        if some is None or some:
            for frame in asking_.keys(some):
                comparison.take(frame)
            found = comparison.compare(watermark, some)
        if some is None:
            said = comparison.said()
        if found.kinds["vanished"] and found.kinds["vanished"] <= CONFIRMED_AT_MOST:
            vanished = [key for key, _ in comparison.keys(["vanished"])]
            found = comparison.spare(asking_.known(vanished))
        self._judged(connection, counted, comparison, found, said, held)
        return comparison, watermark

    def _judged(
        self,
        connection: Connection,
        counted: Counted,
        comparison: Comparison,
        found: Found,
        said: Mapping[GroupKey, int],
        held: Mapping[GroupKey, Held],
    ) -> None:
        """Count what was found, bury what the guard lets through, and keep the rest for a person's word."""
        counted.source_count, counted.hub_count = sum(said.values()), sum(group.live for group in held.values())
        for kind in ("missing", "differing", "vanished", "revived", "ahead", "quarantined"):
            setattr(counted, kind, found.kinds[kind])
        live: Counter[str] = Counter()
        gone: Counter[str] = Counter()
        for (agency, _, _), group in held.items():
            live[agency] += group.live
        for (agency, _, _), kinds in found.groups.items():
            gone[agency] += kinds["vanished"]
        counted.message = too_many(self._source.shrink, counted.source_count, live, gone)
        keys = [key for key, _ in comparison.keys(["vanished"])] if found.kinds["vanished"] else []
        waiting = keys if counted.message else []
        if counted.message:
            counted.outcome = "held"
        elif counted.differences:
            counted.outcome = "mended" if self._census.repair else "differs"
        now = self._settings.now()
        with connection.transaction():
            ledger.lock_source(connection, counted.source_id)
            census_ledger.record(connection, counted, _groups(found, said, held), waiting, now)
            if keys and not waiting and self._census.repair:
                place = tombstones.Place(counted.source_id, counted.stream, counted.record_type, counted.batch_id or 0)
                counted.buried = tombstones.bury(connection, place, keys, counted.census_id, now)
                census_ledger.conclude(connection, counted, now)

    def _files(self, counted: Counted, lost: Sequence[Entry], connector: FilesConnector) -> Counted:
        """Files that the ledger does not know go back into the drop folder, from where the next pull takes them."""
        if lost and self._census.repair:
            counted.message = connector.offer_again(lost)
            counted.remaining = 0 if not counted.message else len(lost)
        outcome = "agrees" if not lost else "mended" if self._census.repair and not counted.remaining else "differs"
        return self._kept(counted, outcome, counted.message)

    def _begun(self, name: str) -> Counted:
        stream = self._streams[name]
        return Counted(self._source.source_id, name, stream.record_type, self._settings.now())

    def _kept(self, counted: Counted, outcome: str, message: str) -> Counted:
        """Write a census that compared nothing, or whose repair failed."""
        counted.outcome, counted.message, now = outcome, message, self._settings.now()
        with self._warehouse.begin("loader") as connection:
            if counted.census_id:
                census_ledger.conclude(connection, counted, now)
            else:
                census_ledger.record(connection, counted, [], [], now)
        if outcome == "failed":
            LOG.warning("%s/%s: census fails: %s", counted.source_id, counted.stream, message)
        return counted

    def _concluded(self, counted: Counted, message: str) -> None:
        if counted.remaining and counted.outcome == "mended":
            counted.outcome = "differs"
            counted.message = message or "what was read again is still not as the source lists it"
        with self._warehouse.begin("loader") as connection:
            census_ledger.conclude(connection, counted, self._settings.now())


def told(error: Exception) -> str:
    """What an error of a source says for the ledger: of one that nobody foresaw only its kind, it may quote a value."""
    if isinstance(error, SourceError | HubError):
        return str(error)
    return f"{type(error).__name__} in the connector: report it with the log of this time"


@contextmanager
def _alone(connection: Connection, source_id: str) -> Iterator[bool]:
    """Whether nobody else pulls the source; the lock is let go at the end."""
    key = lock_key(f"hub.pull.{source_id}")
    row = connection.execute("select pg_try_advisory_lock(%s)", (key,)).fetchone()
    taken = bool(row and row[0])
    try:
        yield taken
    finally:
        if taken:
            connection.execute("select pg_advisory_unlock(%s)", (key,))


def _groups(found: Found, said: Mapping[GroupKey, int], held: Mapping[GroupKey, Held]) -> list[GroupCounted]:
    """The groups in which something is to be done."""
    counted = []
    for key, kinds in sorted(found.groups.items()):
        missing = kinds["missing"] + kinds["revived"]
        if missing or kinds["differing"] or kinds["vanished"]:
            hub = held[key].live if key in held else 0
            counted.append(GroupCounted(*key, said.get(key, 0), hub, missing, kinds["differing"], kinds["vanished"]))
    return counted

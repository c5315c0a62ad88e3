"""Station raw: pull sources through their connectors into the raw store and the ledger.

Here: the bounded pool of workers, what is unchanged, when a file is written, the one transaction per source.
Not here: how a source is read (`connectors`), what a record means (`hub/standardise`).

A worker pulls one source after the other and keeps their records in one pending file. When 64 MB or 60 s are
reached the file is written, and only then each finished source commits its pull, counts, ranges and watermark.
A source that fails keeps what it delivered, leaves its watermark where it was and stops nobody else.
"""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from connectors.contract import Connector, Page, Window
from connectors.cursors import CursorFormat
from connectors.errors import Unreachable
from connectors.files import FilesConnector
from hub import asking, findings, ledger, originals
from hub.connecting import connect, to_stream_spec
from hub.errors import HubError
from hub.mapping import Stream
from hub.observing import Observer
from hub.originals import Taken
from hub.pull_failures import failed, skipped
from hub.rawstore import FLUSH_BYTES, FLUSH_SECONDS, RawStore, RawWriter, Records
from hub.registry import Source
from hub.settings import Settings
from hub.unchanged import content_hashes, holds_any, known_hashes
from hub.warehouse.engine import Warehouse, lock_key

LOG = logging.getLogger("hub.landing")
CLOCK_SKEW = timedelta(minutes=10)  # a source's clock may run ahead of ours by this much
WORKERS = 8  # waiting for sources, not computing: more than cores, fewer than connections
Connect = Callable[[Source, Settings], Connector[Any]]


@dataclass(frozen=True)
class Landing:
    """What is needed to land. `since`, `until`: re-read that window without moving a watermark.

    connect: in place of the connectors, for tests.   insist: also in quiet hours and while a circuit is open.
    hosts: the limit per host, shared by all workers.
    """

    warehouse: Warehouse
    store: RawStore
    settings: Settings
    since: str | None = None
    until: str | None = None
    connect: Connect | None = None
    workers: int = WORKERS
    insist: bool = False
    hosts: asking.Hosts = field(default_factory=asking.Hosts)


def land(landing: Landing, sources: Sequence[Source]) -> list[ledger.Pull]:
    """Pull every stream of every source; gives one Pull per stream, failed ones included.

    Raises HubError only for the hub's own trouble (warehouse or raw store), never because of a source.
    """
    now = landing.settings.now()
    chosen = [source for source in sources if landing.insist or not asking.is_quiet(source, now)]
    with landing.warehouse.begin("loader") as connection:
        troubles = {} if landing.insist else asking.troubles(connection)
    span = max((source.pull.deadline for source in chosen), default=None)
    permits = asking.Permits(troubles, asking.Deadline(None if landing.insist else span), now)
    waiting: queue.SimpleQueue[Source] = queue.SimpleQueue()
    for source in sorted(chosen, key=lambda source: source.source_id in troubles):  # those that answered first
        waiting.put(source)
    count = max(1, min(landing.workers, len(chosen)))
    with ThreadPoolExecutor(count, thread_name_prefix="land") as pool:
        runs = [pool.submit(_Worker(landing, permits).run, waiting) for _ in range(count)]
        return [pull for run in runs for pull in run.result()]


@dataclass
class _Open:
    """A source whose pulls wait for their file."""

    source: Source
    pulls: list[ledger.Pull]
    files: FilesConnector | None = None  # open until the files it has read are committed and put away
    ranges: dict[str, list[ledger.Range]] = field(default_factory=dict)


class _Worker:
    """One thread: its own connection, its own pending file."""

    def __init__(self, landing: Landing, permits: asking.Permits) -> None:
        self.landing, self.permits = landing, permits
        self.file = RawWriter(landing.store)
        self.open: list[_Open] = []
        self.done: list[ledger.Pull] = []
        self.written_at = time.monotonic()

    def run(self, waiting: queue.SimpleQueue[Source]) -> list[ledger.Pull]:
        """Take sources until none is left."""
        with self.landing.warehouse.session("loader") as connection:
            self.connection: psycopg.Connection[Any] = connection
            while True:
                try:
                    source = waiting.get_nowait()
                except queue.Empty:
                    break
                self.source(source)
                if time.monotonic() - self.written_at > FLUSH_SECONDS:
                    self.commit()
            self.commit()
        return self.done

    def source(self, source: Source) -> None:
        """Pull all streams of one source, unless another process is pulling it."""
        key = lock_key(f"hub.pull.{source.source_id}")
        row = self.connection.execute("select pg_try_advisory_lock(%s)", (key,)).fetchone()
        if not (row and row[0]):
            LOG.warning("%s: another process is pulling it; left to that one", source.source_id)
            return
        opened = _Open(source, [])
        self.open.append(opened)
        refrain = self.permits.refrain(source)
        if refrain is not None:
            opened.pulls += [
                skipped(self._begin(source, *stream), refrain) for stream in source.mapping.streams.items()
            ]
            return
        try:
            connector = self._connected(source)
        except Exception as error:
            opened.pulls += [failed(self._begin(source, *stream), error) for stream in source.mapping.streams.items()]
            return
        try:
            for name, stream in source.mapping.streams.items():
                opened.pulls.append(self.stream(source, name, stream, connector))
        finally:
            if isinstance(connector, FilesConnector):
                opened.files = connector
            else:
                _close(connector, source)

    def _connected(self, source: Source) -> Connector[Any]:
        """A connector; of a source that has long been silent only after a probe. Raises what connecting raises."""
        settings = self.landing.settings
        if self.landing.connect is not None:
            connector = self.landing.connect(source, settings)
        else:
            taken = Taken(source.source_id, lambda: self.landing.warehouse.begin("loader"))
            connector = connect(source, settings, self.landing.hosts, taken)
        if self.permits.is_half_open(source):
            wrong = [check for check in connector.check() if not check.ok]
            if wrong:
                connector.close()
                raise Unreachable(f"{source.source_id}: still silent: {wrong[0].detail}", wrong[0].hint)
        return connector

    def _begin(self, source: Source, name: str, stream: Stream) -> ledger.Pull:
        since = self.landing.since
        if source.family != "files":  # there, what is new is known by the file: a late one may have an early time
            since = since or ledger.watermark(self.connection, source.source_id, name)
        return ledger.Pull(
            source.source_id, name, stream.record_type, self.landing.settings.now(), since, self.landing.until
        )

    def stream(self, source: Source, name: str, stream: Stream, connector: Connector[Any]) -> ledger.Pull:
        """Read one stream to its end; never raises because of the source."""
        pull = self._begin(source, name, stream)
        behind = ledger.has_pending(self.connection, source.source_id, name)
        compare = not behind and holds_any(self.connection, pull)
        seen = Observer(source, stream, ledger.watermark(self.connection, source.source_id, name))
        began = time.monotonic()
        try:
            for page in connector.pages(to_stream_spec(stream, source, name), Window(pull.since, pull.until)):
                seen.newcomers(page.versions, self.page(pull, page, stream, compare))
        except (HubError, psycopg.Error, MemoryError):
            raise
        except Exception as error:
            failed(pull, error)
        pull.seconds = time.monotonic() - began
        seen.note(pull, connector, self.landing.settings.now())
        pull.cursor_after = self.reached(pull.cursor_after, source, stream)
        if pull.cursor_after is None and pull.fetched and stream.version and pull.outcome == "ok":
            LOG.warning(
                "%s/%s: no %s can be read as a cursor; the watermark stays, and all is read again each time",
                *(source.source_id, name, stream.version),
            )
        if pull.refused and pull.outcome == "ok":
            pull.outcome, pull.error_code, pull.message = "incomplete", "BrokenEnvelope", pull.refused[0]
        return pull

    def reached(self, cursor: str | None, source: Source, stream: Stream) -> str | None:
        """The cursor that may be stored: one mistyped year must not move the watermark past all that is to come."""
        if cursor is None or "\0" in cursor:  # the ledger cannot hold it: read the same window again
            return None
        if not stream.cursor_format:
            return cursor
        now = self.landing.settings.now().astimezone(ZoneInfo(source.mapping.zone)).replace(tzinfo=None)
        try:
            ahead = CursorFormat(stream.cursor_format).moment(cursor).replace(tzinfo=None) > now + CLOCK_SKEW
        except ValueError:
            return cursor
        if ahead:
            LOG.warning("%s: a record says that it changed in the future; the watermark stops at now", source.source_id)
        return now.strftime(stream.cursor_format) if ahead else cursor

    def page(self, pull: ledger.Pull, page: Page, stream: Stream, compare: bool) -> list[int]:
        """Count a page and keep what is new or changed; gives the places of what is surely new."""
        hashes = content_hashes(page.payloads, stream.volatile)
        keep = list(range(len(page.keys)))
        if compare and page.keys:
            known = known_hashes(self.connection, pull, page.keys)
            keep = [i for i in keep if hashes[i] not in known.get(findings.stored_key(page.keys[i]), ())]
        pull.pages += 1
        pull.bytes += sum(map(len, page.payloads))
        pull.announced = page.announced if page.announced is not None else pull.announced
        pull.refused.extend(page.refused)
        pull.fetched += len(page.keys) + len(page.refused)
        pull.stored += len(keep)
        pull.unchanged += len(page.keys) - len(keep)
        pull.cursor_after = page.cursor or pull.cursor_after
        if keep:
            records = Records(page.keys, page.versions, hashes, page.payloads)
            self.file.add(pull.source_id, pull.stream, records.taken(keep))
        if self.file.size >= FLUSH_BYTES:
            self.write()
        return keep if compare else []

    def write(self) -> None:
        """Finish the file and remember which rows belong to whom."""
        if len(self.file):
            name = self.file.close()
            for source_id, stream, first, count in self.file.ranges:
                owner = next(o for o in self.open if o.source.source_id == source_id)
                owner.ranges.setdefault(stream, []).append(ledger.Range(name, first, count))
            self.file = RawWriter(self.landing.store)
        self.written_at = time.monotonic()

    def commit(self) -> None:
        """Write the file, then commit each source in a transaction of its own and let go of its lock."""
        self.write()
        for item in self.open:
            self._commit(item)
            self.connection.execute("select pg_advisory_unlock(%s)", (lock_key(f"hub.pull.{item.source.source_id}"),))
        self.open = []

    def _commit(self, item: _Open) -> None:
        source, now = item.source, self.landing.settings.now()
        dropped = item.files.originals() if item.files else []
        originals.keep(self.landing.store, dropped)
        move = self.landing.since is None and self.landing.until is None
        connection = self.connection  # the one that holds the lock: whoever lost that must not write
        with connection.transaction():
            ledger.lock_source(connection, source.source_id)
            ledger.know_source(
                connection,
                source.source_id,
                source.level,
                source.family,
                source.mapping.mapping,
                source.agency_code,
                source.valid_from,
                source.valid_to,
                now,
            )
            for pull in item.pulls:
                ledger.record_pull(connection, pull, item.ranges.get(pull.stream, []), now, move)
            originals.record(connection, source.source_id, dropped, now)
        if item.files:
            item.files.settle(delivered=True)
            _close(item.files, source)
        self.done.extend(item.pulls)


def _close(connector: Connector[Any], source: Source) -> None:
    try:
        connector.close()
    except Exception as error:  # it has delivered, or its error is told already
        LOG.warning("%s: %s while closing", source.source_id, type(error).__name__)

"""One reading of a drop folder: copies first, then every file whole, oldest first, in pages over their edges.

Here: order, window and budget of a pull, and what becomes of each file. Not here: the folder (`files_folder`), kinds
of files (`files_taking`), putting away (`files`). A file counts as delivered when the consumer has come back after
the page with its last record.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from connectors.contract import Page, Window
from connectors.cursors import CursorFormat, WindowCursor
from connectors.errors import OverBudget, SourceError
from connectors.files_folder import Entry, Folder
from connectors.files_reject import Rejected
from connectors.files_source import FilesSource, FilesStream, Outcome, Package
from connectors.files_spool import Pending, Spool
from connectors.files_taking import Copy, RegisterTaking, Taking, XmlTaking

log = logging.getLogger("connectors.files")


@dataclass(slots=True)
class File:
    """A file that was looked at. `owed`: names of the streams that have listed and not yet delivered it."""

    entry: Entry
    sha256: str = ""
    start: int = 0
    size: int = 0
    version: str = ""
    outcome: Outcome = "taken"
    fault: Rejected | None = None
    odd: str = ""
    packages: tuple[Package, ...] = ()
    owed: set[str] = field(default_factory=set)
    delivered: bool = False

    @property
    def done(self) -> bool:
        """Whether every reading that listed the file has delivered it."""
        return self.delivered and not self.owed


@dataclass(slots=True)
class _Batch:
    """The page that is being filled, and the files that are delivered with it."""

    page: Page = field(default_factory=lambda: Page([], [], []))
    files: list[File] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What all readings of a connector share: the folder, the copies, and the files by path."""

    source: FilesSource
    folder: Folder
    spool: Spool
    files: dict[str, File] = field(default_factory=dict)


class Pulling:
    """One reading of the folder for one stream."""

    def __init__(self, shelf: Shelf, stream: FilesStream, window: Window) -> None:
        self._all, self._source, self._stream = shelf.files, shelf.source, stream
        self._folder, self._spool = shelf.folder, shelf.spool
        self._shas: set[str] = set()
        self._mark = WindowCursor(stream, window)
        self._began = self._source.clock.monotonic()
        self._taking: Taking = (XmlTaking if stream.kind == "xml" else RegisterTaking)(self._source, stream)
        self._since = _order(stream, self._mark.start())
        self._batch = _Batch()
        self._refused = False
        self._stopped: SourceError | None = None

    def pages(self) -> Iterator[Page]:
        for place, file in enumerate(self._ordered()):
            if place and self._spent_s() > self._source.budget_s:
                self._stopped = OverBudget("the pull used up its time", "the next pull reads the rest")
                break
            yield from self._file(file)
        last = self._batch.page
        if not self._refused and self._stopped is None:
            last.cursor = self._mark.value()
        if last.keys or last.refused or last.cursor or self._batch.files:
            yield from self._deliver()
        if self._stopped is not None:
            raise self._stopped

    def _ordered(self) -> list[File]:
        """Copies of all settled files inside the window, the oldest first."""
        found = []
        for entry in self._folder.entries():
            if not entry.settled:
                log.info("%s: %s is still being written", self._source.name, entry.name)
                continue
            if self._spent_s() > self._source.budget_s / 2 or self._spool.size > self._source.max_pull_bytes:
                self._stopped = OverBudget("not all files fit into one pull", "the next pull reads the rest")
                break
            try:
                file = self._copied(entry)
            except SourceError as error:
                if error.retryable:
                    self._stopped = error
                    break
                self._refuse(f"{entry.name}: {error}")
                continue
            if file is not None and self._inside(file):
                file.owed.add(self._stream.name)
                found.append(file)
        return sorted(found, key=lambda file: (_order(self._stream, file.version) or "", file.entry.name))

    def _copied(self, entry: Entry) -> File | None:
        """The file with its copy, its time and its first fault; None when it is to be left alone for now.

        Raises Unreachable when the folder stopped answering; Malformed and Refused for this file alone.
        """
        file = self._all.get(entry.path)
        if file is None or not file.entry.same(entry):
            file = File(entry)
            try:
                copied = self._folder.copy(entry, self._spool)
                if copied is None:
                    return None
                (file.sha256, file.start), file.size = copied, entry.size
                if not file.size:
                    raise Rejected("EMPTY")
            except Rejected as error:
                file.fault, file.outcome = error, "rejected"
            self._all[entry.path] = file
        if file.fault is None and not file.version and not self._source.known(file.sha256):
            try:
                file.version = self._taking.manifest_time(self._copy(file), self._open(file))
            except Rejected as error:
                file.fault, file.outcome = error, "rejected"
        return file

    def _inside(self, file: File) -> bool:
        """Whether the window holds the file; what has no time is always inside."""
        order = _order(self._stream, file.version)
        if self._since is not None and order is not None and order < self._since:
            return False
        return self._mark.inside([file.version]) is None

    def _file(self, file: File) -> Iterator[Page]:
        """Read a file to its end, then deliver it; whole or not at all."""
        if file.fault is None and (file.sha256 in self._shas or self._source.known(file.sha256)):
            file.outcome = "known"
            log.info("%s: the content of %s was taken before", self._source.name, file.entry.name)
        elif file.fault is None:
            pending, file.outcome = Pending(), "taken"
            try:
                file.packages, file.odd = self._taking.take(self._copy(file), self._open(file), pending)
                self._shas.add(file.sha256)
                for key, payload in pending.records():
                    if len(self._batch.page.keys) >= self._stream.page_size:
                        yield from self._deliver()
                    page = self._batch.page
                    page.keys.append(key)
                    page.versions.append(file.version)
                    page.payloads.append(payload)
                if pending.count:
                    self._mark.take([file.version])
            except Rejected as error:
                file.fault, file.outcome = error, "rejected"
            finally:
                pending.close()
        if file.fault is not None:
            self._refuse(f"{file.entry.name}: {file.fault.english}")
        self._batch.files.append(file)

    def _deliver(self) -> Iterator[Page]:
        """One page; when the consumer comes back for more, it has kept it and the files in it are done."""
        batch, self._batch = self._batch, _Batch()
        yield batch.page
        for file in batch.files:
            file.owed.discard(self._stream.name)
            file.delivered = True

    def _refuse(self, sentence: str) -> None:
        self._refused = True
        self._batch.page.refused += (sentence,)

    def _copy(self, file: File) -> Copy:
        return Copy(file.entry.name, file.sha256, file.entry.mtime)

    def _open(self, file: File) -> BinaryIO:
        return self._spool.reader(file.start, file.size)

    def _spent_s(self) -> float:
        return self._source.clock.monotonic() - self._began


def _order(stream: FilesStream, text: str | None) -> str | None:
    """The time as text that sorts; None when there is none or it cannot be read."""
    return CursorFormat(stream.cursor_format).order(text) if stream.cursor_format and text else None

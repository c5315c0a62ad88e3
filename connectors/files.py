"""The connector of family `files`: packages and registers out of a drop folder, each file taken whole or not at all.

Here: the order of a pull, what becomes of each file, pages over the edges of files. Not here: the folder itself
(`files_folder`), packages (`files_xml`), registers (`files_register`), and which files were taken before, which is
asked. Files are put away only by `settle`, after the consumer has committed: a crash before that means that they are
read again, which changes nothing. Memory is bounded by one page; copies lie in a temporary file without a name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from connectors.contract import Check, Page, Window
from connectors.cursors import CursorFormat, WindowCursor
from connectors.errors import OverBudget, Secrets, SourceError
from connectors.files_folder import Entry, Folder
from connectors.files_reject import Rejected
from connectors.files_source import FilesSource, FilesStream, Original, Outcome, Package
from connectors.files_spool import Pending, Spool
from connectors.files_taking import Copy, RegisterTaking, Taking, XmlTaking

log = logging.getLogger("connectors.files")


@dataclass(slots=True)
class _File:
    """A file that was looked at. `owed`: readings that have not delivered it yet."""

    entry: Entry
    sha256: str = ""
    start: int = 0
    size: int = 0
    version: str = ""
    outcome: Outcome = "taken"
    fault: Rejected | None = None
    odd: str = ""
    packages: tuple[Package, ...] = ()
    owed: int = 0


@dataclass(slots=True)
class _Batch:
    """The page that is being filled, and the files that are delivered with it."""

    page: Page = field(default_factory=lambda: Page([], [], []))
    files: list[_File] = field(default_factory=list)


class FilesConnector:
    """Reads one drop folder. Not for several threads at once."""

    def __init__(self, source: FilesSource) -> None:
        self._source = source
        self._secrets = Secrets()
        self._secrets.learn_named(dict(source.options))
        self._folder = Folder(source)
        self._spool = Spool()
        self._files: dict[str, _File] = {}

    def __repr__(self) -> str:
        return f"FilesConnector({self._source.name!r})"

    def close(self) -> None:
        """Give back the connection and the copies."""
        self._folder.close()
        self._spool.close()

    def check(self) -> list[Check]:
        """The folder, what waits in it, and where files are put away. Never raises for what the source does."""
        try:
            entries = self._folder.entries()
            settled = sum(entry.settled for entry in entries)
            wait = f"{settled} files are ready, {len(entries) - settled} are still being written"
            checks = [Check("folder", True, "the drop folder was listed"), Check("files", True, wait)]
            for folder in filter(None, (self._source.archive, self._source.reject)):
                there = self._folder.exists(folder)
                checks.append(Check(folder, True, "is there" if there else "will be made when it is needed"))
        except SourceError as error:
            error.redact(self._secrets)
            return [Check("folder", False, error.message, error.hint)]
        return checks

    def pages(self, stream: FilesStream, window: Window) -> Iterator[Page]:
        """Deliver all settled new files by manifest time, then name; the last page carries the latest of the times.

        The window is compared with manifest times: leave it open to get whatever lies in the folder. Raises
        Unreachable, Refused, Malformed, OverBudget: what was yielded before is to be kept.
        """
        log.info("%s, %s: pull begins", self._source.name, stream.name)
        try:
            yield from _Pull(self, stream, window).pages()
        except SourceError as error:
            error.message = f"{self._source.name}, {stream.name}: {error.message}"
            error.redact(self._secrets)
            log.warning("%s, %s: pull fails: %s", self._source.name, stream.name, error)
            raise
        log.info("%s, %s: pull ends", self._source.name, stream.name)

    def originals(self) -> list[Original]:
        """What became of each file that was read to its end by every pull since the last `settle`."""
        return [self._original(file) for file in self._files.values() if not file.owed]

    def settle(self, delivered: bool) -> list[str]:
        """Put away what was delivered; call it after the commit, with False when there was none.

        Gives a sentence for each file that could not be moved: it is read again by the next pull. Never raises.
        """
        told = []
        for file in [file for file in self._files.values() if delivered and not file.owed]:
            fault = file.fault
            folder = self._source.reject if fault else self._source.archive
            note = f"{fault.code}\n{fault.vietnamese}\n{fault.english}\n" if fault else ""
            if sentence := self._folder.put_away(file.entry, folder, file.sha256, note):
                log.warning("%s: %s", self._source.name, sentence)
                told.append(sentence)
        self._files.clear()
        return told

    def _original(self, file: _File) -> Original:
        fault = file.fault
        return Original(
            sha256=file.sha256,
            name=file.entry.name,
            size=file.entry.size,
            version=file.version,
            outcome=file.outcome,
            reason=fault.vietnamese if fault else file.odd,
            read=partial(self._spool.read, file.start, file.size),
            code=fault.code if fault else "",
            packages=file.packages,
        )


class _Pull:
    """One reading of the folder for one stream."""

    def __init__(self, connector: FilesConnector, stream: FilesStream, window: Window) -> None:
        self._all, self._source, self._stream = connector._files, connector._source, stream
        self._shas: set[str] = set()
        self._folder, self._spool = connector._folder, connector._spool
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

    def _ordered(self) -> list[_File]:
        """Copies of all settled files inside the window, the oldest first."""
        found = []
        for entry in self._folder.entries():
            if not entry.settled:
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
                file.owed += 1
                found.append(file)
        return sorted(found, key=lambda file: (_order(self._stream, file.version) or "", file.entry.name))

    def _copied(self, entry: Entry) -> _File | None:
        """The file with its copy, its time and its first fault; None when it is to be left alone for now.

        Raises Unreachable when the folder stopped answering; Malformed and Refused for this file alone.
        """
        file = self._all.get(entry.path)
        if file is None or not file.entry.same(entry):
            file = _File(entry)
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

    def _inside(self, file: _File) -> bool:
        """Whether the window holds the file; what has no time is always inside."""
        order = _order(self._stream, file.version)
        if self._since is not None and order is not None and order < self._since:
            return False
        return self._mark.inside([file.version]) is None

    def _file(self, file: _File) -> Iterator[Page]:
        """Read a file to its end, then deliver it; whole or not at all."""
        if file.fault is None and (file.sha256 in self._shas or self._source.known(file.sha256)):
            file.outcome = "known"
        elif file.fault is None:
            pending = Pending()
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
            file.owed -= 1

    def _refuse(self, sentence: str) -> None:
        self._refused = True
        self._batch.page.refused += (sentence,)

    def _copy(self, file: _File) -> Copy:
        return Copy(file.entry.name, file.sha256, file.entry.mtime)

    def _open(self, file: _File) -> BinaryIO:
        return self._spool.reader(file.start, file.size)

    def _spent_s(self) -> float:
        return self._source.clock.monotonic() - self._began


def _order(stream: FilesStream, text: str | None) -> str | None:
    """The time as text that sorts; None when there is none or it cannot be read."""
    return CursorFormat(stream.cursor_format).order(text) if stream.cursor_format and text else None

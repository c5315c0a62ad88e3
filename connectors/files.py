"""The connector of family `files`: packages and registers out of a drop folder, each file taken whole or not at all.

Here: checking, pulling, the account of the originals, putting files away. Not here: the order of a pull
(`files_pull`), the folder itself (`files_folder`), packages (`files_xml`), registers (`files_register`), and which
files were taken before, which is asked. Files are put away only by `settle`, after the consumer has committed: a
crash before that means that they are read again, which changes nothing. Memory is bounded by one page; copies lie
in a temporary file without a name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import partial

from connectors.contract import Check, Page, Window
from connectors.errors import Secrets, SourceError
from connectors.files_folder import Entry, Folder
from connectors.files_pull import File, Pulling, Shelf
from connectors.files_reject import Rejected
from connectors.files_source import FilesSource, FilesStream, Original
from connectors.files_spool import Spool

log = logging.getLogger("connectors.files")


class FilesConnector:
    """Reads one drop folder. Not for several threads at once."""

    def __init__(self, source: FilesSource) -> None:
        self._source = source
        self._secrets = Secrets()
        self._secrets.learn_named(dict(source.options))
        self._shelf = Shelf(source, Folder(source), Spool())

    def __repr__(self) -> str:
        return f"FilesConnector({self._source.name!r})"

    def close(self) -> None:
        """Give back the connection and the copies."""
        self._shelf.folder.close()
        self._shelf.spool.close()

    def check(self) -> list[Check]:
        """The folder, what waits in it, and where files are put away. Never raises for what the source does."""
        try:
            entries = self._shelf.folder.entries()
            settled = sum(entry.settled for entry in entries)
            wait = f"{settled} files are ready, {len(entries) - settled} are still being written"
            checks = [Check("folder", True, "the drop folder was listed"), Check("files", True, wait)]
            for folder in filter(None, (self._source.archive, self._source.reject)):
                there = self._shelf.folder.exists(folder)
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
            yield from Pulling(self._shelf, stream, window).pages()
        except SourceError as error:
            error.message = f"{self._source.name}, {stream.name}: {error.message}"
            error.redact(self._secrets)
            log.warning("%s, %s: pull fails: %s", self._source.name, stream.name, error)
            raise
        log.info("%s, %s: pull ends", self._source.name, stream.name)

    def delivered(self) -> list[Entry]:
        """Every settled file that lies in the drop folder or in the archive. Raises SourceError."""
        try:
            archived = self._shelf.folder.entries(self._source.archive) if self._source.archive else []
            return [*(entry for entry in self._shelf.folder.entries() if entry.settled), *archived]
        except SourceError as error:
            error.redact(self._secrets)
            raise

    def digest(self, entry: Entry) -> str:
        """The SHA-256 of a file; "" when it went away meanwhile. Raises SourceError."""
        try:
            copied = self._shelf.folder.copy(entry, self._shelf.spool)
        except Rejected:
            return ""
        if copied is None:
            return ""
        self._shelf.spool.forget(copied[1])
        return copied[0]

    def offer_again(self, entries: Sequence[Entry]) -> str:
        """Move files of the archive back into the drop folder; says which could not be moved, "" when all were."""
        told = [self._shelf.folder.take_out(entry) for entry in entries]
        return "; ".join(filter(None, told))

    def originals(self) -> list[Original]:
        """What became of each file that was read to its end by every pull since the last `settle`."""
        return [self._original(file) for file in self._shelf.files.values() if file.done]

    def settle(self, delivered: bool) -> list[str]:
        """Put away what was delivered; call it after the commit, with False when there was none.

        Gives a sentence for each file that could not be moved: it is read again by the next pull. Never raises.
        """
        told = []
        for file in [file for file in self._shelf.files.values() if delivered and file.done]:
            fault = file.fault
            folder = self._source.reject if fault else self._source.archive
            note = f"{fault.code}\n{fault.vietnamese}\n{fault.english}\n" if fault else ""
            if sentence := self._shelf.folder.put_away(file.entry, folder, file.sha256, note):
                log.warning("%s: %s", self._source.name, sentence)
                told.append(sentence)
        self._shelf.files.clear()
        return told

    def _original(self, file: File) -> Original:
        fault = file.fault
        return Original(
            sha256=file.sha256,
            name=file.entry.name,
            size=file.entry.size,
            version=file.version,
            outcome=file.outcome,
            reason=fault.vietnamese if fault else file.odd,
            read=partial(self._shelf.spool.read, file.start, file.size),
            code=fault.code if fault else "",
            packages=file.packages,
        )

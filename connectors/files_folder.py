"""A drop folder over fsspec: what lies in it, which files have settled, copying them, putting them away.

Here: everything that talks to the folder, with its time-outs, repeated tries and errors. Not here: what files
hold, and which of them were taken before. A sender writes while we read: a file counts only when it is old enough
or marked as done, is copied before it is read, and is put away only while it is still the file that was copied.
"""

from __future__ import annotations

import hashlib
import logging
import posixpath
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, TypeVar
from urllib.parse import urlsplit

import fsspec

from connectors.errors import Malformed, SourceError
from connectors.files_patience import Patience, judged
from connectors.files_reject import Rejected
from connectors.files_sftp import open_sftp
from connectors.files_source import FilesSource
from connectors.files_spool import Spool

log = logging.getLogger("connectors.files")
T = TypeVar("T")
ATTEMPTS = 3
_BACKOFF_S = 1.0
_CHUNK_BYTES = 1024 * 1024
_MARKERS = (".done", ".ok")
_AHEAD_S = 86_400.0  # a time so far in the future is no clock that is wrong, it is a wrong time: it settles nothing


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the folder, or of its archive. mtime: seconds since 1970, None when the folder does not tell."""

    name: str
    path: str
    size: int
    mtime: float | None
    settled: bool = False
    link: bool = False
    marker: str = ""
    archived: bool = False

    def same(self, other: Entry) -> bool:
        """Whether nobody wrote to the file between two looks at it."""
        return (self.size, self.mtime) == (other.size, other.mtime)


class Folder:
    """The drop folder of one source. Opens nothing before it is asked something."""

    def __init__(self, source: FilesSource) -> None:
        self._source = source
        self._patience = Patience(source.timeout_s)
        self._fs: Any = None
        self._root = ""

    def close(self) -> None:
        """Give back the connection."""
        fs, self._fs = self._fs, None
        self._patience.close()
        if fs is not None and hasattr(fs, "close"):
            fs.close()

    def entries(self, archive: str = "") -> list[Entry]:
        """The files that match, by name; of the archive when it is named. Raises Unreachable, Refused."""
        return self._tried("", lambda: self._patience.wait(lambda: self._entries(archive)))

    def take_out(self, entry: Entry) -> str:
        """Move a file of the archive back into the drop folder. Says why it stayed, "" when it went."""
        try:
            self._patience.wait(lambda: self._system().mv(entry.path, posixpath.join(self._root, entry.name)))
        except Exception as error:
            return _unmoved(entry, "back", error)
        return ""

    def exists(self, folder: str) -> bool:
        """Whether a folder of the source is there. Raises Unreachable, Refused."""
        return bool(self._tried("", lambda: self._patience.wait(lambda: self._system().exists(self._below(folder)))))

    def copy(self, entry: Entry, spool: Spool) -> tuple[str, int] | None:
        """Copy a file; its SHA-256 and where the copy begins; None when it went away or is still being written.

        Raises Rejected (a link, too large), Unreachable (nothing can be read at present), and Malformed or Refused
        for this file alone: it stays where it is.
        """
        if entry.link:
            raise Rejected("LINK")
        if entry.size > self._source.max_file_bytes:
            raise Rejected("TOO_LARGE")
        start = spool.size

        def once() -> str | None:
            spool.forget(start)
            digest = self._copy(entry, spool)
            if not entry.same(self._look(entry.path)):
                log.info("%s: %s is still being written", self._source.name, entry.name)
                return None
            if spool.size - start != entry.size:
                raise Malformed(f"{entry.name}: {spool.size - start:,} of {entry.size:,} bytes came")
            return digest

        try:
            found = self._tried(entry.name, once)
        except FileNotFoundError:
            log.info("%s: %s went away", self._source.name, entry.name)
            found = None
        except SourceError:
            spool.forget(start)
            raise
        if found is None:
            spool.forget(start)
            return None
        return found, start

    def put_away(self, entry: Entry, folder: str, sha256: str, note: str = "") -> str:
        """Move a file and its marker; `note` is written beside it. Says why it stayed, "" when it went."""
        if not folder:
            return ""
        try:
            return self._patience.wait(lambda: self._put_away(entry, self._below(folder), sha256, note))
        except FileNotFoundError:
            return ""  # somebody else took it: it is out of the way
        except Exception as error:
            return _unmoved(entry, f"to {folder}", error)

    # What runs in the patient thread

    def _system(self) -> Any:
        if self._fs is None:
            url, options = self._source.url, dict(self._source.options)
            parts = urlsplit(url)
            if parts.scheme in ("sftp", "ssh"):
                options |= {"username": parts.username} if parts.username else {}
                options |= {"port": str(parts.port)} if parts.port else {}
                self._root = parts.path or "."
                self._fs = open_sftp(parts.hostname or "", options, self._source.timeout_s)
            else:
                listings = {"skip_instance_cache": True, "use_listings_cache": False}
                self._fs, self._root = fsspec.core.url_to_fs(url, **listings, **options)
        return self._fs

    def _below(self, folder: str) -> str:
        self._system()
        return posixpath.normpath(posixpath.join(self._root, folder))

    def _entries(self, archive: str) -> list[Entry]:
        root = self._below(archive)
        if archive and not self._system().exists(root):
            return []
        listed = self._system().ls(root, detail=True)
        if [info["name"].rstrip("/") for info in listed if info.get("type") != "directory"] == [root.rstrip("/")]:
            raise NotADirectoryError  # some file systems list a file as if it were a folder that holds itself
        found = [self._entry(info) for info in listed]
        names, now, entries = {entry.name for entry in found if entry}, self._source.clock.wall().timestamp(), []
        for entry in sorted((entry for entry in found if entry), key=lambda entry: entry.name):
            if not self._matches(entry.name):
                continue
            marker = next((entry.name + end for end in _MARKERS if entry.name + end in names), "")
            age = None if entry.mtime is None else now - entry.mtime
            settled = bool(marker) or age is None or age >= self._source.settle_s or age < -_AHEAD_S
            entries.append(replace(entry, settled=settled, marker=marker, archived=bool(archive)))
        return entries

    def _matches(self, name: str) -> bool:
        if name.startswith((".", "~$")) or name.endswith(_MARKERS):  # hidden, Excel's lock file, a marker
            return False
        return any(fnmatchcase(name.lower(), pattern.strip().lower()) for pattern in self._source.pattern.split("|"))

    def _entry(self, info: dict[str, Any]) -> Entry | None:
        path = str(info["name"])
        link = bool(info.get("islink")) or info.get("type") == "link"
        if info.get("type") == "directory" and not link:
            return None
        told = (info.get(name) for name in ("mtime", "LastModified", "last_modified", "updated", "created"))
        mtime = next((moment for moment in told if moment is not None), None)
        if isinstance(mtime, datetime):
            mtime = (mtime if mtime.tzinfo else mtime.replace(tzinfo=UTC)).timestamp()
        seconds = float(mtime) if isinstance(mtime, int | float) else None
        return Entry(posixpath.basename(path.rstrip("/")), path, int(info.get("size") or 0), seconds, link=link)

    def _look(self, path: str) -> Entry:
        if (found := self._patience.wait(lambda: self._entry(self._system().info(path)))) is None:
            raise FileNotFoundError
        return found

    def _copy(self, entry: Entry, spool: Spool) -> str:
        wait, digest, size = self._patience.wait, hashlib.sha256(), 0
        file = wait(lambda: self._system().open(entry.path, "rb"))
        try:
            while chunk := wait(lambda: file.read(_CHUNK_BYTES)):
                size += len(chunk)
                if size > self._source.max_file_bytes:
                    raise Rejected("TOO_LARGE")
                digest.update(chunk)
                spool.write(chunk)
        finally:
            self._patience.later(file.close)
        return digest.hexdigest()

    def _put_away(self, entry: Entry, folder: str, sha256: str, note: str) -> str:
        fs = self._system()
        now = self._entry(fs.info(entry.path))
        if now is None or not entry.same(now):
            return f"{entry.name} was written to again and stays for the next pull"
        fs.makedirs(folder, exist_ok=True)
        target = f"{folder}/{entry.name}"
        if fs.exists(target):
            stem, dot, ending = entry.name.rpartition(".")
            target = f"{folder}/{stem or ending}~{sha256[:12] or 'unread'}{dot + ending if stem else ''}"
        if note:
            with fs.open(target + ".txt", "wb") as file:
                file.write(note.encode())
        fs.mv(entry.path, target)
        if entry.marker:
            beside = posixpath.join(posixpath.dirname(entry.path), entry.marker)
            fs.mv(beside, target + entry.marker.removeprefix(entry.name))
        return ""

    def _tried(self, file: str, attempt: Callable[[], T]) -> T:
        """The attempt, made again while it fails in a passing way; `file` is "" when the whole folder is meant.

        A file that is not there raises FileNotFoundError.
        """
        for number in range(1, ATTEMPTS + 1):
            try:
                return attempt()
            except Rejected:
                raise
            except Exception as error:
                told = judged(file, error)
                if not isinstance(told, SourceError) or not told.retryable or number == ATTEMPTS:
                    raise told from None
                log.info("%s: try %d of %d failed: %s", self._source.name, number, ATTEMPTS, type(error).__name__)
            self._pause(_BACKOFF_S * number)
            if "sftp" in type(self._fs).__name__.lower() or self._source.url.startswith(("sftp:", "ssh:")):
                self._fs = None  # a connection that broke is made anew
        raise AssertionError("the last attempt returns or raises")

    def _pause(self, seconds: float) -> None:
        (self._source.clock.sleep or time.sleep)(seconds)


def _unmoved(entry: Entry, where: str, error: Exception) -> str:
    return f"{entry.name} cannot be moved {where} ({type(error).__name__}): let the hub's account write there"

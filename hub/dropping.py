"""Which drop folders hold settled files that no run was asked for yet.

Here: one look at the folders of a level, within a time, and the memory between looks. Not here: what counts as settled
and how a folder is listed (`connectors/files_folder.py`), starting a run (`assets/drops.py`). A look reads names, sizes
and times, never contents; whether a file was taken before is found out by its content when it is read.

The memory is text: for each source the digest of the settled files for which a run was asked, and where the next look
begins. A file that stays in its folder (rejected, or left there on purpose) asks once and not at every look.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import msgspec

from connectors.errors import SourceError
from connectors.files_folder import Entry, Folder
from hub.application import Hub
from hub.asking import is_quiet
from hub.connecting import resolve
from hub.connecting_files import to_files_source
from hub.errors import HubError
from hub.source import Source

_AT_ONCE = 8  # folders listed at once: waiting, not computing
_PATIENCE_S = 5.0  # for one listing, which is tried three times: a folder that hangs must not cost the tick


class _Memory(msgspec.Struct):
    """What is kept between looks."""

    begin: str = ""
    asked: dict[str, str] = {}


@dataclass
class Looked:
    """One look. due: sources that have something new, by name.   broken: source → why its folder cannot be listed.

    folders: how many were looked at.   cursor: the memory for the next look.   fingerprint: of everything that is due.
    """

    due: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    folders: int = 0
    cursor: str = ""
    fingerprint: str = ""


def look(hub: Hub, level: str, cursor: str | None, seconds: float) -> Looked:
    """Look at the drop folders of a level for at most `seconds`, beginning where the last look ended.

    Never raises because of a folder. A memory that cannot be read is begun anew: files ask once more.
    """
    memory = _remembered(cursor)
    now = hub.now()
    sources = [source for source in hub.chosen(level) if source.family == "files" and not is_quiet(source, now)]
    sources = [s for s in sources if s.source_id >= memory.begin] + [s for s in sources if s.source_id < memory.begin]
    end = time.monotonic() + seconds
    looked, found = Looked(), {}
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="look") as pool:
        for source, told in zip(sources, pool.map(lambda s: _listed(hub, s, end), sources), strict=True):
            if told is None:  # no time was left: the next look begins here
                memory.begin = source.source_id
                break
            looked.folders += 1
            if isinstance(told, str):
                looked.broken[source.source_id] = told
            else:
                found[source.source_id] = told
        else:
            memory.begin = ""
    for source_id, entries in found.items():
        digest = _digest(entries)
        if digest and memory.asked.get(source_id) != digest:
            looked.due.append(source_id)
        memory.asked.pop(source_id, None)
        if digest:
            memory.asked[source_id] = digest
    looked.due.sort()
    looked.fingerprint = _hash([f"{name} {memory.asked[name]}" for name in looked.due])
    looked.cursor = msgspec.json.encode(memory).decode()
    return looked


def _listed(hub: Hub, source: Source, end: float) -> list[Entry] | str | None:
    """The files of a folder, why it cannot be listed, or None when the time is over."""
    if time.monotonic() >= end:
        return None
    folder = None
    try:
        declared = to_files_source(source, resolve(source.connection, hub.settings))
        folder = Folder(replace(declared, timeout_s=min(declared.timeout_s, _PATIENCE_S)))
        return folder.entries()
    except (SourceError, HubError) as error:
        return str(error)
    except Exception as error:  # one strange folder must not stop the others
        return f"{type(error).__name__} while listing"
    finally:
        if folder is not None:
            folder.close()


def _remembered(cursor: str | None) -> _Memory:
    try:
        return msgspec.json.decode(cursor or "{}", type=_Memory)
    except msgspec.MsgspecError:
        return _Memory()


def _digest(entries: Sequence[Entry]) -> str:
    """Of names, sizes and times of the settled files; "" when there is none."""
    settled = [f"{entry.name}\0{entry.size}\0{entry.mtime}" for entry in entries if entry.settled]
    return _hash(settled) if settled else ""


def _hash(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

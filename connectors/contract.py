"""The contract between connectors and whoever pulls: windows in, pages of untouched records out.

Here: the values that every family (rest, odbc, files) takes and gives, and the composite key that all of them
spell alike. Not here: how a family reads, what a record means (`schemas/mappings`), where records go
(`assets/raw`). Nothing is cast: keys, versions and cursors are text as the source wrote it, because a cursor
that was rounded to a Python datetime (SQL Server's `datetime2(7)` is finer) reads the same page for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

import msgspec


@dataclass(frozen=True, slots=True)
class Window:
    """What to read: from `since` (included) to `until` (excluded), opaque cursors; None is the beginning or open."""

    since: str | None = None
    until: str | None = None


@dataclass(slots=True)
class Page:
    """One delivery, as parallel columns.

    keys: the source's key of each record; "#" and 32 hex digits for a composite key; "" when it has none.
    versions: the record's own cursor text; "" when null.
    payloads: the exact bytes of the record as the source sent them.
    announced: how many records the source says the whole list has, when it says so.
    cursor: the watermark to store once the iterator has ended without an error; only the last page may carry
        one, and None means: do not move.
    refused: one sentence for each envelope that stayed broken (page, byte offset, what), never its content.
    repeated: True when the page belongs to a second or third reading, because the list shifted under the first;
        consumers de-duplicate by key and content.
    """

    keys: list[str]
    versions: list[str]
    payloads: list[bytes]
    announced: int | None = None
    cursor: str | None = None
    refused: tuple[str, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a connection test. `hint` says what to do when it is not ok."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


@runtime_checkable
class Clocked(Protocol):
    """A connector that sees its source's clock while it reads; families without one (files) do not have this."""

    @property
    def skew_s(self) -> float | None:
        """Our clock minus the source's, in seconds, as last seen; None when the source told no time."""
        ...


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One list of records of a source, as the mapping describes it; each family adds what it needs to read it.

    key, version: where a record says its key and its own cursor: dotted paths, columns or titles, as the family
        spells them; several make a composite key; version None is no cursor.
    cursor_format: strptime format of the version, needed to subtract `lag` and to compare; None is opaque text.
    order: "ascending" when the source sorts by version; None when unknown.
    page_size: records of one delivery at most.
    """

    name: str
    key: str | tuple[str, ...] = ()
    version: str | None = None
    cursor_format: str | None = None
    lag: timedelta = timedelta(0)
    order: Literal["ascending"] | None = None
    page_size: int = 1000


Spec = TypeVar("Spec", bound=StreamSpec, contravariant=True)


@dataclass(slots=True)
class KeyPage:
    """Keys and versions of a page of records, and the values by which they are counted; parallel, as in `Page`."""

    keys: list[str]
    versions: list[str]
    groups: list[tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Group:
    """How many records a group has, and a checksum of their keys.

    values: the group's values as text, in the order asked for. checksum: the sum, modulo 2**64, of the first eight
    bytes of each key's MD5, most significant first; so it does not depend on order, and a warehouse can make it too.
    """

    values: tuple[str | None, ...]
    count: int
    checksum: int


def weight(key: str) -> int:
    """What a key adds to the checksum of its group."""
    return int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest()[:8])


class Connector(Protocol[Spec]):
    """A family's reader of one source. Not for several threads at once."""

    def check(self) -> list[Check]:
        """Try the connection; one line per thing tried. Never raises for what the source does."""
        ...

    def pages(self, stream: Spec, window: Window) -> Iterator[Page]:
        """Deliver the window. Raises SourceError; what was yielded before stays valid, the watermark stays."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


@runtime_checkable
class Counts(Protocol):
    """A family that can say what a stream holds without delivering it, and deliver records by their keys."""

    def census(self, stream: Any, group_by: Sequence[str], *, checksums: bool = True) -> list[Group]:
        """Counts and checksums per group of the whole list; `name:day` cuts a value to its date. Raises SourceError."""
        ...

    def keys(
        self,
        stream: Any,
        window: Window = ...,
        *,
        group_by: Sequence[str] = (),
        days: Sequence[str | None] | None = ...,
    ) -> Iterator[KeyPage]:
        """The keys of the window; `days`: of those values of the group that is a day alone. Raises SourceError."""
        ...

    def named(self, stream: Any, keys: Sequence[str]) -> Iterator[Page]:
        """The records of these keys that there are. Raises SourceError."""
        ...


def composite_key(parts: Sequence[str]) -> str:
    """One key from several texts: "#" and half a SHA-256 of their JSON array; "" when every part is empty.

    Hashed, because natural keys of steps hold officers' names and free text, which must not travel as a key.
    """
    if not any(parts):
        return ""
    return "#" + hashlib.sha256(msgspec.json.encode(list(parts))).hexdigest()[:32]

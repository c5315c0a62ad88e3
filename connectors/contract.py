"""The contract between connectors and whoever pulls: windows in, pages of untouched records out.

Here: the values that every family (rest, odbc, files) takes and gives, and the composite key that all of them
spell alike. Not here: how a family reads, what a record means (`schemas/mappings`), where records go
(`assets/raw`). Nothing is cast: keys, versions and cursors are text as the source wrote it, because a cursor
that was rounded to a Python datetime (SQL Server's `datetime2(7)` is finer) reads the same page for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol

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


@dataclass(frozen=True, slots=True)
class Rule:
    """A body that says something by a value: dotted `path`, the accepted `values` as text (the number 0 is "0")."""

    path: str
    values: tuple[str, ...]
    absent: bool = False  # whether a body without that field satisfies the rule


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list is cut into pages. A parameter whose name is "" is not sent.

    page_number: `page` counts from `first` (1 unless given), `size` is the page size.
    offset: `start` counts records from `first` (0 unless given); with `size`, or with `end` (exclusive) as
        OpenCPS wants it.
    cursor: `cursor` repeats what the dotted path `next` of the last answer said; the end is an absent one.
    """

    kind: Literal["page_number", "offset", "cursor", "none"] = "none"
    page: str = ""
    first: int | None = None
    size: str = ""
    start: str = ""
    end: str = ""
    cursor: str = ""
    next: str = ""
    place: Literal["query", "body"] = "query"  # where these parameters, and those of a sweep, go


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One list of records of a source, as the mapping describes it.

    params, body: may hold {since}, {until}, {page_size}; an entry whose variable has no value is left out;
        a body value that is exactly "{page_size}" is sent as a number.
    records: dotted path of the list in the envelope; "" is a bare array (which is accepted in any case).
    total, message: dotted paths of the announced count and of the source's own words on failure.
    success: None means that the HTTP status alone decides.
    key, version: dotted paths inside a record; several paths make a composite key; version None is no cursor.
    cursor_format: strptime format of the version, needed to subtract `lag` and to compare; None is opaque text.
    order: "ascending" when the source sorts by version; None when unknown.
    sweep: extra parameters that list the records without a version; None is no sweep.
    """

    name: str
    path: str = ""
    method: Literal["GET", "POST"] = "GET"
    params: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    records: str = ""
    total: str | None = None
    success: Rule | None = None
    message: str | None = None
    paging: Paging = Paging()
    page_size: int = 1000
    key: str | tuple[str, ...] = ()
    version: str | None = None
    cursor_format: str | None = None
    lag: timedelta = timedelta(0)
    order: Literal["ascending"] | None = None
    sweep: Mapping[str, str] | None = None
    max_page_bytes: int = 64 * 1024 * 1024


class Connector(Protocol):
    """A family's reader of one source. Not for several threads at once."""

    def check(self) -> list[Check]:
        """Try the connection; one line per thing tried. Never raises for what the source does."""
        ...

    def pages(self, stream: StreamSpec, window: Window) -> Iterator[Page]:
        """Deliver the window. Raises SourceError; what was yielded before stays valid, the watermark stays."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


def composite_key(parts: Sequence[str]) -> str:
    """One key from several texts: "#" and half a SHA-256 of their JSON array; "" when every part is empty.

    Hashed, because natural keys of steps hold officers' names and free text, which must not travel as a key.
    """
    if not any(parts):
        return ""
    return "#" + hashlib.sha256(msgspec.json.encode(list(parts))).hexdigest()[:32]

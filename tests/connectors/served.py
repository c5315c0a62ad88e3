"""The words of the conformance suite: rows, misbehaviours, a served source, and what a pull delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from connectors.contract import Connector, Page, StreamSpec
from connectors.errors import SourceError


class Fault(StrEnum):
    """Named misbehaviours of a served source."""

    CUT = "the connection is cut in the middle of a page"
    SLOW = "the source stops answering"
    DEAD = "nobody listens"
    ERROR_BODY = "a friendly status with a failure inside, which repeats the login"
    GARBLED = "a page that cannot be read"
    SHORT_TOTAL = "more records are announced than come"
    SHIFT = "after each first page the oldest record changes and moves to the end"


@dataclass
class Row:
    """A record of the served source. `version` as YYYY-MM-DDTHH:MM:SS with seven digits of fraction."""

    key: str | None
    version: str | None
    text: str = "Nguyễn Thị Hồng Ánh"


class ServedSource(Protocol):
    """A running source. It lists rows with a version in the window's range sorted by version when the stream says
    so, else as they stand; rows without a version only to a sweep."""

    rows: list[Row]
    secrets: tuple[str, ...]

    def stream(self, **changes: Any) -> StreamSpec: ...
    def connector(self) -> Connector: ...
    def payload(self, row: Row) -> bytes: ...
    def misbehave(self, fault: Fault, *, page: int = 1, times: int = 1_000_000) -> None: ...


@dataclass
class Delivered:
    """What one pull gave, and how it ended."""

    pages: list[Page] = field(default_factory=list)
    error: SourceError | None = None

    @property
    def keys(self) -> list[str]:
        return [key for page in self.pages for key in page.keys]

    @property
    def payloads(self) -> list[bytes]:
        return [payload for page in self.pages for payload in page.payloads]

    @property
    def cursor(self) -> str | None:
        """The watermark that a consumer would store."""
        assert all(page.cursor is None for page in self.pages[:-1]), "only the last page may carry a watermark"
        return self.pages[-1].cursor if self.pages and self.error is None else None


def moment(second: int) -> str:
    """A version; the last of the seven digits tells whether somebody rounded."""
    return f"2024-03-15T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.0000007"


def rows(count: int, first: int = 0) -> list[Row]:
    return [Row(f"000.00.12.H56-240315-{n:05}", moment(n)) for n in range(first, first + count)]


def needs(*faults: Fault) -> Callable[[Any], Any]:
    """Mark a test that needs misbehaviours which not every family has."""

    def mark(test: Any) -> Any:
        test.needs = frozenset(faults)
        return test

    return mark


def each(*faults: Fault) -> Callable[[Any], Any]:
    """Run a test once for each of these misbehaviours that the family can have."""

    def mark(test: Any) -> Any:
        test.faults = faults
        return test

    return mark

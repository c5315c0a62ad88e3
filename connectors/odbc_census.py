"""What a list of a SQL source holds, without its records: keys, versions, counts and checksums by group.

Here: walking the keys of a list and summing them up. Not here: SQL (`odbc_statements`), pages (`odbc_walk`), what is
compared with what (`hub/census.py`). Keys are summed here and not by the server, since no two products share a
checksum; memory is bounded by one page and by the number of groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from connectors.contract import Group, KeyPage, Window, weight
from connectors.odbc_rows import Batch, Row, key_of
from connectors.odbc_session import Session
from connectors.odbc_source import OdbcStream
from connectors.odbc_statements import Listing, Statements
from connectors.odbc_walk import Walker
from connectors.patience import Budget

_KEYS_PAGE = 20_000  # keys are short, and larger pages read faster
_CHECKSUMS = 2**64
_DAYS_AT_MOST = 200  # more, and reading all keys costs less than asking for some
_Place = tuple[int, int | None]  # of a group's value in the row, and how much of the text counts


class Counting:
    """Counts one source within one budget."""

    def __init__(self, session: Session, budget: Budget) -> None:
        self._session, self._budget = session, budget

    def keys(
        self, statements: Statements, window: Window, group_by: Sequence[str], days: Sequence[str | None] | None
    ) -> Iterator[KeyPage]:
        """See `OdbcConnector.keys`."""
        stream, groups = statements.stream, _parted(group_by)
        statements.require([name for name, _ in groups], "the groups of the census")
        names, key, version = wanted(stream, statements, [name for name, _ in groups])
        values = _values(_places(names, groups))
        listed = statements if window != Window() else statements.by_key()
        for listing in listed.listings(window):
            for batch in self._walk(listed, _narrowed(listed, listing, groups, days), names):
                rows = batch.rows
                yield KeyPage([*map(key, rows)], [*map(version, rows)], [*map(values, rows)])

    def groups(self, statements: Statements, group_by: Sequence[str], checksums: bool) -> list[Group]:
        """See `OdbcConnector.census`; the stream of the statements has no version."""
        groups = _parted(group_by)
        statements.require([name for name, _ in groups], "the groups of the census")
        if checksums:
            return self._summed(statements, groups)
        counted = Walker(self._session, self._budget).ask(
            f"{statements.stream.name} census", statements.groups(groups), ()
        )
        return [Group(row[:-1], int(row[-1] or 0), 0) for row in counted.rows]

    def _summed(self, statements: Statements, groups: Sequence[tuple[str, bool]]) -> list[Group]:
        names, key, _ = wanted(statements.stream, statements, [name for name, _ in groups])
        values = _values(_places(names, groups))
        counts: Counter[Row] = Counter()
        sums: Counter[Row] = Counter()
        for listing in statements.listings(Window()):
            for batch in self._walk(statements, listing, names):
                for row in batch.rows:
                    group = values(row)
                    counts[group] += 1
                    sums[group] += weight(key(row))
        return [Group(group, count, sums[group] % _CHECKSUMS) for group, count in counts.items()]

    def _walk(self, statements: Statements, listing: Listing, names: Sequence[str]) -> Iterator[Batch]:
        size = max(statements.stream.page_size, _KEYS_PAGE)
        return Walker(self._session, self._budget).walk(statements, listing, names, size)


def wanted(
    stream: OdbcStream, statements: Statements, names: Sequence[str]
) -> tuple[list[str], Callable[[Row], str], Callable[[Row], str]]:
    """The columns to ask for — these, key and version, sorted — and how a row gives its key and its version."""
    asked = sorted({*names, *stream.key_columns, *([stream.version] if stream.version else [])})
    listed = asked or statements.names[:1]
    place = listed.index(stream.version) if stream.version else None
    key = key_of([listed.index(name) for name in stream.key_columns])
    return listed, key, lambda row: (row[place] or "") if place is not None else ""


def _parted(group_by: Sequence[str]) -> list[tuple[str, bool]]:
    """Name of each group's column, and whether its day is meant."""
    return [(text.removesuffix(":day"), text.endswith(":day")) for text in group_by]


def _places(names: Sequence[str], groups: Sequence[tuple[str, bool]]) -> list[_Place]:
    return [(names.index(name), 10 if day else None) for name, day in groups]


def _values(places: Sequence[_Place]) -> Callable[[Row], Row]:
    """How a row gives its group's values."""
    return lambda row: tuple([text[:cut] if (text := row[place]) else text for place, cut in places])


def _narrowed(
    statements: Statements,
    listing: Listing,
    groups: Sequence[tuple[str, bool]],
    days: Sequence[str | None] | None,
) -> Listing:
    """The list, of these days alone where that is less work."""
    name = next((name for name, day in groups if day), None)
    if days is None or name is None or len(days) > _DAYS_AT_MOST:
        return listing
    condition, values = statements.of_days(name, days)
    return replace(listing, where=(*listing.where, condition), parameters=(*listing.parameters, *values))

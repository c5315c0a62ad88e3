"""The connector of family `odbc`: lists of SQL systems through their ODBC drivers, by keyset, page by page.

Here: the order of a pull — the lists of a window, page after page, and the fetching of the next while one is consumed —
and what else is asked of a SQL source: columns, single records. Not here: keys and counts (`odbc_census`), SQL
(`odbc_statements`, `odbc_dialects`), connection, time limits and retries (`odbc_session`), payloads (`odbc_rows`),
watermarks (`cursors`). Memory is bounded by two pages: the consumer's and the next; only a list whose records share
one version and key needs more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.contract import Check, Group, KeyPage, Page, Window
from connectors.cursors import WindowCursor
from connectors.errors import Malformed, Secrets, SourceError
from connectors.odbc_census import Counting, wanted
from connectors.odbc_check import checks
from connectors.odbc_rows import encoder
from connectors.odbc_session import Session
from connectors.odbc_source import OdbcSource, OdbcStream
from connectors.odbc_spelling import described
from connectors.odbc_statements import Column, Statements
from connectors.odbc_walk import Ahead, Walker
from connectors.patience import Budget

if TYPE_CHECKING:
    import pyodbc

log = logging.getLogger("connectors.odbc")
NAMED_AT_ONCE = 500  # parameters of one statement: SQL Server takes 2,100


class OdbcConnector:
    """Reads one SQL source. `probe` is the stream that `check` reads one page of."""

    def __init__(self, source: OdbcSource, probe: OdbcStream | None = None) -> None:
        self._source = source
        self._probe = probe
        self._secrets = Secrets()
        self._session = Session(source, self._secrets)
        self._known: dict[str, list[Column]] = {}

    def __repr__(self) -> str:
        return f"OdbcConnector({self._source.name!r})"

    def close(self) -> None:
        """Give back the connection."""
        self._session.close()

    @property
    def skew_s(self) -> float | None:
        """Our clock minus the source's, asked at login."""
        return self._session.skew_s

    def check(self) -> list[Check]:
        """Driver, login, version, clock, columns, one page. Never raises for what the source does."""
        return checks(self._session, self._secrets, self._probe, self.columns, self._first_page)

    def columns(self, stream: OdbcStream) -> list[tuple[str, str]]:
        """Name and type of each output column of the SELECT, in its order. Raises SourceError."""
        found = self._columns(self._text(stream), stream.name, self._budget())
        return [(column.name, column.kind) for column in found]

    def pages(self, stream: OdbcStream, window: Window) -> Iterator[Page]:
        """Deliver the window, then the records without a version. The last page is empty and carries the watermark.

        Raises Refused, Unreachable, Malformed, OverBudget; what was yielded is to be kept, the watermark is not moved.
        """
        log.info("%s, %s: pull begins", self._source.name, stream.name)
        delivered = 0
        try:
            budget = self._budget()
            statements = self._statements(stream, budget)
            announced = self._count(statements, window, budget) if stream.count else None
            with closing(Ahead(self._read(statements, window, budget), budget, self._session)) as ahead:
                for page in ahead.items():
                    page.announced = announced
                    delivered += len(page.keys)
                    yield page
        except SourceError as error:
            self._explain(error, stream)
            log.warning("%s, %s: pull fails: %s", self._source.name, stream.name, error)
            raise
        log.info("%s, %s: pull ends, %d records", self._source.name, stream.name, delivered)

    def keys(
        self,
        stream: OdbcStream,
        window: Window = Window(),  # noqa: B008  frozen
        *,
        group_by: Sequence[str] = (),
        days: Sequence[str | None] | None = None,
    ) -> Iterator[KeyPage]:
        """Keys, versions and group values of the window, records without a version included. Raises SourceError.

        Of an open window by key, so that a record that changes meanwhile keeps its place. `days`: only records of which
        the group `column:day` has one of these values.
        """
        try:
            budget = self._budget()
            yield from Counting(self._session, budget).keys(self._statements(stream, budget), window, group_by, days)
        except SourceError as error:
            self._explain(error, stream)
            raise

    def census(self, stream: OdbcStream, group_by: Sequence[str], *, checksums: bool = True) -> list[Group]:
        """Counts and checksums of keys per group, over the whole list; `column:day` groups a time by its date.

        With checksums every key is read, and the counts are of the same reading; without, the source counts by itself
        and every checksum is 0. Raises SourceError.
        """
        try:
            budget = self._budget()
            statements = self._statements(replace(stream, version=None), budget)
            return Counting(self._session, budget).groups(statements, group_by, checksums)
        except SourceError as error:
            self._explain(error, stream)
            raise

    def named(self, stream: OdbcStream, keys: Sequence[str]) -> Iterator[Page]:
        """The records of these keys, as many as there are; no watermark. Raises Refused for a composite key."""
        try:
            budget = self._budget()
            statements = self._statements(stream, budget)
            names, key, version = wanted(stream, statements, statements.names)
            payload = encoder(names)
            for first in range(0, len(keys), NAMED_AT_ONCE):
                listing = statements.named(keys[first : first + NAMED_AT_ONCE])
                for batch in Walker(self._session, budget).walk(statements, listing, names, stream.page_size):
                    rows = batch.rows
                    yield Page([*map(key, rows)], [*map(version, rows)], [*map(payload, rows)], refused=batch.refused)
        except SourceError as error:
            self._explain(error, stream)
            raise

    def _read(self, statements: Statements, window: Window, budget: Budget) -> Iterator[Page]:
        """The pages of a window; the watermark is the latest version of the lists that have versions."""
        # The source sorts, so the last version of a list is its latest; the two lists are compared at the end.
        form = statements.cursor_format()
        sorted_stream = replace(statements.stream, order="ascending", cursor_format=form)
        start = WindowCursor(sorted_stream, window).start()
        names, key, version = wanted(statements.stream, statements, statements.names)
        payload = encoder(names)
        latest: list[str] = []
        refused = False
        for listing in statements.listings(Window(start, window.until)):
            mark = WindowCursor(sorted_stream, window)
            for batch in Walker(self._session, budget).walk(statements, listing, names, statements.stream.page_size):
                rows = batch.rows
                versions = [version(row) for row in rows]
                mark.take(versions)
                refused |= bool(batch.refused)
                if rows or batch.refused:
                    yield Page([*map(key, rows)], versions, [*map(payload, rows)], refused=batch.refused)
            latest += [text for text in [mark.value()] if text is not None]
        yield Page([], [], [], cursor=None if refused else _latest(latest, replace(sorted_stream, order=None), window))

    def _count(self, statements: Statements, window: Window, budget: Budget) -> int:
        form = replace(statements.stream, cursor_format=statements.cursor_format())
        sql, parameters = statements.count(Window(WindowCursor(form, window).start(), window.until))
        counted = self._session.ask(f"{form.name} count", sql, parameters, budget, lambda cursor: cursor.fetchval())
        return int(counted)

    def _statements(self, stream: OdbcStream, budget: Budget) -> Statements:
        text = self._text(stream)
        return Statements(stream, text, self._session.dialect, self._columns(text, stream.name, budget))

    def _columns(self, text: str, name: str, budget: Budget) -> list[Column]:
        """The output columns, asked for once in the life of the connector."""
        if text not in self._known:
            sql = f"SELECT * FROM ({text}) AS t WHERE 1 = 0"
            found = self._session.ask(f"{name} columns", sql, (), budget, _described)
            asked = self._session.dialect.types(text, [column.name for column in found])
            if asked is not None:
                told = self._session.ask(f"{name} types", *asked, budget, lambda cursor: cursor.fetchall())
                kinds = list(told[0]) if len(told) == 1 and len(found) == len(told[0]) else [row[1] for row in told]
                found = [Column(column.name, kind) for column, kind in zip(found, kinds, strict=True)]
            self._known[text] = found
        return self._known[text]

    def _first_page(self, stream: OdbcStream) -> None:
        budget = self._budget()
        statements = self._statements(stream, budget)
        first = statements.listings(Window())[0]
        batch = next(Walker(self._session, budget).walk(statements, first, statements.names, 10), None)
        if batch is not None and batch.refused:
            raise Malformed(batch.refused[0])

    def _text(self, stream: OdbcStream) -> str:
        return stream.sql_variants.get(self._source.dialect, stream.sql).strip().rstrip(";")

    def _budget(self) -> Budget:
        return Budget(self._source.clock, self._source.budget_s)

    def _explain(self, error: SourceError, stream: OdbcStream) -> None:
        if not error.message.startswith(self._source.name):
            error.message = f"{self._source.name}, {error.message}"
        error.redact(self._secrets)


def _latest(versions: list[str], stream: OdbcStream, window: Window) -> str | None:
    """The later of two watermarks; of opaque ones the first, from which the next pull reads a little again."""
    mark = WindowCursor(stream, window)
    mark.take(versions)
    return mark.value() or next(iter(versions), None)


def _described(cursor: pyodbc.Cursor) -> list[Column]:
    return [
        Column(name, described(kind, size or 0, scale or 0)) for name, kind, _, _, size, scale, _ in cursor.description
    ]

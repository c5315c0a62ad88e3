"""Walking a list of a SQL source from page to page, one page ahead of its consumer.

Here: positions, what came before and comes again, larger pages where nothing else leads on, the worker that fetches the
next page. Not here: the SQL of a page (`odbc_statements`), what becomes of its rows (`odbc`).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from connectors.contract import Page
from connectors.odbc_rows import Batch, Row, Undecodable, fetched, one_by_one, unpacked
from connectors.odbc_session import Session
from connectors.odbc_statements import Listing, Statements
from connectors.patience import Budget

log = logging.getLogger("connectors.odbc")


class Walker:
    """Reads lists of one source within one budget."""

    def __init__(self, session: Session, budget: Budget) -> None:
        self._session, self._budget = session, budget

    def walk(self, statements: Statements, listing: Listing, names: Sequence[str], size: int) -> Iterator[Batch]:
        """The rows of one list, each once. A page begins at the last row of the one before: see `odbc_statements`."""
        places = [names.index(name) for name in listing.order]
        exact = bool(places) and statements.exact(listing.order[0])
        position: list[str] | None = None
        before: Counter[Row] = Counter()  # rows that came already and may come again
        asked, ordinal = size, 1
        while True:
            sql, parameters = statements.page(listing, names, position, asked)
            batch = self.ask(f"{listing.name} page {ordinal}", sql, parameters, packed=statements.packs)
            rows, moved = batch.rows, bool(places and batch.rows)
            full = len(rows) + len(batch.refused) >= asked
            if position is not None:
                moved = bool(rows) and str(rows[-1][-1]) == "1"
                rows = [row[:-1] for row in rows]
            fresh = _without(rows, before) if before else rows
            if fresh or batch.refused:
                yield Batch(fresh, batch.refused)
                ordinal += 1
            if not full:
                return
            if moved:
                position = [rows[-1][place] or "" for place in places]
                before = Counter(row for row in rows if not exact or row[places[0]] == position[0])
                asked = size + sum(before[row] for row in before if [row[place] for place in places] == position)
            else:  # for the source they all stand at one place of the order: only a larger page leads beyond it
                before.update(fresh)
                asked *= 2

    def ask(self, what: str, sql: str, parameters: Sequence[str | int], *, packed: bool = False) -> Batch:
        """The rows of a statement; `packed`: its first column is all of them but the last."""
        if packed:
            return self._session.ask(what, sql, parameters, self._budget, unpacked)
        escapes = self._session.dialect.escapes
        try:
            return self._session.ask(what, sql, parameters, self._budget, partial(fetched, escapes=escapes))
        except Undecodable as error:
            log.warning("%s; read row by row", error.message)
            return self._session.ask(what, sql, parameters, self._budget, partial(one_by_one, escapes=escapes))


class Ahead:
    """Takes from an iterator one item ahead of its consumer."""

    def __init__(self, pages: Iterator[Page], budget: Budget, session: Session) -> None:
        self._pages, self._budget, self._session = pages, budget, session
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="odbc-prefetch")
        self._coming: Future[Page | None] | None = None

    def items(self) -> Iterator[Page]:
        self._coming = self._worker.submit(next, self._pages, None)
        while (page := self._coming.result()) is not None:
            self._coming = self._worker.submit(next, self._pages, None)
            yield page

    def close(self) -> None:
        """A consumer that goes away does not wait for a page that nobody wants."""
        if self._coming is not None and not self._coming.done():
            self._session.give_up(self._budget)
        self._worker.shutdown(wait=True, cancel_futures=True)


def _without(rows: list[Row], before: Counter[Row]) -> list[Row]:
    """The rows that did not come before, each as often as it came."""
    left, remaining = dict(before), before.total()
    fresh: list[Row] = []
    for place, row in enumerate(rows):
        if not remaining:
            return fresh + rows[place:]
        if left.get(row, 0) > 0:
            left[row] -= 1
            remaining -= 1
        else:
            fresh.append(row)
    return fresh

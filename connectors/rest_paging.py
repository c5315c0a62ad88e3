"""Where the next page is, and whether the pages that came are the whole list.

Here: the parameters of a page, the end of a list, and the account of one reading. Not here: requests
(`rest_http`), records (`rest_json`). A list that is read while clerks work on it shifts: a dossier that moves
over a page edge is delivered twice or not at all. Twice can be seen, so a key on two pages, a total that changes
and a sum that does not agree all mean the same: read again.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.errors import Malformed
from connectors.rest_json import Answer
from connectors.rest_source import Paging, RestStream

_BROKEN_IN_A_ROW = 3  # more is a source that is down behind a friendly status
_SAME_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Position:
    """A page: its ordinal (from 1), the records before it, the source's own cursor.

    extra: everything announced has come already; the page is only asked for because the total looks like the
    count of one page.
    """

    ordinal: int = 1
    before: int = 0
    cursor: str = ""
    extra: bool = False


def page_parameters(paging: Paging, here: Position, page_size: int) -> dict[str, str | int]:
    """The paging parameters of a request."""
    values: dict[str, str | int] = {paging.size: page_size}
    if paging.kind == "page_number":
        values[paging.page] = here.ordinal - 1 + (1 if paging.first is None else paging.first)
    elif paging.kind == "offset":
        start = here.before + (paging.first or 0)
        values |= {paging.start: start, paging.end: start + page_size}
    elif paging.kind == "cursor" and here.cursor:
        values[paging.cursor] = here.cursor
    values.pop("", None)
    return values


def filled(template: Mapping[str, str], values: Mapping[str, str | None]) -> dict[str, str]:
    """The parameters with their variables replaced; one whose variable has no value is left out."""
    done = {name: fill(text, values) for name, text in template.items()}
    return {name: str(value) for name, value in done.items() if value is not None}


def fill(template: Any, values: Mapping[str, str | None]) -> Any:
    """A JSON value with its variables replaced, at any depth; None when a variable has no value."""
    if isinstance(template, str):
        for name, value in values.items():
            mark = "{" + name + "}"
            if mark not in template:
                continue
            if value is None:
                return None
            if template == mark and name == "page_size":
                return int(value)
            template = template.replace(mark, value)
        return template
    if isinstance(template, Mapping):
        done = {name: (value, fill(value, values)) for name, value in template.items()}
        return {name: new for name, (old, new) in done.items() if new is not None or old is None}
    if isinstance(template, list | tuple):
        return [fill(value, values) for value in template]
    return template


class Reading:
    """The account of one reading of a list, from its first page to its end."""

    def __init__(self, stream: RestStream) -> None:
        self._stream = stream
        self._paging = stream.paging
        self._received = 0
        self._totals: list[int] = []  # each different one, in the order of their coming
        self._longest = 0
        self._hashes = array("q")  # 8 bytes per record: a full pull of 10 million dossiers stays below 100 MB
        self.sequence = 0  # hash over all keys in their order
        self._cursors: set[int] = set()
        self._last_page: tuple[int, int] = (0, 0)  # (hash, how often in a row)
        self._broken_in_a_row = 0
        self.refused = 0

    def take(self, answer: Answer, here: Position) -> Position | None:
        """Enter a page; the position of the next one, None at the end. Raises Malformed when there is no way on."""
        if answer.refused:
            return self._after_refused(answer, here)
        self._broken_in_a_row = 0
        if answer.announced is not None and (not self._totals or self._totals[-1] != answer.announced):
            self._totals.append(answer.announced)
        length = len(answer.keys)
        self._received += length
        self._longest = max(self._longest, length)
        self._hashes.extend({hash(key) for key in answer.keys if key})
        self.sequence = hash((self.sequence, *answer.keys))
        self._stop_if_stuck(answer, here)
        return self._next(answer, here, length)

    def fault(self, earlier: int | None) -> str:
        """Why this reading cannot be trusted to be the whole list; "" when it can.

        A key on two pages is harmless when the reading before had the very same sequence (`earlier`): then nothing
        shifted and the source itself lists that record twice.
        """
        if len(self._totals) > 1:
            return f"the announced total changed from {self._totals[0]} to {self._totals[-1]}"
        if self._totals and not self.refused and self._received != self._totals[0]:
            return f"{self._received} records came, {self._totals[0]} were announced"
        repeated = self._repeated()
        if repeated and earlier != self.sequence:
            return f"{repeated} keys came on more than one page"
        return ""

    def _repeated(self) -> int:
        hashes = pa.Array.from_buffers(pa.int64(), len(self._hashes), [None, pa.py_buffer(self._hashes)])
        return len(hashes) - int(pc.count_distinct(hashes).as_py())

    def _next(self, answer: Answer, here: Position, length: int) -> Position | None:
        kind = self._paging.kind
        if kind == "none":
            return None
        following = Position(here.ordinal + 1, here.before + length, answer.next)
        if kind == "cursor":
            return following if answer.next else None
        if not length or here.extra:
            return None
        if self._covered():
            # A first page that is full and whose total is its own length: perhaps the source counts pages apart.
            suspicious = here.ordinal == 1 and length >= self._stream.page_size
            return Position(here.ordinal + 1, here.before + length, extra=True) if suspicious else None
        return following

    def _covered(self) -> bool:
        # A page that stayed broken is taken to be as long as the longest that came: sources cap the page size.
        broken = self.refused * (self._longest or self._stream.page_size)
        return bool(self._totals) and self._received + broken >= self._totals[-1]

    def _after_refused(self, answer: Answer, here: Position) -> Position | None:
        self.refused += 1
        self._broken_in_a_row += 1
        if self._broken_in_a_row >= _BROKEN_IN_A_ROW:
            raise Malformed(f"{_BROKEN_IN_A_ROW} pages in a row are unreadable, the last: {answer.refused}")
        if self._covered():
            return None
        return Position(here.ordinal + 1, here.before + (self._longest or self._stream.page_size))

    def _stop_if_stuck(self, answer: Answer, here: Position) -> None:
        """A source that ignores the paging parameters would send its first page until the budget is gone."""
        if answer.next:
            if hash(answer.next) in self._cursors:
                raise Malformed(f"page {here.ordinal} leads back to a page already read", "check the cursor's path")
            self._cursors.add(hash(answer.next))
        if not answer.payloads:
            return
        mark = hash((len(answer.payloads), answer.payloads[0], answer.payloads[-1]))
        last, times = self._last_page
        self._last_page = (mark, times + 1 if mark == last else 1)
        if self._last_page[1] >= _SAME_IN_A_ROW:
            raise Malformed(
                f"pages {here.ordinal - _SAME_IN_A_ROW + 1} to {here.ordinal} are the same page",
                "check the names of the paging parameters",
            )

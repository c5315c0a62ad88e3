"""Rows of a SQL source as records: the payload encoding, keys, versions.

Here: what becomes of values that the dialect has already made text. Not here: how they are made text
(`odbc_dialects`), which rows are asked for (`odbc_statements`).

**Payload encoding, version 1.** A row is one JSON object in UTF-8 without blanks. Its first member is `"$row":"1"`, the
version of this encoding; then one member per output column of the SELECT, sorted by name: the value's text in the
spelling that `odbc_dialects` states, or null. So the same row has the same bytes whatever the driver, its version and
the order of columns in the SELECT, and its hash changes only when the row does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from connectors.contract import composite_key
from connectors.errors import Malformed
from connectors.odbc_spelling import ESCAPE

if TYPE_CHECKING:
    import pyodbc

ENCODING = "$row"
VERSION = "1"
Row = tuple[str | None, ...]
_encode = msgspec.json.encode
_unpack = msgspec.json.Decoder(list[str | None]).decode


class Undecodable(Malformed):
    """A row of the page is not in the encoding that it should be in."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one answer, and one sentence for each that could not be decoded."""

    rows: list[Row]
    refused: tuple[str, ...] = ()


def fetched(cursor: pyodbc.Cursor, *, escapes: bool) -> Batch:
    """All rows of an answer, as text. Raises Undecodable when one cannot be decoded: read again with `one_by_one`."""
    try:
        return Batch([_plain(row, escapes) for row in cursor.fetchall()])
    except UnicodeError as error:
        raise Undecodable(
            f"a text of the page is not what its encoding says ({type(error).__name__})",
            "find the row at the source; the rest of the page is delivered",
        ) from None


def unpacked(cursor: pyodbc.Cursor) -> Batch:
    """All rows of an answer whose first column is a JSON array of texts and nulls. Raises Undecodable."""
    try:
        return Batch([(*_unpack(first), *rest) for first, *rest in cursor.fetchall()])
    except (UnicodeError, msgspec.MsgspecError) as error:
        raise Undecodable(
            f"the rows of the page are not the JSON that was asked for ({type(error).__name__})",
            "report it with the version of the server",
        ) from None


def one_by_one(cursor: pyodbc.Cursor, *, escapes: bool) -> Batch:
    """The same, without the rows that cannot be decoded."""
    rows: list[Row] = []
    refused: list[str] = []
    while True:
        try:
            row = cursor.fetchone()
            if row is None:
                return Batch(rows, tuple(refused))
            rows.append(_plain(row, escapes))
        except UnicodeError:
            refused.append(f"row {len(rows) + len(refused) + 1} of the page cannot be decoded")


def key_of(places: Sequence[int]) -> Callable[[Row], str]:
    """How a row gives its key: "" when it has none, "#…" when several columns make it."""
    if not places:
        return lambda row: ""
    if len(places) == 1:
        place = places[0]
        return lambda row: row[place] or ""
    return lambda row: composite_key([row[place] or "" for place in places])


def encoder(names: Sequence[str]) -> Callable[[Row], bytes]:
    """How a row with these columns, which are sorted, becomes its payload."""
    members = {f"f{place}": name for place, name in enumerate((ENCODING, *names))}
    # Half the time of a dict: a struct knows its names, and keeps their order.
    record = msgspec.defstruct("Record", [(field, str | None) for field in members], rename=members, gc=False)

    def payload(row: Row) -> bytes:
        return _encode(record(VERSION, *row))

    return payload


def _plain(row: Iterable[Any], escapes: bool) -> Row:
    """The row without what only served the journey."""
    if not escapes:
        return tuple([value if value.__class__ is not float else _shortest(value) for value in row])
    marked = ESCAPE  # a local name: this line is the hot one
    return tuple([v if v.__class__ is not str or v[:1] != marked else bytes.fromhex(v[1:]).decode() for v in row])


def _shortest(number: float) -> str:
    """The shortest text that gives the same number again: 8, 0.1, 1e+20."""
    return repr(number).removesuffix(".0")

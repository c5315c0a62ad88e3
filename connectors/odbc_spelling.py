"""How values are spelled on their way out of a SQL source and back, and what a product's dialect must say.

Here: the spelling that all products share, and the shape of a dialect. Not here: the dialects (`odbc_dialects`,
`odbc_tsql`), when their texts are sent (`odbc_statements`, `odbc_session`).

The source itself writes its values as text, because drivers do not agree about them: one cuts `datetime2(7)` to
microseconds or to whole seconds, one gives a boolean as "1", another as True, a third ends a text at its first NUL.
What the server spelled comes through all of them alike, and goes back to it as it came.

Spellings, whatever the product: times as 2024-03-15T08:00:00.0000000 with all digits that the column can hold, dates
as 2024-03-15, numbers as the product prints them, booleans as 1 and 0, binary as lower-case hex.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

Kind = Literal["time", "integer", "text", "uuid"]
ESCAPE = "\x01"
"""Begins a text that travels as the hex of its UTF-8: the drivers of MariaDB and SQLite end texts at a NUL."""
SECONDS = "%Y-%m-%dT%H:%M:%S.%f"


class Dialect(Protocol):
    """One product.

    page: ends a statement with the number of rows wanted as its last parameter; unordered: stands where no ORDER BY
        is needed. session: statements after a login; tolerated: the same, but older versions may not know them;
        `{ms}` and `{s}` are the time-out of a query. version, clock: one row, one text; clock in UTC.
    escapes: whether texts may come in the spelling of ESCAPE. package: what to install for its driver.
    narrow: whether the driver is only trusted with bytes of UTF-8.
    """

    page: str
    unordered: str
    session: tuple[str, ...]
    tolerated: tuple[str, ...]
    version: str
    clock: str
    escapes: bool
    package: str
    narrow: bool = False

    def types(self, sql: str, names: list[str]) -> tuple[str, tuple[str, ...]] | None:
        """A query that says the types of the output columns, as one row of them or as rows of name and type."""
        ...

    def rendered(self, value: str, kind: str) -> str:
        """The expression that gives `value`, a column of type `kind`, as text; a float may stay a number."""
        ...

    def packed(self, columns: Sequence[tuple[str, str]]) -> str | None:
        """The expression that gives several columns (value and type) as one JSON array of their texts and nulls; None
        where each is asked for by itself. Drivers cost by the cell more than by the byte."""
        return None

    def bound(self, kind: str, declared: Kind) -> str:
        """The expression around a parameter that makes text a value to compare with a column of type `kind`."""
        ...

    def cursor_format(self, kind: str) -> str | None:
        """How `rendered` spells a time of type `kind`; None when the type is no time."""
        ...


def quoted(name: str) -> str:
    """A name in ANSI quotes."""
    return '"' + name.replace('"', '""') + '"'


def bare(kind: str) -> str:
    """The name of a type without its length."""
    return kind.partition("(")[0].strip().lower()


def described(python_type: type, precision: int, scale: int) -> str:
    """The type of a column as the driver tells it: the only word there is for MariaDB, MySQL and SQLite."""
    known = {
        "str": "text",
        "int": "integer",
        "float": "double",
        "bool": "bit",
        "bytearray": "binary",
        "bytes": "binary",
        "UUID": "uuid",
        "Decimal": f"decimal({precision},{scale})",
    }
    return known.get(python_type.__name__, python_type.__name__)

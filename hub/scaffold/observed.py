"""What was seen of a system, the same for every kind of system: tables of columns with samples of their values.

Here: tables, columns, and nested JSON records as tables. Not here: looking (`look_*.py`), meaning (`fields.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hub.scaffold.values import Values


@dataclass
class Column:
    """One field. `path` as a mapping writes it; `declared`: the system's own name of its type, "" where it has none.

    joined: (table, column) when it is another table's, which explains codes of this one.
    """

    path: str
    values: Values
    declared: str = ""
    joined: tuple[str, str] | None = None


@dataclass
class Table:
    """Records of one kind. `name`: table, or path of the list; `lists`: what stands inside each record.

    key: columns that the system itself declares as key.  links: column → (table, column) that it refers to.
    """

    name: str
    columns: list[Column]
    rows: int
    lists: dict[str, Table] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    links: dict[str, tuple[str, str]] = field(default_factory=dict)
    joins: dict[str, tuple[str, str]] = field(default_factory=dict)  # table → (own column, its column)

    def column(self, path: str) -> Column | None:
        return next((column for column in self.columns if column.path == path), None)


def table_of(name: str, records: Sequence[dict[str, Any]]) -> Table:
    """Records as a table: objects inside become dotted paths, lists of objects tables of their own."""
    paths: dict[str, None] = {}
    flat: list[dict[str, str]] = []
    lists: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        row: dict[str, str] = {}
        _flatten(record, "", row, lists)
        flat.append(row)
        paths |= dict.fromkeys(row)
    columns = [Column(path, Values([row.get(path, "") for row in flat])) for path in paths]
    return Table(name, columns, len(records), {path: table_of(path, items) for path, items in lists.items()})


def _flatten(value: dict[str, Any], above: str, row: dict[str, str], lists: dict[str, list[dict[str, Any]]]) -> None:
    for name, below in value.items():
        path = f"{above}.{name}" if above else name
        if any(mark in name for mark in ".[]") or name.startswith(("$", "#")):
            continue  # no path of a mapping can name it
        if isinstance(below, dict):
            _flatten(below, path, row, lists)
        elif isinstance(below, list):
            items = [item for item in below if isinstance(item, dict)]
            lists.setdefault(path, []).extend(items)
            if below and not items:
                lists.pop(path)
                row[f"{path}[]"] = ",".join(map(text_of, below))
        else:
            row[path] = text_of(below)


def text_of(value: Any) -> str:
    """A JSON value as the hub reads it: numbers and truth values as they were written."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def columns_of(names: Iterable[str], rows: Sequence[dict[str, Any]], declared: dict[str, str]) -> list[Column]:
    """Columns of a database's table out of its rows."""
    return [Column(name, Values([text_of(row.get(name)) for row in rows]), declared.get(name, "")) for name in names]

"""What each vendor of the simulated province says, as `hub sources scaffold` would look at it.

Here: a look per shipped mapping, through the same readers as a real system: answers of lists, databases over ODBC,
files as they are dropped. Not here: the engine, and the shipped mappings, which it must not know.
"""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from connectors.odbc_source import OdbcSource
from hub.sandbox.one_stop import LEVELS
from hub.sandbox.world import World, build
from hub.scaffold import look_excel, look_odbc, look_xml
from hub.scaffold.look_rest import seen_in
from hub.scaffold.proposal import Proposal
from hub.scaffold.streams import propose
from hub.scaffold.words import vocabulary

PAGE = {"page": "1", "size": "200", "from": "2022-01-01"}


@cache
def world() -> World:
    """A province with every vendor in it."""
    return build(seed=1, dossiers=600, profile="daily", levels=LEVELS)


def rest(name: str, lists: Mapping[str, Sequence[Mapping[str, Any]]], folder: Path) -> Proposal:
    """A proposal out of one answer per list, by the list's path."""
    seen = [
        seen_in({"code": 0, "total": 200, "data": list(records)}, path, "GET", PAGE, None, vocabulary())
        for path, records in lists.items()
    ]
    return propose(name, "rest", seen, vocabulary())


def messages(system: str) -> dict[str, list[Any]]:
    """The newest of what a simulated system lists."""
    said = world().streams
    return {
        kind: [json.loads(unit.versions[0][1]) for unit in said[system, kind]][:200] for kind in ("dossier", "step")
    }


def department() -> str:
    """The department with the most dossiers."""
    found = {name: len(units) for (name, kind), units in world().streams.items() if kind == "dossier"}
    return max((name for name in found if name.startswith("province-")), key=found.__getitem__)


def database(
    name: str, tables: Mapping[str, Sequence[Mapping[str, Any]]], declared: Mapping[str, tuple[str, str]], folder: Path
) -> Proposal:
    """A proposal out of a database file, over ODBC, with all columns that the vendor's tables have
    (`declared`: the key and the columns of each table)."""
    path = folder / f"{name}.sqlite"
    with sqlite3.connect(path) as connection:
        for table, rows in tables.items():
            primary, spelled = declared[table]
            columns = [column.split()[0] for column in spelled.split(",")]
            rows = [{column: row.get(column) for column in columns} for row in rows]
            if columns:
                key = f', PRIMARY KEY ("{primary}")' if primary in columns else ""
                made = ", ".join(f'"{column}" text' for column in columns)
                connection.execute(f'CREATE TABLE "{table.rpartition(".")[2]}" ({made}{key})')
                marks = ", ".join("?" * len(columns))
                values = [[_stored(row[column]) for column in columns] for row in rows]
                connection.executemany(f'INSERT INTO "{table.rpartition(".")[2]}" VALUES ({marks})', values)
    connection.close()
    source = OdbcSource(name, "SQLite3", "sqlite", {"DATABASE": str(path)})
    return propose(name, "odbc", look_odbc.look(source, vocabulary(), 300), vocabulary())


def file(name: str, suffix: str) -> Proposal:
    """A proposal out of the largest files of this kind that communes dropped; of workbooks the largest alone."""
    drops = [drop for drop in world().drops if drop.name.endswith(suffix)]
    drops.sort(key=lambda each: -len(each.content))
    if suffix == ".xml":
        whole = [drop for drop in drops if not drop.unsettled][:40]
        seen = look_xml.look([(drop.name, io.BytesIO(drop.content)) for drop in whole], vocabulary())
    else:
        seen = look_excel.look(io.BytesIO(drops[0].content), drops[0].name, vocabulary())
    return propose(name, "files", [seen], vocabulary())


def _stored(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return str(int(value)) if isinstance(value, bool) else str(value)

"""SQL files: one statement per file, read from the package, identifiers filled in from declarations.

Here: finding, filling and running a file below `assets/sql`. Not here: any SQL. `{names}` in a file are filled
with identifiers or expressions made from table declarations and reviewed files, never from data; values are bound.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import psycopg


@cache
def text(name: str) -> str:
    """The SQL of `assets/sql/<name>.sql`."""
    return resources.files("assets").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def run(
    connection: psycopg.Connection[Any], name: str, bound: dict[str, Any] | None = None, /, **identifiers: str
) -> psycopg.Cursor[Any]:
    """Run a file with `bound` values and filled-in identifiers; gives the cursor (rows, rowcount)."""
    sql = text(name)
    for key, filled in identifiers.items():
        sql = sql.replace("{" + key + "}", filled)
    return connection.execute(sql.encode(), bound) if bound else connection.execute(sql.encode())

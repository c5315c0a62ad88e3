"""Statistics for the planner after a big load, at once and not when autovacuum comes round.

Here: deciding which tables changed enough, and ANALYZE of the columns that joins use. Not here: staging, which its
users analyse themselves. The incidents behind it: right after a first load the planner knew nothing of the std
tables and turned a join of two thousand rows into a nested loop of half a minute; and after a first run of core that
was broken off, the server noted many pages without a row, by which the next run's own new rows were joined without end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
import sqlalchemy as sa

from hub.warehouse.engine import Warehouse

CHANGED_SHARE = 0.2  # as autovacuum, which analyses after a tenth but looks once a minute
CHANGED_ROWS = 500


def refresh(warehouse: Warehouse, written: Mapping[sa.Table, int]) -> list[str]:
    """Analyse the key and index columns of tables of which a large part was just written; gives their names."""
    with warehouse.begin() as connection:
        return _analyse(connection, _changed(connection, written))


def refresh_own(connection: psycopg.Connection[Any], written: Mapping[sa.Table, int]) -> list[str]:
    """The same in the midst of a transaction, whose own rows no other session sees, for what it joins them with next.

    It is done as the user who logged in: the transaction's role owns no table, and nobody else may analyse one.
    """
    tables = _changed(connection, written)
    if not tables:
        return []
    row = connection.execute("select current_setting('role')").fetchone()
    connection.execute("set local role none")
    done = _analyse(connection, tables)
    connection.execute("select set_config('role', %s, true)", row)
    return done


def _changed(connection: psycopg.Connection[Any], written: Mapping[sa.Table, int]) -> list[sa.Table]:
    """The tables of which a large part was written. A few rows are none of any table, so nothing is asked."""
    found = []
    for table, rows in written.items():
        if rows > CHANGED_ROWS and rows > CHANGED_ROWS + CHANGED_SHARE * _known(connection, table):
            found.append(table)
    return found


def _known(connection: psycopg.Connection[Any], table: sa.Table) -> float:
    row = connection.execute("select reltuples from pg_class where oid = to_regclass(%s)", (table.fullname,)).fetchone()
    return max(row[0], 0) if row else 0


def _analyse(connection: psycopg.Connection[Any], tables: list[sa.Table]) -> list[str]:
    for table in tables:
        columns = {c.name for c in table.primary_key} | {c.name for index in table.indexes for c in index.columns}
        connection.execute(f"analyze {table.fullname} ({', '.join(sorted(columns))})".encode())
    return [table.fullname for table in tables]

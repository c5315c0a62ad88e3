"""Statistics for the planner after a big load, at once and not when autovacuum comes round.

Here: deciding which tables changed enough, and ANALYZE of the columns that joins use. Not here: staging, which its
users analyse themselves. The incident behind it: right after a first load the planner knew nothing of the std
tables and turned a join of two thousand rows into a nested loop of half a minute.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from hub.warehouse.engine import Warehouse

CHANGED_SHARE = 0.2  # as autovacuum, which analyses after a tenth but looks once a minute
CHANGED_ROWS = 500


def refresh(warehouse: Warehouse, written: Mapping[sa.Table, int]) -> list[str]:
    """Analyse the key and index columns of tables of which a large part was just written; gives their names."""
    done: list[str] = []
    with warehouse.begin() as connection:
        for table, rows in written.items():
            found = connection.execute(
                "select reltuples from pg_class where oid = to_regclass(%s)", (table.fullname,)
            ).fetchone()
            known = max(found[0], 0) if found else 0
            if rows <= CHANGED_ROWS + CHANGED_SHARE * known:
                continue
            columns = {c.name for c in table.primary_key} | {c.name for index in table.indexes for c in index.columns}
            connection.execute(f"analyze {table.fullname} ({', '.join(sorted(columns))})".encode())
            done.append(table.fullname)
    return done

"""Everything that std and core hold, without what says only when it came: surrogate ids, recorded times, batches.

Here: reading, comparing and emptying. Not here: how it came (`stations.py`, `rows.py`). Two warehouses that were told
the same must hold the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec
import psycopg

from hub.warehouse.engine import Warehouse
from schemas.tables.core import CHILD_TABLES
from schemas.tables.std import RECORD_TABLES
from schemas.tables.vault import CLEAR_TABLES

ARRIVAL = {"batch_id", "raw_row", "recorded_at"}
TOLD = {"told_at"}  # the version by which a source was first heard to say what holds now
STREAMS = (
    "dossier_record",
    "step_record",
)  # the rest stand inside a dossier, whose version is only where they come from
LEDGER = ("pull", "batch", "batch_consumed", "core_run", "quarantine", "drift", "watermark")
CORE = (
    "dossier",
    "dossier_history",
    "dossier_source",
    "dossier_number",
    "dossier_redirect",
    "conflict",
    "value_origin",
    "dossier_link",
    "review",
    "match_evidence",
    "judgement",
    "officer",
)
EMPTIED = [
    *(table.fullname for table in (*RECORD_TABLES.values(), *CHILD_TABLES.values(), *CLEAR_TABLES.values())),
    *(f"core.{name}" for name in CORE),
    *(f"ops.{name}" for name in LEDGER),
]


def empty(warehouse: Warehouse) -> None:
    """Forget everything but sources and lists."""
    with warehouse.begin() as connection:
        for table in EMPTIED:  # a few rows each: deleting is many times faster than truncating
            connection.execute(f"delete from {table}".encode())


def std_content(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Records and clear values."""
    found: dict[str, Any] = {}
    for table in RECORD_TABLES.values():
        leave = ARRIVAL if table.name in STREAMS else ARRIVAL | {"version", "version_at"}
        found[table.name] = _rows(connection, table.fullname, leave)
    return found | {f"vault {table.name}": _rows(connection, table.fullname, set()) for table in CLEAR_TABLES.values()}


def core_content(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Dossiers by the names of their records, and what stands between records and dossiers."""
    names = _members(connection)
    found: dict[str, Any] = {}
    found["dossier"] = _by_dossier(connection, "dossier", names, {"first_recorded_at", "last_recorded_at"} | TOLD)
    found["now in history"] = _by_dossier(
        connection,
        "dossier_history",
        names,
        {"recorded_from", "recorded_to", "core_run_id"} | TOLD,
        "recorded_to = 'infinity'",
    )
    for name in (
        "dossier_source",
        "dossier_number",
        "conflict",
        "value_origin",
        *(t.name for t in CHILD_TABLES.values()),
    ):
        found[name] = _by_dossier(connection, name, names, set())
    # whether evidence is new depends on when people spoke
    asked = "reason <> 'judgement_contradicted'"
    found["review"] = _rows(connection, "core.review", {"raised_at"}, asked)
    found["match_evidence"] = _rows(connection, "core.match_evidence", set())
    links = connection.execute("select dossier_id, next_dossier_id, kind from core.dossier_link").fetchall()
    found["dossier_link"] = sorted(f"{names[one]} → {names[next_]}: {kind}" for one, next_, kind in links)
    found["officer"] = _rows(connection, "core.officer", set())
    assert found["dossier"] == found["now in history"]
    return found


def differing(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[list[str], list[str]]]:
    """Table → rows of the one alone, rows of the other alone."""
    return {
        name: (sorted(set(one[name]) - set(other[name])), sorted(set(other[name]) - set(one[name])))
        for name in one
        if one[name] != other[name]
    }


def _rows(connection: psycopg.Connection[Any], table: str, leave: set[str], where: str = "true") -> list[str]:
    """Rows of a table as JSON, without some columns."""
    query = f"select to_jsonb(t) - %s::text[] from {table} t where {where}"
    rows = connection.execute(query.encode(), (list(leave),)).fetchall()
    return sorted(_text(row[0]) for row in rows)


def _members(connection: psycopg.Connection[Any]) -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    for dossier_id, record in connection.execute(
        "select dossier_id, source_id || ' ' || source_key from core.dossier_source order by 2"
    ):
        found[dossier_id].append(record)
    return {dossier_id: ", ".join(records) for dossier_id, records in found.items()}


def _by_dossier(
    connection: psycopg.Connection[Any], table: str, names: dict[int, str], leave: set[str], where: str = "true"
) -> list[str]:
    """All rows of a table of core as JSON, with the dossier's records in place of its id."""
    rows = connection.execute(
        f"select dossier_id, to_jsonb(t) - %s::text[] from core.{table} t where {where}".encode(),
        ([*leave, "dossier_id"],),
    ).fetchall()
    return sorted(f"{names[dossier_id]}: {_text(row)}" for dossier_id, row in rows)


def _text(row: Any) -> str:
    return msgspec.json.encode(row, order="sorted").decode()

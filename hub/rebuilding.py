"""Everything derived, made again out of what is kept: raw store, ledger, map record → dossier, history, judgements.

Here: emptying std, the current state of core and mart, and running all stations. Not here: the stations. Primary data
is never touched: dossier_source keeps every dossier_id, dossier_redirect and dossier_history stay, the vault only
grows, history is added to where a dossier now looks otherwise. Questions to people keep their age: they are not emptied
but looked at again like every record, and settled where nobody would ask any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from hub import ledger
from hub.application import Hub
from hub.errors import HubError
from hub.warehouse.engine import CORE_LOCK, lock
from schemas.tables import METADATA
from schemas.tables.core import CHILD_TABLES
from schemas.tables.std import RECORD_TABLES

Connection = psycopg.Connection[Any]
_DERIVED_CORE = (
    "dossier",
    "dossier_number",
    "conflict",
    "match_evidence",
    "dossier_link",
    "value_origin",
    "officer",
)
# A run of core settles questions about records that it looks at; those of records that std holds no more are left.
_FORGOTTEN = """
    delete from core.review v
    where not exists (select from std.dossier_record r
                      where r.source_id = v.source_id_a and r.source_key = v.source_key_a)
       or not exists (select from std.dossier_record r
                      where r.source_id = v.source_id_b and r.source_key = v.source_key_b)"""
COUNTED = ("std.dossier_record", "core.dossier", "core.dossier_source", "core.dossier_history", "mart.dossier_version")


@dataclass(frozen=True)
class Rebuilt:
    """Rows of COUNTED before and after, dossiers that lost their id (0 is the promise), sources rolled back."""

    before: dict[str, int]
    after: dict[str, int]
    batches: int
    lost_ids: int
    errors: list[str]


def derived_tables() -> list[str]:
    """The tables that a rebuild empties."""
    std = [f"std.{table.name}" for table in RECORD_TABLES.values()]
    core = [f"core.{name}" for name in (*_DERIVED_CORE, *(table.name for table in CHILD_TABLES.values()))]
    return std + core + [f"mart.{table.name}" for table in METADATA.tables.values() if table.schema == "mart"]


def rebuild(hub: Hub) -> Rebuilt:
    """Empty what is derived in one transaction, then load, reconcile and refresh from raw.

    A rebuild that is cut off goes on with the next `hub run`: unread batches are what a run looks for.
    Raises HubError, before anything is emptied, when a source with batches is no longer declared or a raw file is gone.
    """
    _refuse_what_cannot_come_back(hub)
    with hub.warehouse.begin() as connection:
        lock(connection, CORE_LOCK)
        before = _counts(connection)
        kept = [row[0] for row in connection.execute("select dossier_id from core.dossier").fetchall()]
        connection.execute(f"truncate {', '.join(derived_tables())}".encode())
        batches = connection.execute("delete from ops.batch_consumed where consumer = 'std'").rowcount
        connection.execute("delete from ops.batch_consumed where consumer = 'core'")
    loaded = hub.load(hub.sources)
    hub.reconcile()
    with hub.warehouse.begin("matcher") as connection:
        connection.execute(_FORGOTTEN.encode())
    hub.refresh(full=True)
    hub.judge()
    with hub.warehouse.begin("matcher") as connection:
        row = connection.execute(
            """
            select count(*) from unnest(%s::bigint[]) k (dossier_id)
            where not exists (select from core.dossier d where d.dossier_id = k.dossier_id)
              and not exists (select from core.dossier_redirect r where r.from_dossier_id = k.dossier_id)
            """,
            (kept,),
        ).fetchone()
        after = _counts(connection)
    errors = [f"{item.source_id}: {item.error}" for item in loaded if item.error]
    return Rebuilt(before, after, batches, int(row[0]) if row else 0, errors)


def _refuse_what_cannot_come_back(hub: Hub) -> None:
    with hub.warehouse.begin("loader") as connection:
        known = {row[0] for row in connection.execute("select distinct source_id from ops.batch").fetchall()}
        files = ledger.files_in_use(connection)
    undeclared = sorted(known - {source.source_id for source in hub.sources})
    if undeclared:
        raise HubError(
            f"{', '.join(undeclared)}: no longer declared, so nobody can say what its records mean",
            "declare it again with its validity ended; nothing was changed",
        )
    missing = sorted(files - hub.store.names())
    if missing:
        raise HubError(
            f"{len(missing)} raw files are missing from the raw store, {missing[0]} first",
            "restore them from the backup; nothing was changed",
        )


def _counts(connection: Connection) -> dict[str, int]:
    return {name: connection.execute(f"select count(*) from {name}".encode()).fetchall()[0][0] for name in COUNTED}

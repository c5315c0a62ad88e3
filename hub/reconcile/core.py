"""Station core: the one writer that turns new std records into dossiers, in one transaction.

Here: the order of the steps, children, values and history. Not here: which records are looked at (`gathering.py`),
which are one dossier (`clustering.py`), whose value holds (`choosing.py`, pure), the SQL (`assets/sql/core`, one
statement per file). Only the records of new batches and their neighbourhood are looked at, whatever the size of the
warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from hub.reconcile import choosing, clustering, gathering, survivorship, weighing
from hub.reconcile.clustering import cluster
from hub.reconcile.gathering import analyse, gather, has_work, own_streams
from hub.warehouse import staging, statistics
from hub.warehouse.engine import CORE_LOCK, Warehouse, favour_indexes, lock, widen
from hub.warehouse.statements import run
from schemas.tables import core
from schemas.tables.core import CHILD_TABLES

Connection = psycopg.Connection[Any]
STAGING = [
    staging.table(name)
    for name in (*gathering.STAGING, *clustering.STAGING, *weighing.STAGING, "chosen", "kept", "golden", "changed")
]
_CHOSEN_BY_NUMBER = """
       or exists (select from std.{child}_record c
                  where c.source_id = r.source_id and c.parent_no = r.dossier_no and c.parent_key is null
                    and c.is_deleted is not null and not c.is_deleted{real})"""
_BY_NUMBER = """union all
select k.dossier_id, k.is_new, c.source_id, c.source_key
from chosen k
join std.dossier_record r on r.source_id = k.source_id and r.source_key = k.source_key
join std.{child}_record c on c.source_id = k.source_id and c.parent_no = r.dossier_no and c.parent_key is null
where c.is_deleted is not null and not c.is_deleted{real}"""


@dataclass(frozen=True)
class Reconciled:
    """What a run did: batches consumed, records and dossiers looked at, dossiers written, dossiers merged away,
    questions to people among what was looked at, pairs without a common number that content joined."""

    batches: int = 0
    records: int = 0
    dossiers: int = 0
    written: int = 0
    gone: int = 0
    reviews: int = 0
    joined: int = 0


def reconcile(warehouse: Warehouse, now: datetime) -> Reconciled:
    """Consume every std batch that core has not seen. Idempotent: without such a batch nothing is written.

    `now` is the hub's clock; the recorded time of the run is later than that of every earlier run.
    """
    with warehouse.begin("matcher") as connection:
        lock(connection, CORE_LOCK)
        favour_indexes(connection)
        widen(connection)
        if not has_work(connection):
            return Reconciled()
        filled = choosing.filled()
        run(connection, "core/staging", carried=gathering.carried_columns(), **filled.staging)
        staging.empty(connection, STAGING)
        batches = run(connection, "core/batches").rowcount
        run(connection, "core/graves")
        records = gather(connection)
        moment, run_id = _begin(connection, now, batches, records)
        clustered = cluster(connection, moment)
        weighing.weigh(connection)
        _children(connection)
        # values, history, current state
        written = _new_values(connection, moment, run_id) if clustered.any_new else 0
        written += _known_values(connection, moment, run_id) if clustered.any_known else 0
        weighing.settle(connection)
        run(connection, "core/link")
        run(connection, "core/consumed", {"now": moment})
        run(connection, "core/graves_consumed", {"run": run_id})
        run(connection, "core/judged_consumed", {"run": run_id})
        dossiers, gone = _count(connection, "cluster"), _count(connection, "gone")
        connection.execute(
            "update ops.core_run set dossiers = %s, written = %s where core_run_id = %s", (dossiers, written, run_id)
        )
        return Reconciled(batches, records, dossiers, written, gone, clustered.reviews, clustered.joined)


def _count(connection: Connection, table: str) -> int:
    row = connection.execute(f"select count(*) from {staging.table(table)}".encode()).fetchone()
    return int(row[0]) if row else 0


def _begin(connection: Connection, now: datetime, batches: int, records: int) -> tuple[datetime, int]:
    """Open the run in the ledger; recorded time always grows, also when the hub's clock stands still."""
    row = connection.execute("select max(recorded_at) from ops.core_run").fetchone()
    last = row[0] if row else None
    moment = now if last is None or now > last else last + timedelta(microseconds=1)
    row = connection.execute(
        "insert into ops.core_run (recorded_at, batches, records, dossiers, written) values (%s, %s, %s, 0, 0)"
        " returning core_run_id",
        (moment, batches, records),
    ).fetchone()
    assert row is not None
    return moment, int(row[0])


def _children(connection: Connection) -> None:
    """Timeline, supplements, fees, documents, ratings, apologies: each set whole from its best source."""
    rules, own = survivorship.declared(), set(own_streams(connection))
    for kind, target in CHILD_TABLES.items():
        names = [c.name for c in target.columns if c.name not in {"dossier_id", "source_id", "source_key"}]
        values = ", ".join(
            "encode(c.officer_hash, 'hex') as officer_id" if n == "officer_id" else f"c.{n}" for n in names
        )
        real = " and not c.is_synthetic" if kind == "step" else ""
        if kind == "document":
            real = " and c.is_removed is distinct from true"
        staging.empty(connection, ("pg_temp.staged_chosen", "pg_temp.staged_kept"))
        chosen = _CHOSEN_BY_NUMBER.format(child=kind, real=real) if kind in own else ""
        order = f"r.{rules.order(rules.children[kind])}"
        run(connection, "core/child_chosen", child=kind, real=real, order=order, by_number=chosen)
        analyse(connection, "chosen")
        run(
            connection,
            "core/child_kept",
            child=kind,
            real=real,
            by_number=_BY_NUMBER.format(child=kind, real=real) if kind in own else "",
        )
        analyse(connection, "kept")
        new = run(connection, "core/child_new", child=kind, target=target.name, values=values, names=", ".join(names))
        statistics.refresh_own(connection, {target: new.rowcount})
        run(
            connection,
            "core/child",
            child=kind,
            target=target.name,
            values=values,
            names=", ".join(names),
            old=", ".join(f"t.{n}" for n in names),
            new=", ".join(f"s.{n}" for n in names),
            sets=", ".join(f"{n} = s.{n}" for n in names),
        )
        run(connection, "core/child_gone", target=target.name)
        if kind == "step":
            run(connection, "core/officer")


def _new_values(connection: Connection, moment: datetime, run_id: int) -> int:
    """New dossiers stand in core at once, with their first version; gives how many."""
    filled = choosing.filled()
    recorded = {"more_names": ", first_recorded_at, last_recorded_at", "more_values": ", %(now)s, %(now)s"}
    fresh = run(
        connection, "core/golden", {"now": moment}, into="core.dossier", is_new="true", **recorded, **filled.golden
    ).rowcount
    statistics.refresh_own(connection, {core.DOSSIER: fresh})
    names = filled.compare["names"]
    old = ", ".join(f"d.{name}" for name in names.split(", "))
    run(connection, "core/history_new", {"now": moment, "run": run_id}, names=names, old=old)
    statistics.refresh_own(connection, {core.DOSSIER_HISTORY: fresh})
    return fresh


def _known_values(connection: Connection, moment: datetime, run_id: int) -> int:
    """Known dossiers are compared with what core holds; what has changed gets a new version; gives how many.

    Who tells the dossier is compared with its values; when it was told is not, as that is when it was first heard.
    """
    filled, now = choosing.filled(), {"now": moment}
    names, new = filled.compare["names"], filled.compare["new"]
    old, was, values = (", ".join(f"{row}.{name}" for name in names.split(", ")) for row in "dhs")
    told = [f"{fields}, {row}.told_by" for fields, row in ((new, "g"), (old, "d"), (was, "h"))]
    staged = {"into": "pg_temp.staged_golden", "is_new": "false", "more_names": "", "more_values": ""}
    run(connection, "core/golden", now, **staged, **filled.golden)
    connection.execute("analyze pg_temp.staged_golden (dossier_id)")
    changed = run(connection, "core/changed", new=told[0], old=told[1]).rowcount
    analyse(connection, "changed")
    run(connection, "core/history_close", now, new=told[0], old=told[2])
    run(connection, "core/history", {"now": moment, "run": run_id}, names=names, new=new)
    run(connection, "core/dossier_gone")
    run(connection, "core/dossier", now, names=names, new=values, sets=filled.compare["sets"])
    return changed

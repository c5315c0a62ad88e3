"""Checks in Dagster: the warehouse looks as declared, no record is lost, nothing is broken without being told.

Here: what is compared and whether a difference stops the marts (`blocking`). Not here: the declarations
(`schemas/tables`), the balance as people ask for it (`hub/standing.py`), SQL (`assets/sql/checks`).

Blocking: contracts, references, std = core. Not blocking: sources that failed or are late, because one source must
not keep the figures of the others from anybody.
"""

from collections.abc import Mapping, Sequence

import dagster as dg
import psycopg
import sqlalchemy as sa

from assets.resources import told
from assets.schema import type_name
from hub.application import Hub
from hub.standing import Standing, flows, standings
from hub.warehouse.statements import run
from schemas.tables import core

# Every table of core whose rows belong to a dossier.
BELONGING = (core.DOSSIER_SOURCE, core.DOSSIER_NUMBER, core.CONFLICT, *core.CHILD_TABLES.values())
TOLD_AT_MOST = 20  # sources or columns named in one sentence; all of them stand in the metadata


def keeps_contract(key: Sequence[str], tables: Sequence[sa.Table]) -> dg.AssetChecksDefinition:
    """Blocking: columns, types, nullability and primary key of every table are the declared ones.

    That a key is unique and a column filled is the server's own promise, as long as the constraint stands and is
    valid; asking whether it does costs the same for ten rows and for ten million. One check for all tables of an
    asset: Dagster spends 5 ms on each of a check's events, more than the server on the answer.
    """

    @dg.asset_check(asset=list(key), blocking=True, name="keeps_contract")
    def contract(hub: dg.ResourceParam[Hub]) -> dg.AssetCheckResult:
        with told(), hub.warehouse.begin("steward") as connection:
            found = {table.fullname: deviations(connection, table) for table in tables}
        wrong = [f"{name}: {sentence}" for name, sentences in found.items() for sentence in sentences]
        return dg.AssetCheckResult(
            passed=not wrong,
            description=_listed(wrong) or "as declared",
            metadata={"tables": sorted(found), "deviations": wrong},
        )

    return contract


def deviations(connection: psycopg.Connection, table: sa.Table) -> list[str]:
    """What the server has otherwise than declared, one sentence per column; empty when they agree."""
    rows = run(connection, "checks/columns", {"table": f"{table.schema}.{table.name}"}).fetchall()
    found = {name: (type_, filled) for name, type_, filled, _ in rows}
    wrong = [f"{name} is not declared" for name in found if name not in table.columns]
    for column in table.columns:
        if column.name not in found:
            wrong.append(f"{column.name} is missing")
            continue
        type_, filled = found[column.name]
        if type_ != type_name(column):
            wrong.append(f"{column.name} is {type_}, declared {type_name(column)}")
        if filled != (not column.nullable):
            wrong.append(f"{column.name} may {'not ' if filled else ''}be empty, declared otherwise")
    places = sorted((place, name) for name, _, _, place in rows if place is not None)
    key = [name for _, name in places]
    if key != [column.name for column in table.primary_key]:
        wrong.append(f"the primary key is ({', '.join(key)})")
    return wrong


@dg.asset_check(asset=["core", "dossier"], blocking=True)
def references_hold(hub: dg.ResourceParam[Hub]) -> dg.AssetCheckResult:
    """Whatever belongs to a dossier names one that exists; every dossier has a record behind it and a history."""
    with told(), hub.warehouse.begin("steward") as connection:
        counts = {
            f"{table.name}_without_dossier": _count(connection, "without_dossier", f"{table.schema}.{table.name}")
            for table in BELONGING
        }
        counts |= {f"dossier_{name}": _count(connection, name) for name in ("without_record", "without_history")}
    wrong = [f"{name}: {count}" for name, count in counts.items() if count]
    return dg.AssetCheckResult(passed=not wrong, description=_listed(wrong) or "all found", metadata=counts)


@dg.asset_check(asset=["core", "dossier"], blocking=True)
def std_equals_core(hub: dg.ResourceParam[Hub]) -> dg.AssetCheckResult:
    """fetched = stored + unchanged + refused; stored = what std made of it; every std record is in one dossier.

    One at most is the key of core.dossier_source; one at least is counted here.
    """
    with told(), hub.warehouse.begin("steward") as connection:
        lost = {source: int(count) for source, count in run(connection, "checks/unreconciled").fetchall()}
        flowed = [flow for flow in flows(connection) if flow.raw_difference or flow.std_difference]
    wrong = [f"{source}: {count} records of std in no dossier" for source, count in lost.items()]
    for flow in flowed:
        where = f"{flow.source_id}, {flow.record_type}"
        wrong.append(f"{where}: {flow.raw_difference} records lost in raw, {flow.std_difference} in std")
    return dg.AssetCheckResult(
        passed=not wrong,
        description=_listed(wrong) or "every record is accounted for",
        metadata={
            "unreconciled": sum(lost.values()),
            "raw_difference": sum(abs(flow.raw_difference) for flow in flowed),
            "std_difference": sum(abs(flow.std_difference) for flow in flowed),
            "by_source": wrong,
        },
    )


def sources_deliver(level: str) -> dg.AssetChecksDefinition:
    """A warning: active sources of a level that failed, are late or were never asked."""

    @dg.asset_check(asset=["raw", level], name="sources_deliver")
    def deliver(hub: dg.ResourceParam[Hub]) -> dg.AssetCheckResult:
        with told(), hub.warehouse.begin("steward") as connection:
            found = [item for item in standings(connection, hub.sources, hub.now()) if item.level == level]
        return _warning({item.source_id: delivery(item) for item in found})

    return deliver


@dg.asset_check(asset=["core", "dossier"])
def nothing_is_broken_now(hub: dg.ResourceParam[Hub]) -> dg.AssetCheckResult:
    """A warning about every level, from the ledger alone: a source that failed yesterday and was not asked today fails
    it, and so do records that wait in raw because their load was rolled back."""
    with told(), hub.warehouse.begin("steward") as connection:
        found = standings(connection, hub.sources, hub.now())
    return _warning({item.source_id: delivery(item) + holding(item) for item in found})


def delivery(standing: Standing) -> list[str]:
    """What is wrong with how an active source delivers."""
    wrong = []
    if standing.active and standing.outcome == "never":
        wrong.append("was never asked")
    elif standing.active and standing.outcome != "ok":
        wrong.append(standing.message or standing.outcome)
    if standing.late:
        wrong.append(f"late by {standing.late.total_seconds() / 3600:.1f} h")
    return wrong


def holding(standing: Standing) -> list[str]:
    """What is wrong with what the hub holds of a source, active or not."""
    wrong = [f"{standing.pending} records wait in raw"] if standing.pending else []
    return [*wrong, f"{standing.difference} records unaccounted for"] if standing.difference else wrong


def _warning(troubles: Mapping[str, Sequence[str]]) -> dg.AssetCheckResult:
    wrong = [f"{source_id}: {', '.join(told_)}" for source_id, told_ in troubles.items() if told_]
    return dg.AssetCheckResult(
        passed=not wrong,
        severity=dg.AssetCheckSeverity.WARN,
        description=_listed(wrong) or "every active source delivered in time",
        metadata={"troubled": len(wrong), "by_source": wrong},
    )


def _count(connection: psycopg.Connection, name: str, table: str = "") -> int:
    return int(run(connection, f"checks/{name}", table=table).fetchall()[0][0])


def _listed(wrong: Sequence[str]) -> str:
    more = f"; and {len(wrong) - TOLD_AT_MOST} more" if len(wrong) > TOLD_AT_MOST else ""
    return "; ".join(wrong[:TOLD_AT_MOST]) + more

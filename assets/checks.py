"""Checks in Dagster: the warehouse looks as declared, no record is lost, nothing is broken without being told.

Here: what is compared and whether a difference stops the marts (`blocking`). Not here: the declarations
(`schemas/tables`), the balance as people ask for it (`hub/standing.py`), SQL (`assets/sql/checks`).

Blocking: contracts, references, std = core. Not blocking: sources that failed or are late, because one source must
not keep the figures of the others from anybody.
"""

from collections import Counter
from collections.abc import Collection, Sequence

import dagster as dg
import psycopg
import sqlalchemy as sa

from assets.resources import told
from assets.schema import type_name
from hub.application import Hub
from hub.conditions import Condition, conditions
from hub.standing import flows
from hub.warehouse.statements import run
from schemas.tables import core, origin

# Every table of core whose rows belong to a dossier.
BELONGING = (
    core.DOSSIER_SOURCE,
    core.DOSSIER_NUMBER,
    origin.CONFLICT,
    origin.VALUE_ORIGIN,
    origin.DOSSIER_LINK,
    *core.CHILD_TABLES.values(),
)
NAMED_AT_MOST = 4  # sources in a sentence about hundreds; the table below it has them
ROWS_AT_MOST = 200  # of a table in metadata
TOLD_AT_MOST = 20  # sources or columns named in one sentence; all of them stand in the metadata


def keeps_contract(key: Sequence[str], tables: Sequence[sa.Table]) -> dg.AssetChecksDefinition:
    """Blocking: columns, types, nullability and primary key of every table are the declared ones.

    That a key is unique and a column filled is the server's own promise, as long as the constraint stands and is
    valid; asking whether it does costs the same for ten rows and for ten million. One check for all tables of an
    asset: Dagster spends 5 ms on each of a check's events, more than the server on the answer.
    """

    @dg.asset_check(
        asset=list(key),
        blocking=True,
        name="keeps_contract",
        description="The tables are as declared.",
    )
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
            found = [item for item in conditions(connection, hub.sources, hub.now()) if item.level == level]
        return _warning([item for item in found if item.troubles], {"delivery"})

    return deliver


@dg.asset_check(asset=["mart", "source_health"])
def nothing_is_broken_now(hub: dg.ResourceParam[Hub]) -> dg.AssetCheckResult:
    """A warning about every level, from the ledger and the last judgement of each source, asking nobody: a source that
    failed yesterday and was not asked today fails it, and so do records that wait in raw because their load was
    rolled back."""
    with told(), hub.warehouse.begin("steward") as connection:
        found = conditions(connection, hub.sources, hub.now())
    return _warning(found, {"delivery", "unusual", "holding"})


def _warning(found: Sequence[Condition], kinds: Collection[str]) -> dg.AssetCheckResult:
    told_ = [(item, [trouble for trouble in item.troubles if trouble.kind in kinds]) for item in found]
    wrong = [(item, troubles) for item, troubles in told_ if troubles]
    sentences = [f"{item.name}: {', '.join(trouble.sentence for trouble in troubles)}" for item, troubles in wrong]
    rows = [
        dg.TableRecord(
            {
                "source": item.source_id,
                "agency": item.agency_code,
                "level": item.level,
                "trouble": "; ".join(trouble.sentence for trouble in troubles),
                "next": "; ".join(dict.fromkeys(trouble.next for trouble in troubles if trouble.next)),
            }
        )
        for item, troubles in wrong[:ROWS_AT_MOST]
    ]
    columns = [dg.TableColumn(name) for name in ("source", "agency", "level", "trouble", "next")]
    levels = Counter(item.level for item, _ in wrong)
    return dg.AssetCheckResult(
        passed=not wrong,
        severity=dg.AssetCheckSeverity.WARN,
        description=_listed(sentences, NAMED_AT_MOST) or "every active source delivered in time",
        metadata={
            "troubled": len(wrong),
            **{f"troubled_{level}": count for level, count in sorted(levels.items())},
            "by_source": dg.MetadataValue.table(rows, schema=dg.TableSchema(columns=columns)),
        },
    )


def _count(connection: psycopg.Connection, name: str, table: str = "") -> int:
    return int(run(connection, f"checks/{name}", table=table).fetchall()[0][0])


def _listed(wrong: Sequence[str], at_most: int = TOLD_AT_MOST) -> str:
    more = f"; and {len(wrong) - at_most} more" if len(wrong) > at_most else ""
    return "; ".join(wrong[:at_most]) + more

"""Station raw in Dagster: one unpartitioned asset per level pulls that level's sources into the raw store.

Here: the asset and what its page shows of each source. Not here: how sources are read (`hub/landing.py`,
`connectors`). The asset fails for the hub's own trouble only: what a source does is an outcome in the ledger.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import dagster as dg

from assets.resources import Pull, told
from assets.schema import table_metadata
from hub.application import Hub
from hub.errors import HubError
from hub.ledger import Pull as Pulled
from hub.registry import Source
from hub.warehouse.statements import run
from schemas.tables.ops import PULL

OUTCOMES = ("failed", "skipped", "incomplete", "ok")  # worst first
SHOWN = 200  # sources in the table of a run: a page of Dagster, not an archive; the ledger has all


def fresh(every: timedelta) -> dg.FreshnessPolicy:
    """A level that is asked `every` so often: two hours of patience before a warning, twelve before a failure, so that
    one night may be missed without an alarm at night, the second one not."""
    return dg.FreshnessPolicy.time_window(
        warn_window=every + timedelta(hours=2), fail_window=every + timedelta(hours=12)
    )


def raw_asset(level: str, every: timedelta) -> dg.AssetsDefinition:
    """The asset `raw/<level>`; `every`: how often its sources are declared to be asked."""

    @dg.asset(
        key=["raw", level],
        group_name="raw",
        kinds={"python", "parquet", "postgres"},
        owners=["team:data"],
        pool=f"pull_{level}",
        freshness_policy=fresh(every),
        code_version="1",
        metadata=table_metadata(PULL),
        description=f"What the sources of level {level} said, byte for byte in the raw store, counted in the ledger.",
    )
    def raw(config: Pull, hub: dg.ResourceParam[Hub]) -> dg.MaterializeResult[None]:
        with told():
            sources = wanted(hub, level, config.sources)
            began = hub.now()
            pulls = hub.land(sources, config.since, config.until, bool(config.sources))
            took = (hub.now() - began).total_seconds()
            with hub.warehouse.begin("steward") as connection:
                rows = run(connection, "checks/raw_rows", {"level": level}).fetchall()[0][0]
        answered = {pull.source_id for pull in pulls}
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": rows,
                **totals(pulls),
                "asked": len(sources),
                "seconds": round(took, 1),
                "left_to_another_run": len(sources) - len(answered),
                "sources": table_of(pulls),
            }
        )

    return raw


def wanted(hub: Hub, level: str | None, names: Sequence[str]) -> list[Source]:
    """The active sources of a level, or those named. Raises HubError for a name that is not one of them."""
    sources = hub.chosen(level, names)
    for name in sorted(set(names) - {source.source_id for source in sources}):
        where = f"no active source of level {level}" if level else "not active"
        raise HubError(f"{name} is {where} on {hub.now():%Y-%m-%d}", "`hub sources list` shows level and validity")
    return sources


def totals(pulls: Sequence[Pulled]) -> dict[str, int]:
    """Records by what became of them, streams by outcome."""
    outcomes = Counter(pull.outcome for pull in pulls)
    return {
        "fetched": sum(pull.fetched for pull in pulls),
        "stored": sum(pull.stored for pull in pulls),
        "unchanged": sum(pull.unchanged for pull in pulls),
        "refused": sum(len(pull.refused) for pull in pulls),
        **{f"streams_{outcome}": outcomes[outcome] for outcome in reversed(OUTCOMES)},
    }


def table_of(pulls: Sequence[Pulled]) -> dg.TableMetadataValue:
    """One line per source, troubled ones first, then those that brought most; SHOWN at most.

    Messages come from the ledger, which holds no secret and no person.
    """
    by_source: dict[str, list[Pulled]] = {}
    for pull in pulls:
        by_source.setdefault(pull.source_id, []).append(pull)
    rows = [_row(source_id, streams) for source_id, streams in by_source.items()]
    rows.sort(key=lambda row: (row["outcome"] == "ok", -int(row["stored"]), row["source"]))
    return dg.MetadataValue.table(
        [dg.TableRecord(row) for row in rows[:SHOWN]],
        schema=dg.TableSchema(
            columns=[
                *(dg.TableColumn(name) for name in ("source", "outcome")),
                *(dg.TableColumn(name, "int") for name in ("fetched", "stored", "refused")),
                dg.TableColumn("seconds", "float", description="how long its streams were read"),
                dg.TableColumn("message"),
            ]
        ),
    )


def _row(source_id: str, streams: Sequence[Pulled]) -> dict[str, str | int | float]:
    worst = min(streams, key=lambda pull: OUTCOMES.index(pull.outcome))
    return {
        "source": source_id,
        "outcome": worst.outcome,
        "fetched": sum(pull.fetched for pull in streams),
        "stored": sum(pull.stored for pull in streams),
        "refused": sum(len(pull.refused) for pull in streams),
        "seconds": round(sum(pull.seconds for pull in streams), 1),
        "message": worst.message or "",
    }

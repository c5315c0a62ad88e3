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

SHOWN = 200  # streams in the table of a run: a page of Dagster, not an archive; the ledger has all


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
        **{f"streams_{outcome}": outcomes[outcome] for outcome in ("ok", "incomplete", "failed")},
    }


def table_of(pulls: Sequence[Pulled]) -> dg.TableMetadataValue:
    """One line per stream, troubled ones first, then those that brought most; SHOWN at most.

    Messages come from the ledger, which holds no secret and no person.
    """
    ordered = sorted(pulls, key=lambda pull: (pull.outcome == "ok", -pull.stored, pull.source_id, pull.stream))
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "source": pull.source_id,
                    "stream": pull.stream,
                    "outcome": pull.outcome,
                    "fetched": pull.fetched,
                    "stored": pull.stored,
                    "unchanged": pull.unchanged,
                    "refused": len(pull.refused),
                    "seconds": round(pull.seconds, 1),
                    "message": pull.message or "",
                }
            )
            for pull in ordered[:SHOWN]
        ],
        schema=dg.TableSchema(
            columns=[
                *(dg.TableColumn(name) for name in ("source", "stream", "outcome")),
                *(dg.TableColumn(name, "int") for name in ("fetched", "stored", "unchanged", "refused")),
                dg.TableColumn("seconds", "float", description="how long the stream was read"),
                dg.TableColumn("message"),
            ]
        ),
    )

"""The census in Dagster: one nightly op asks every source what it holds, and mends what differs.

Here: the op and what its page shows. Not here: the census (`hub/census.py`). An op and no asset: it makes nothing of
its own, and what it mends belongs to the assets of all stations. It fails for the hub's own trouble only: what a source
says is an outcome in the ledger, and what waits for a person's word is told by `hub status`.
"""

from collections import Counter
from collections.abc import Sequence

import dagster as dg

from assets.resources import told
from hub.application import Hub
from hub.census_ledger import Counted


@dg.op(pool="core_writer", description="What every source lists, against std; differences are read again or buried.")
def count_sources(context: dg.OpExecutionContext, hub: dg.ResourceParam[Hub]) -> None:
    """All active sources that declare a census, outside their quiet hours."""
    with told():
        done = hub.census(hub.chosen())
    outcomes = Counter(item.outcome for item in done)
    context.add_output_metadata({**{f"streams_{name}": n for name, n in outcomes.items()}, "streams": table_of(done)})


@dg.job(name="census", description="What sources list, against the warehouse: once a night.")
def census_job() -> None:
    """The op alone."""
    count_sources()


def table_of(done: Sequence[Counted]) -> dg.TableMetadataValue:
    """One line per stream in which something was found."""
    counts = ("source_count", "hub_count", "missing", "differing", "vanished", "revived", "remaining", "buried")
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "source": item.source_id,
                    "stream": item.stream,
                    "outcome": item.outcome,
                    **{name: getattr(item, name) for name in counts},
                    "message": item.message,
                }
            )
            for item in done
            if item.outcome != "agrees"
        ],
        schema=dg.TableSchema(
            columns=[
                *(dg.TableColumn(name) for name in ("source", "stream", "outcome")),
                *(dg.TableColumn(name, "int") for name in counts),
                dg.TableColumn("message"),
            ]
        ),
    )

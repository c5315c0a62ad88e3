"""Station mart in Dagster: the asset that brings schema mart up to what core has recorded.

Here: the asset and its counts by table. Not here: how a column is derived (`assets/sql/mart`). The dimensions
belong to the asset of the fact: they are refreshed in the same transaction, so nobody can draw one without the other.
"""

from datetime import timedelta

import dagster as dg

from assets.resources import told
from assets.schema import table_metadata
from hub.application import Hub
from hub.warehouse.statements import run
from schemas.tables.mart import DOSSIER_VERSION

# The figures of the day are looked at when offices open; a night that failed is known before the next one.
FRESH = dg.FreshnessPolicy.time_window(warn_window=timedelta(hours=26), fail_window=timedelta(hours=36))


@dg.asset(
    key=["mart", "dossier_version"],
    deps=[["core", "dossier"]],
    group_name="mart",
    kinds={"postgres"},
    owners=["team:data"],
    freshness_policy=FRESH,
    code_version="1",
    metadata=table_metadata(DOSSIER_VERSION),
    description="Every recorded version of a dossier with its effective times, and the dimensions that reports use.",
)
def mart_dossier_version(hub: dg.ResourceParam[Hub]) -> dg.MaterializeResult[None]:
    """Written rows per table; all 0 when core has recorded nothing new."""
    with told():
        written = hub.refresh()
        with hub.warehouse.begin("steward") as connection:
            rows = run(connection, "checks/rows", table="mart.dossier_version").fetchall()[0][0]
    return dg.MaterializeResult(
        metadata={"dagster/row_count": rows, **{f"written_{table}": count for table, count in written.items()}}
    )

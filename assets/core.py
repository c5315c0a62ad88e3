"""Station core in Dagster: the one asset that turns new std records into dossiers.

Here: the asset and its counts. Not here: reconciliation (`hub/reconcile`). One writer at a time: the pool keeps
Dagster's runs apart, the advisory lock of the warehouse everybody.
"""

from collections.abc import Sequence
from dataclasses import asdict

import dagster as dg

from assets.resources import told
from assets.schema import table_metadata
from hub.application import Hub
from hub.warehouse.statements import run
from schemas.tables.core import DOSSIER


def core_asset(levels: Sequence[str]) -> dg.AssetsDefinition:
    """The asset `core/dossier`, made of std of these levels."""

    @dg.asset(
        key=["core", "dossier"],
        deps=[["std", level] for level in levels],
        group_name="core",
        kinds={"python", "postgres"},
        owners=["team:data"],
        pool="core_writer",
        code_version="1",
        metadata=table_metadata(DOSSIER),
        description="One row per real dossier, with what belongs to it, where each value came from, and its history.",
    )
    def core(hub: dg.ResourceParam[Hub]) -> dg.MaterializeResult[None]:
        with told():
            done = hub.reconcile()
            with hub.warehouse.begin("steward") as connection:
                rows = run(connection, "checks/rows", table="core.dossier").fetchall()[0][0]
        return dg.MaterializeResult(metadata={"dagster/row_count": rows, **asdict(done)})

    return core

"""Station std in Dagster: one asset per level gives that level's raw records their one meaning.

Here: the asset, its counts, the check whether every source was loaded. Not here: loading (`hub/loading.py`).
A source whose load was rolled back is told and stops nobody: its records wait in raw, std keeps what it had.
"""

from collections.abc import Sequence

import dagster as dg

from assets.resources import told
from assets.schema import table_metadata
from hub.application import Hub
from hub.loading import Loaded
from hub.warehouse.statements import run
from schemas.tables.std import DOSSIER_RECORD

SHOWN = 200  # sources in the table of a run: a page of Dagster, not an archive
CLASSES = ("new", "changed", "unchanged", "superseded", "quarantined")


def std_asset(level: str) -> dg.AssetsDefinition:
    """The asset `std/<level>`."""
    key = dg.AssetKey(["std", level])

    @dg.asset(
        key=key,
        deps=[["raw", level]],
        group_name="std",
        kinds={"polars", "postgres"},
        owners=["team:data"],
        code_version="1",
        metadata=table_metadata(DOSSIER_RECORD),
        check_specs=[dg.AssetCheckSpec("every_source_is_loaded", asset=key)],
        description=f"The latest version of each record of level {level} in one meaning, with its children.",
    )
    def std(hub: dg.ResourceParam[Hub]) -> dg.MaterializeResult:  # type: ignore[type-arg]  # bare beside checks
        with told():
            # Sources that ended since they were pulled are among them: what they said is still to be read.
            loaded = hub.load(hub.chosen(level, active=False))
            with hub.warehouse.begin("steward") as connection:
                rows = run(connection, "checks/std_rows", {"level": level}).fetchall()[0][0]
        counts = {name: sum(getattr(done, name) for done in loaded) for name in CLASSES}
        return dg.MaterializeResult(
            metadata={"dagster/row_count": rows, **counts, "sources": table_of(loaded)},
            check_results=[every_source_is_loaded(loaded)],
        )

    return std


def every_source_is_loaded(loaded: Sequence[Loaded]) -> dg.AssetCheckResult:
    """Passes when no source was rolled back."""
    wrong = [f"{done.source_id}: {done.error}" for done in loaded if done.error]
    return dg.AssetCheckResult(
        check_name="every_source_is_loaded",
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        description="rolled back, records wait in raw: " + "; ".join(wrong) if wrong else "no load was rolled back",
        metadata={"rolled_back": len(wrong)},
    )


def table_of(loaded: Sequence[Loaded]) -> dg.TableMetadataValue:
    """One line per source that had something to load, rolled back ones first, then those with most; SHOWN at most."""
    ordered = sorted(loaded, key=lambda done: (not done.error, -done.stored, done.source_id))
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "source": done.source_id,
                    "outcome": "rolled back" if done.error else "loaded",
                    "stored": done.stored,
                    **{name: getattr(done, name) for name in CLASSES},
                    "message": done.error,
                }
            )
            for done in ordered[:SHOWN]
        ],
        schema=dg.TableSchema(
            columns=[
                *(dg.TableColumn(name) for name in ("source", "outcome")),
                *(dg.TableColumn(name, "int") for name in ("stored", *CLASSES)),
                dg.TableColumn("message"),
            ]
        ),
    )

"""Station mart in Dagster: the asset that judges how each source is doing.

Here: the asset and its counts by verdict. Not here: the judgement (`hub/health.py`). It stands on std and not on core:
that a check of core failed must not hide which sources are silent.
"""

from collections import Counter
from collections.abc import Sequence

import dagster as dg

from assets.resources import told
from assets.schema import table_metadata
from hub.application import Hub
from hub.health import Health, finding, healths
from schemas.tables.mart import SOURCE_HEALTH

SHOWN = 200  # rows of a table in metadata: a page, not an archive; the table of the warehouse has all


def health_asset(levels: Sequence[str]) -> dg.AssetsDefinition:
    """The asset `mart/source_health`, made of the ledger and of std of these levels."""

    @dg.asset(
        key=["mart", "source_health"],
        deps=[["std", level] for level in levels],
        group_name="mart",
        kinds={"postgres"},
        owners=["team:data"],
        code_version="1",
        metadata=table_metadata(SOURCE_HEALTH),
        description="One verdict per source and agency: late, silent, strange, clock skew, lag, quarantine, drift.",
    )
    def source_health(hub: dg.ResourceParam[Hub]) -> dg.MaterializeResult[None]:
        with told():
            written = hub.judge()
            with hub.warehouse.begin("steward") as connection:
                found = healths(connection)
        verdicts = Counter(item.verdict for item in found if item.is_whole)
        unusual = [item for item in found if finding(item)]  # what the ledger says is told by the standing check
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(found),
                "written": written,
                **{f"sources_{verdict}": count for verdict, count in sorted(verdicts.items())},
                "unusual": table_of(unusual),
            }
        )

    return source_health


def table_of(unusual: Sequence[Health]) -> dg.TableMetadataValue:
    """One line per source or agency that is not as usual."""
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "source": item.source_id,
                    "agency": item.agency_code,
                    "level": item.level,
                    "verdict": item.verdict,
                    "what to do": finding(item),
                }
            )
            for item in unusual[:SHOWN]
        ],
        schema=dg.TableSchema(
            columns=[dg.TableColumn(name) for name in ("source", "agency", "level", "verdict", "what to do")]
        ),
    )

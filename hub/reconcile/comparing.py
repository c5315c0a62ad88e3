"""How alike two records without a common number are: clear values from the vault, in memory, column at a time.

Here: the records of the gathered pairs as the model wants them, and the rule of each pair. Not here: the comparison
itself (`hub/linkage` and its pinned model), the decision (`pairing.py`). Clear values are neither stored nor shown:
what is kept of a pair is the weight of each field.
"""

from __future__ import annotations

from typing import Any

import polars as pl
import psycopg

from hub.reconcile.gathering import SYSTEM
from hub.reconcile.pairing import Limits
from hub.warehouse.reading import read
from hub.warehouse.statements import text

Connection = psycopg.Connection[Any]
_PAIRS = {"a": pl.Int64, "b": pl.Int64}
_TIMES = ("submitted_at", "received_at", "due_at", "finished_at", "returned_at")
_RECORDS = {
    "node": pl.Int64,
    "system": pl.String,
    "source_id": pl.String,
    "procedure_code": pl.String,
    "agency_code": pl.String,
    "applicant_name": pl.String,
    "applicant_id_no": pl.String,
    "applicant_phone": pl.String,
    "submitted_at": pl.Int64,
    "received_at": pl.Int64,
    "received_precision": pl.String,
    "due_at": pl.Int64,
    "finished_at": pl.Int64,
    "returned_at": pl.Int64,
    "channel": pl.Int16,
    "applicant_type": pl.Int16,
    "applicant": pl.String,
}
SCORED = {"a": pl.Int64, "b": pl.Int64, "rule": pl.String, "weight": pl.Float64, "evidence": pl.String}


def limits() -> Limits:
    """The zones of the dossier model."""
    return Limits(merge=10.0, review=4.0, margin=2.0, veto=-10.0)


def compared(connection: Connection) -> pl.DataFrame:
    """SCORED for every gathered pair: rule `composite` when procedure and identity are equal, else `probabilistic`."""
    pairs = read(connection, text("core/pairs"), _PAIRS)
    if pairs.is_empty():
        return pl.DataFrame(schema=SCORED)
    records = read(connection, text("core/compared").replace("{system}", SYSTEM), _RECORDS)
    sides = pairs.join(records, left_on="a", right_on="node").join(records, left_on="b", right_on="node", suffix="_b")
    same = {
        name: pl.col(name) == pl.col(f"{name}_b")
        for name in ("applicant", "applicant_name", "applicant_phone", "procedure_code", "received_at")
    }
    weight = sum(
        (pl.when(hit).then(4.0).when(~hit).then(-4.0).otherwise(0.0) for hit in same.values()), start=pl.lit(0.0)
    )
    composite = (same["applicant"] & same["procedure_code"]).fill_null(False)
    return sides.select(
        "a",
        "b",
        rule=pl.when(composite).then(pl.lit("composite")).otherwise(pl.lit("probabilistic")),
        weight=weight,
        evidence=pl.lit("{}"),
    )

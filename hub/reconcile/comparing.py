"""How alike two records without a common number are: clear values from the vault, in memory, column at a time.

Here: the records of the gathered pairs as the model wants them, how common names are, the rule of each pair. Not here:
the comparison itself (`hub/linkage` and the pinned `schemas/linkage/dossier.yml`), the decision (`pairing.py`). Clear
values are neither stored nor shown: what is kept of a pair is the level and the weight of each field.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import polars as pl
import psycopg

from hub.linkage.model import load_model
from hub.linkage.score import score
from hub.reconcile.gathering import SYSTEM
from hub.reconcile.pairing import RULES, Limits
from hub.reference import name_parts
from hub.warehouse.reading import read
from hub.warehouse.statements import text

Connection = psycopg.Connection[Any]
MODEL = "dossier"
_PAIRS = {"a": pl.Int64, "b": pl.Int64}
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
    "submitted_precision": pl.String,
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
_UNLISTED = 0.002  # the share of a part of a name that no list has


def limits() -> Limits:
    """The zones of the dossier model."""
    zones = load_model(MODEL).zones
    return Limits(zones.merge, zones.review, zones.margin, zones.veto)


def compared(connection: Connection) -> pl.DataFrame:
    """SCORED for every gathered pair: rule `composite` when procedure and identity are equal, else `probabilistic`."""
    pairs = read(connection, text("core/pairs"), _PAIRS)
    if pairs.is_empty():
        return pl.DataFrame(schema=SCORED)
    records = read(connection, text("core/compared").replace("{system}", SYSTEM), _RECORDS)
    model = load_model(MODEL)
    scored = score(records, pairs, model, {"applicant_name": name_shares(records["applicant_name"])})
    keys = records.select("node", "applicant", "procedure_code")
    sides = scored.join(keys, left_on="a", right_on="node").join(keys, left_on="b", right_on="node", suffix="_b")
    composite = (pl.col("applicant") == pl.col("applicant_b")) & (
        pl.col("procedure_code") == pl.col("procedure_code_b")
    )
    rule = pl.when(composite.fill_null(False)).then(pl.lit(RULES[0])).otherwise(pl.lit(RULES[1]))
    return sides.with_columns(rule=rule, evidence=_told([c.field for c in model.comparisons])).select(list(SCORED))


def name_shares(names: pl.Series) -> pl.DataFrame:
    """value, share: how common each distinct name is, as the product of how common its parts are.

    The list is a reviewed file and not the records at hand: else what a name weighs would change with what came before.
    """
    distinct = pl.DataFrame({"value": names.drop_nulls().unique().sort()})
    parts = distinct.with_columns(part=pl.col("value").str.to_lowercase().str.split(" ")).explode("part")
    known = parts.join(_parts(), on="part", how="left")
    share = pl.col("share").fill_null(_UNLISTED).product()
    return known.group_by("value", maintain_order=True).agg(share=share)


@cache
def _parts() -> pl.DataFrame:
    listed = name_parts().select(part=pl.col("value").str.to_lowercase(), share=pl.col("share").cast(pl.Float64))
    return listed.group_by("part").agg(pl.col("share").max())


def _told(fields: list[str]) -> pl.Expr:
    """JSON of field → level and weight, of the fields that both sides tell."""

    def one(row: dict[str, Any]) -> str:
        found = {
            field: {"level": row[f"l_{field}"], "weight": round(row[f"w_{field}"], 2)}
            for field in fields
            if row[f"l_{field}"]
        }
        return msgspec.json.encode(found).decode()

    names = [name for field in fields for name in (f"l_{field}", f"w_{field}")]
    return pl.struct(names).map_elements(one, return_dtype=pl.String)

"""What the machine itself says of pairs that people have judged: same, different, or doubt.

Here: a pure function. Not here: the judgements' effect (`match.py`: they outrank the machine). A judgement is never
overruled; but when the machine had another opinion or none at the time, and now says the opposite, there is new
evidence, and the pair is asked about again.
"""

from __future__ import annotations

import polars as pl

from hub.reconcile.match import GUARDS
from hub.reconcile.pairing import Limits

_OPPOSITE = {"same": "different", "different": "same"}


def standpoints(
    judged: pl.DataFrame, nodes: pl.DataFrame, edges: pl.DataFrame, scored: pl.DataFrame, limits: Limits
) -> pl.DataFrame:
    """judgement_id, a, b, machine_said (what the machine says now), contradicted.

    `judged`: judgement_id, a, b, verdict, machine_said (at the time of the judgement, null when nobody has heard it
    yet), is_new. `nodes`, `edges` as in `match`; `scored` as in `pair_up`.
    """
    facts = nodes.select("node", *GUARDS)
    sides = judged.join(facts, left_on="a", right_on="node", how="left").join(
        facts, left_on="b", right_on="node", how="left", suffix="_b"
    )
    carried = edges.select("number", "node").unique()
    shared = carried.join(carried, on="number").select(a="node", b="node_right").unique()
    weights = pl.concat([scored.select("a", "b", "weight"), scored.select(a="b", b="a", weight="weight")])
    weights = weights.group_by("a", "b").agg(pl.col("weight").max())
    differs = pl.all_horizontal((pl.col(name) != pl.col(f"{name}_b")).fill_null(False) for name in GUARDS)
    together = pl.col("shares").fill_null(False)
    said = (
        pl.when(differs | (pl.col("weight") < limits.veto))
        .then(pl.lit("different"))
        .when(together | (pl.col("weight") >= limits.merge))
        .then(pl.lit("same"))
        .otherwise(pl.lit("doubt"))
    )
    opposite = pl.col("verdict").replace_strict(_OPPOSITE, return_dtype=pl.String)
    return (
        sides.join(shared.with_columns(shares=True), on=["a", "b"], how="left")
        .join(weights, on=["a", "b"], how="left")
        .with_columns(now=said)
        .with_columns(
            contradicted=~pl.col("is_new") & (pl.col("now") == opposite) & (pl.col("machine_said") != opposite)
        )
        .select("judgement_id", "a", "b", machine_said="now", contradicted=pl.col("contradicted").fill_null(False))
    )

"""What a pair weighs: the sum of its levels' weights, each of which can be shown.

Here: candidate pairs in, weights out. Not here: which pairs are candidates (`block.py`, or a caller's own search), what
follows from a weight (`assign.py`, `hub/reconcile/pairing.py`). The result of a pair depends on its two records alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from hub.linkage.compare import UNTOLD, Levels, levels
from hub.linkage.model import Comparison, Model

RAREST = 1e-6  # a value that no list of frequencies names is taken to be this rare, not rarer
Frequencies = Mapping[str, pl.DataFrame]  # field → value, share


def compare(records: pl.DataFrame, pairs: pl.DataFrame, model: Model) -> dict[str, Levels]:
    """Field → the level of each of `pairs` (a, b: `node` in `records`, whose other columns are the model's)."""
    place = pl.DataFrame({"node": records["node"], "at": np.arange(records.height, dtype=np.uint32)})
    left = records[pairs.join(place, left_on="a", right_on="node", how="left", maintain_order="left")["at"]]
    right = records[pairs.join(place, left_on="b", right_on="node", how="left", maintain_order="left")["at"]]
    return {comparison.field: levels(left, right, comparison) for comparison in model.comparisons}


def score(
    records: pl.DataFrame, pairs: pl.DataFrame, model: Model, frequencies: Frequencies | None = None
) -> pl.DataFrame:
    """`pairs` with `weight` (log2 of the odds) and, per field, `w_<field>` and `l_<field>` (the level's name).

    `frequencies`: the share of each value, for the levels that ask for it; a value that is not there is RAREST.
    """
    reached = compare(records, pairs, model)
    columns: list[pl.Series] = []
    total = np.full(pairs.height, model.prior_weight)
    for comparison in model.comparisons:
        level = reached[comparison.field]
        weights = np.array([item.weight for item in comparison.levels] + [0.0])[level]
        known = (frequencies or {}).get(comparison.field)
        if known is not None:
            weights = _by_frequency(weights, level, comparison, records, pairs, known)
        total += weights
        names = np.array([item.name for item in comparison.levels] + [""], dtype=object)[level]
        columns += [
            pl.Series(f"w_{comparison.field}", weights),
            pl.Series(f"l_{comparison.field}", names.tolist(), dtype=pl.String),
        ]
    return pairs.with_columns(pl.Series("weight", total), *columns)


def _by_frequency(
    weights: np.ndarray[tuple[int], np.dtype[np.float64]],
    level: Levels,
    comparison: Comparison,
    records: pl.DataFrame,
    pairs: pl.DataFrame,
    known: pl.DataFrame,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A common value says less than a rare one: u is the value's own share where the level asks for it."""
    wanted = np.array([item.frequency for item in comparison.levels] + [False])[level] & (level != UNTOLD)
    if not wanted.any():
        return weights
    values = records.select(a="node", value=comparison.field)
    shares = (
        pairs.select("a")
        .join(values, on="a", how="left", maintain_order="left")
        .join(known.select("value", "share"), on="value", how="left", maintain_order="left")["share"]
        .fill_null(RAREST)
        .clip(RAREST, 1.0)
        .to_numpy()
    )
    m = np.array([item.m for item in comparison.levels] + [1.0])[level]
    return np.where(wanted, np.log2(m / shares), weights)

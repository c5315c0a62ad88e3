"""How m and u of a model are estimated: by expectation and maximisation over candidate pairs, without any label.

Here: the estimate, and `python -m hub.linkage.train MODEL RECORDS.csv… --out FILE`, which writes a model with
new numbers. Not here: using a model (`score.py`). It is run by a developer; what runs for the hub is the reviewed file.

The levels of a model are ordered by how well they agree; the start says no more than that better levels are met more
often among matches (Winkler 1988). A class is learnt from pairs of blocking rules, so its u is that of candidate pairs.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import yaml

from hub.linkage.block import candidates
from hub.linkage.compare import UNTOLD, Levels
from hub.linkage.model import Comparison, Model, read_model
from hub.linkage.score import compare

ROUNDS = 60
_FLOOR = 0.5  # half a pair per level, so that no level has a share of 0


@dataclass(frozen=True)
class Estimated:
    """prior, and per field the m and u of each level in the model's order."""

    prior: float
    m: dict[str, list[float]]
    u: dict[str, list[float]]


def estimate(reached: Mapping[str, Levels], model: Model) -> Estimated:
    """Estimates from the levels of candidate pairs (`score.compare`); the same in any order of pairs."""
    counts, patterns = _patterns(reached, model)
    share = 0.1
    m = {c.field: _start(c) for c in model.comparisons}
    u = {c.field: _shares(patterns[c.field], counts.astype(float), len(c.levels)) for c in model.comparisons}
    for _ in range(ROUNDS):
        odds = np.full(len(counts), np.log(share / (1 - share)))
        for field, level in patterns.items():
            odds += np.append(np.log(m[field] / u[field]), 0.0)[level]
        chance = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
        share = float((chance * counts).sum() / counts.sum())
        for field, level in patterns.items():
            m[field] = _shares(level, chance * counts, len(m[field]))
            u[field] = _shares(level, (1 - chance) * counts, len(u[field]))
    return Estimated(share, {f: v.tolist() for f, v in m.items()}, {f: v.tolist() for f, v in u.items()})


def _patterns(reached: Mapping[str, Levels], model: Model) -> tuple[np.ndarray, dict[str, Levels]]:
    """Equal combinations of levels are weighed once, in a fixed order."""
    table = np.stack([reached[c.field] for c in model.comparisons], axis=1)
    distinct, counts = np.unique(table, axis=0, return_counts=True)
    return counts, {c.field: distinct[:, at] for at, c in enumerate(model.comparisons)}


def _start(comparison: Comparison) -> np.ndarray:
    weight = np.arange(len(comparison.levels), 0, -1.0) ** 3
    return np.asarray(weight / weight.sum())


def _shares(level: Levels, weight: np.ndarray, count: int) -> np.ndarray:
    told = level != UNTOLD
    found = np.bincount(level[told], weights=weight[told], minlength=count) + _FLOOR
    return np.asarray(found / found.sum())


def fitted(model: Model, estimated: Estimated, made: str) -> Model:
    """The model with new numbers and the next version."""
    comparisons = [
        msgspec.structs.replace(
            c,
            levels=[
                msgspec.structs.replace(level, m=round(m, 6), u=round(max(u, 1e-6), 6))
                for level, m, u in zip(c.levels, estimated.m[c.field], estimated.u[c.field], strict=True)
            ],
        )
        for c in model.comparisons
    ]
    return msgspec.structs.replace(
        model, prior=round(estimated.prior, 6), comparisons=comparisons, version=model.version + 1, made=made
    )


def text_of(model: Model) -> str:
    """The model as its file; what is not told is left out."""
    told = msgspec.to_builtins(model)
    for comparison in told["comparisons"]:
        comparison["levels"] = [
            {name: value for name, value in level.items() if value not in (None, False)}
            for level in comparison["levels"]
        ]
        if comparison["precision"] is None:
            del comparison["precision"]
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m hub.linkage.train", description=__doc__)
    parser.add_argument("model", type=Path, help="a model file; its levels, blocking and zones are kept")
    parser.add_argument("records", type=Path, nargs="+", help="CSV files; more than one: sides to be linked")
    parser.add_argument("--out", type=Path, required=True)
    told = parser.parse_args()
    model = read_model(told.model.read_text(encoding="utf-8"), str(told.model))
    records = read_records(told.records, model)
    pairs = candidates(records, model).pairs
    made = f"by expectation and maximisation over {pairs.height:,} candidate pairs of {records.height:,} records"
    told.out.write_text(text_of(fitted(model, estimate(compare(records, pairs, model), model), made)), encoding="utf-8")
    print(f"{told.out}: {made}")


def read_records(paths: list[Path], model: Model) -> pl.DataFrame:
    """Records of CSV files as texts without outer spaces, empty as null; `node` by order, `side` when several."""
    frames = []
    for side, path in enumerate(paths):
        frame = pl.read_csv(path, infer_schema=False).with_columns(side=pl.lit(side))
        frames.append(frame)
    texts = pl.col(model.fields()).str.strip_chars().str.to_lowercase()
    records = pl.concat(frames).with_columns(texts.replace("", None)).with_row_index("node")
    records = records.with_columns(pl.col("node").cast(pl.Int64))
    return records if len(paths) > 1 else records.drop("side")


if __name__ == "__main__":
    main()

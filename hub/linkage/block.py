"""Which pairs are worth comparing: records that are equal in all keys of a named rule.

Here: the model's own blocking, in memory. Not here: the search of core, which goes by the warehouse's indexes
(`hub/reconcile/gathering.py`). A block above its rule's cap gives no pairs, and is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from hub.linkage.model import Block, Model

_KEY = re.compile(r"^(?P<field>\w+)(?:\[(?P<start>\d+):(?P<end>\d+)\])?$")


@dataclass(frozen=True)
class Blocked:
    """pairs: a < b, each once. over: rule → sizes of the blocks that were above its cap."""

    pairs: pl.DataFrame
    over: dict[str, list[int]]


def candidates(records: pl.DataFrame, model: Model) -> Blocked:
    """All pairs that a rule of the model brings together. With a column `side`, pairs of different sides alone."""
    sided = "side" in records.columns
    found, over = [], {}
    for block in model.blocking:
        keyed = records.select("node", *(["side"] if sided else []), key=_key(block)).drop_nulls("key")
        keyed = keyed.with_columns(size=pl.len().over("key"))
        large = keyed.filter(pl.col("size") > block.cap)
        if large.height:
            over[block.name] = large.unique("key")["size"].sort().to_list()
        small = keyed.filter(pl.col("size").is_between(2, block.cap)).drop("size")
        both = small.join(small, on="key", suffix="_b").filter(pl.col("node") < pl.col("node_b"))
        if sided:
            both = both.filter(pl.col("side") != pl.col("side_b"))
        found.append(both.select(a="node", b="node_b"))
    pairs = pl.concat(found).unique() if found else pl.DataFrame(schema={"a": pl.Int64, "b": pl.Int64})
    return Blocked(pairs.sort("a", "b"), over)


def _key(block: Block) -> pl.Expr:
    """The parts of a key side by side; null when one of them is."""
    parts = []
    for key in block.keys:
        told = _KEY.match(key)
        assert told is not None, key
        part = pl.col(told["field"])
        if told["start"] is not None:
            part = part.str.slice(int(told["start"]), int(told["end"]) - int(told["start"]))
        parts.append(part)
    return pl.concat_str(parts, separator="\x1f")

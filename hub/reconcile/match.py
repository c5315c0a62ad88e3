"""Which records are one dossier: clusters out of shared numbers, with the guard against reused sequences.

Here: pure functions over frames. Not here: finding the records that may be concerned and writing the result
(`core.py`). The outcome depends only on the set of records and numbers given, never on their order.

Rules: `number` (equal dossier numbers) and `reference` (a record names another system's number, or both carry the
same receipt number or reference). Guard: when procedure, applicant and receipt date of two records are all known
and all differ, an equal number is a collision of a restarted sequence: two dossiers and a review edge. A false
fusion hurts a citizen; doubt never joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import polars as pl

WEIGHTS = {"number": 1.0, "reference": 0.95}
# node, its place in a fixed order, and the three things that a collision is judged by
EDGE_COLUMNS = ("number", "kind", "node", "place", "procedure_code", "applicant", "received_on")
GUARDS = ("procedure_code", "applicant", "received_on")


@dataclass(frozen=True)
class Matched:
    """links: node, cluster (the first member's node), rule, weight, for every given node. collisions: node pairs."""

    links: pl.DataFrame
    collisions: list[tuple[int, int]]


def match(edges: pl.DataFrame) -> Matched:
    """Cluster the nodes of `edges` (EDGE_COLUMNS; one row per node and number, shared numbers only).

    `place` orders nodes by (source, key), so that the result does not depend on how nodes were numbered.
    """
    nodes = edges.select("node", "place", *GUARDS).unique("node").sort("place")
    order = dict(zip(nodes["node"].to_list(), nodes["place"].to_list(), strict=True))
    risky = _risky_numbers(edges)
    plain = edges.filter(~pl.col("number").is_in(risky.implode()))
    joined = _Clusters(order)
    for group in plain.group_by("number").agg("node")["node"].to_list():
        for node in group[1:]:
            joined.join(group[0], node)
    doubtful = list(_pairs(edges.filter(pl.col("number").is_in(risky.implode()))))
    barriers = sorted({(a, b) for a, b, collides in doubtful if collides})
    for a, b, collides in doubtful:
        if not collides:
            joined.join(a, b)
    if barriers:
        joined = _with_barriers(joined, edges, barriers, order)
    return Matched(_links(edges, joined), [pair for pair in barriers if joined.root(pair[0]) != joined.root(pair[1])])


def _risky_numbers(edges: pl.DataFrame) -> pl.Series:
    """Numbers under which two records could differ in all three guards."""
    return (
        edges.group_by("number")
        .agg(pl.col(name).drop_nulls().n_unique().alias(name) for name in GUARDS)
        .filter(pl.all_horizontal(pl.col(name) > 1 for name in GUARDS))["number"]
    )


def _pairs(rows: pl.DataFrame) -> Iterator[tuple[int, int, bool]]:
    """Every pair of nodes under one number, first by place, and whether the pair collides."""
    for (_,), group in (
        rows.unique(["number", "node"]).sort("number", "place").group_by(["number"], maintain_order=True)
    ):
        members = group.select("node", *GUARDS).rows()
        for left, right in combinations(members, 2):
            yield left[0], right[0], _collide(left[1:], right[1:])


def _collide(left: Iterable[object], right: Iterable[object]) -> bool:
    return all(a is not None and b is not None and a != b for a, b in zip(left, right, strict=True))


class _Clusters:
    """Union-find whose root is always the member that comes first."""

    def __init__(self, order: dict[int, int]) -> None:
        self.order = order
        self.parent = {node: node for node in order}

    def root(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, a: int, b: int) -> None:
        a, b = self.root(a), self.root(b)
        if a != b:
            first, second = (a, b) if self.order[a] < self.order[b] else (b, a)
            self.parent[second] = first


def _with_barriers(
    joined: _Clusters, edges: pl.DataFrame, barriers: list[tuple[int, int]], order: dict[int, int]
) -> _Clusters:
    """Join again, pair by pair in a fixed order, refusing what would put two colliding records together.

    Only clusters that hold such a pair are taken apart; all others stay as they are.
    """
    broken = {joined.root(a) for a, b in barriers if joined.root(a) == joined.root(b)}
    if not broken:
        return joined
    again = _Clusters(order)
    for node in order:
        if joined.root(node) not in broken:
            again.join(joined.root(node), node)
    inside = edges.filter(pl.col("node").is_in([node for node in order if joined.root(node) in broken]))
    members = {node: {node} for node in order}
    apart: dict[int, set[int]] = {}
    for a, b in barriers:
        apart.setdefault(a, set()).add(b)
        apart.setdefault(b, set()).add(a)
    for a, b, collides in sorted(_pairs(inside), key=lambda pair: (order[pair[0]], order[pair[1]])):
        left, right = again.root(a), again.root(b)
        if collides or left == right or any(apart.get(node, set()) & members[right] for node in members[left]):
            continue
        again.join(left, right)
        root = again.root(left)
        members[root] = members[left] | members[right]
    return again


def _links(edges: pl.DataFrame, joined: _Clusters) -> pl.DataFrame:
    """One row per node: its cluster and by which rule it belongs there."""
    nodes = edges["node"].unique().to_list()
    clusters = pl.DataFrame(
        {"node": nodes, "cluster": [joined.root(node) for node in nodes]},
        schema={"node": pl.Int64, "cluster": pl.Int64},
    )
    size = pl.col("node").n_unique().over("cluster", "number")
    by_number = (
        edges.join(clusters, on="node")
        .with_columns((pl.col("kind") == "dossier_no").alias("own"))
        .with_columns(size.alias("size"), (pl.col("own").sum().over("cluster", "number")).alias("owners"))
        .group_by("node")
        .agg(((pl.col("size") > 1) & pl.col("own") & (pl.col("owners") > 1)).any().alias("by_number"))
    )
    alone = pl.col("node").count().over("cluster") == 1
    rule = pl.when(alone).then(pl.lit("alone")).when("by_number").then(pl.lit("number")).otherwise(pl.lit("reference"))
    return (
        clusters.join(by_number, on="node")
        .with_columns(rule.alias("rule"))
        .with_columns(pl.col("rule").replace_strict(WEIGHTS, default=1.0, return_dtype=pl.Float64).alias("weight"))
        .select("node", "cluster", "rule", "weight")
        .sort("node")
    )

"""Which records are one dossier by what they say themselves: judgements, shared numbers, the guard against reuse.

Here: pure functions over frames. Not here: finding the records that may be concerned and writing the result
(`core.py`), records that share no number (`pairing.py`). The outcome depends only on the set of records, numbers and
judgements given, never on their order.

Rules: `judgement` (a person said so), `number` (equal dossier numbers) and `reference` (a record names another
system's number, or both carry the same receipt number or reference). Guard: when procedure, applicant and receipt date
of two records are all known and all differ, an equal number is a collision of a restarted sequence: two dossiers and a
review edge. A false fusion hurts a citizen; doubt never joins. A judgement outranks numbers and guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import polars as pl

WEIGHTS = {"judgement": 1.0, "number": 1.0, "reference": 0.95}
GUARDS = ("procedure_code", "applicant", "received_on")
NODE_COLUMNS = ("node", "place", *GUARDS)  # place orders nodes by (source, key), so that numbering does not matter
EDGE_COLUMNS = ("number", "kind", "node")
Pair = tuple[int, int]


@dataclass(frozen=True)
class Judged:
    """What people said of pairs of nodes; the later judgement of a pair has replaced the earlier one."""

    same: Sequence[Pair] = ()
    different: Sequence[Pair] = ()


@dataclass(frozen=True)
class Matched:
    """links: node, cluster (the first member's node), rule, weight, for every given node.

    collisions: pairs of nodes under one number that may not be one dossier. refused: pairs judged the same that other
    judgements keep apart.
    """

    links: pl.DataFrame
    collisions: list[Pair]
    refused: list[Pair] = field(default_factory=list)


def match(nodes: pl.DataFrame, edges: pl.DataFrame, judged: Judged | None = None) -> Matched:
    """Cluster `nodes` (NODE_COLUMNS) by `edges` (EDGE_COLUMNS, one row per number and node) and by judgements."""
    judged = judged or Judged()
    places = nodes.select("node", "place")
    same = pl.DataFrame(
        {"number": range(len(judged.same)), "node": judged.same},
        schema={"number": pl.Int64, "node": pl.List(pl.Int64)},
    ).explode("node")
    groups = pl.concat([edges.select("number", "node"), same.select("number", "node").cast({"number": pl.String})])
    clusters = components(places, groups)
    risky = _guarded_clusters(nodes, edges, judged, clusters)
    guarded = nodes.join(clusters.filter(pl.col("cluster").is_in(risky.implode())), on="node", how="semi")
    if guarded.is_empty():
        return Matched(_links(edges, clusters, judged), [])
    inside = edges.join(guarded, on="node", how="semi").join(guarded, on="node")
    parted, collisions, refused = _guard(guarded.sort("place"), inside, judged)
    clusters = pl.concat([clusters.join(guarded, on="node", how="anti"), parted])
    return Matched(_links(edges, clusters, judged), collisions, refused)


def components(places: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """node, cluster: nodes of a group are together; a cluster is named by its node of the lowest place.

    `places`: node, place. `groups`: number (any group's name), node.
    """
    spread = groups.join(places, on="node").select("number", "node", label="place")
    while not spread.is_empty():
        lower = spread.with_columns(pl.col("label").min().over("number")).with_columns(
            pl.col("label").min().over("node")
        )
        if lower["label"].equals(spread["label"]):
            break
        spread = lower
    labels = places.join(spread.select("node", "label").unique("node"), on="node", how="left")
    named = places.select(label="place", cluster="node")
    return labels.with_columns(pl.coalesce("label", "place").alias("label")).join(named, on="label").select(
        "node", "cluster"
    )  # fmt: skip


def _guarded_clusters(nodes: pl.DataFrame, edges: pl.DataFrame, judged: Judged, clusters: pl.DataFrame) -> pl.Series:
    """Clusters that hold a number under which two records could differ in all guards, or a pair judged different."""
    told = edges.join(nodes.select("node", *GUARDS), on="node")
    numbers = (
        told.group_by("number")
        .agg(pl.col(name).drop_nulls().n_unique().alias(name) for name in GUARDS)
        .filter(pl.all_horizontal(pl.col(name) > 1 for name in GUARDS))["number"]
    )
    doubtful = edges.filter(pl.col("number").is_in(numbers.implode()))["node"]
    apart = pl.Series([node for pair in judged.different for node in pair], dtype=pl.Int64)
    return clusters.filter(pl.col("node").is_in(pl.concat([doubtful, apart]).implode()))["cluster"].unique()


def _guard(nodes: pl.DataFrame, edges: pl.DataFrame, judged: Judged) -> tuple[pl.DataFrame, list[Pair], list[Pair]]:
    """Join pair by pair in a fixed order, refusing what would put together two records that must stay apart."""
    order = dict(zip(nodes["node"].to_list(), nodes["place"].to_list(), strict=True))
    same = {_ordered(pair, order) for pair in judged.same if pair[0] in order and pair[1] in order}
    different = {_ordered(pair, order) for pair in judged.different if pair[0] in order and pair[1] in order} - same
    pairs = list(_pairs(edges))
    barriers = different | {(a, b) for a, b, collides in pairs if collides and (a, b) not in same}
    joined = _Clusters(order, barriers)
    refused = [pair for pair in sorted(same, key=lambda p: (order[p[0]], order[p[1]])) if not joined.join(*pair)]
    for a, b, collides in sorted(set(pairs), key=lambda pair: (order[pair[0]], order[pair[1]])):
        if not collides:
            joined.join(a, b)
    clusters = pl.DataFrame(
        {"node": list(order), "cluster": [joined.root(node) for node in order]},
        schema={"node": pl.Int64, "cluster": pl.Int64},
    )
    apart = sorted(barriers - different, key=lambda p: (order[p[0]], order[p[1]]))
    return clusters, [pair for pair in apart if joined.root(pair[0]) != joined.root(pair[1])], refused


def _ordered(pair: Pair, order: dict[int, int]) -> Pair:
    return pair if order[pair[0]] < order[pair[1]] else (pair[1], pair[0])


def _pairs(rows: pl.DataFrame) -> Iterator[tuple[int, int, bool]]:
    """Every pair of nodes under one number, first by place, and whether the pair collides."""
    ordered = rows.unique(["number", "node"]).sort("number", "place")
    for _, group in ordered.group_by(["number"], maintain_order=True):
        members = group.select("node", *GUARDS).rows()
        for left, right in combinations(members, 2):
            yield left[0], right[0], _collide(left[1:], right[1:])


def _collide(left: Iterable[object], right: Iterable[object]) -> bool:
    return all(a is not None and b is not None and a != b for a, b in zip(left, right, strict=True))


class _Clusters:
    """Union-find whose root is always the member that comes first, and which keeps the pairs of `barriers` apart."""

    def __init__(self, order: dict[int, int], barriers: Iterable[Pair]) -> None:
        self.order = order
        self.parent = {node: node for node in order}
        self.members = {node: {node} for node in order}
        self.apart: dict[int, set[int]] = {}
        for a, b in barriers:
            self.apart.setdefault(a, set()).add(b)
            self.apart.setdefault(b, set()).add(a)

    def root(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, a: int, b: int) -> bool:
        """Whether the two are together now."""
        a, b = self.root(a), self.root(b)
        if a == b:
            return True
        if any(self.apart.get(node, set()) & self.members[b] for node in self.members[a]):
            return False
        first, second = (a, b) if self.order[a] < self.order[b] else (b, a)
        self.parent[second] = first
        self.members[first] |= self.members.pop(second)
        return True


def _links(edges: pl.DataFrame, clusters: pl.DataFrame, judged: Judged) -> pl.DataFrame:
    """One row per node: its cluster and by which rule it belongs there."""
    said = pl.Series([node for pair in judged.same for node in pair], dtype=pl.Int64)
    together = pl.col("node").n_unique().over("cluster", "number") > 1
    own = pl.col("kind") == "dossier_no"
    by = (
        edges.join(clusters, on="node")
        .filter(together)
        .with_columns(own=own, owners=pl.col("node").filter(own).n_unique().over("cluster", "number"))
        .group_by("node")
        .agg(by_number=(pl.col("own") & (pl.col("owners") > 1)).any())
    )
    rule = (
        pl.when(pl.len().over("cluster") == 1)
        .then(pl.lit("alone"))
        .when("by_number")
        .then(pl.lit("number"))
        .when(pl.col("by_number").is_null() & pl.col("node").is_in(said.implode()))
        .then(pl.lit("judgement"))
        .otherwise(pl.lit("reference"))
    )
    return (
        clusters.join(by, on="node", how="left")
        .with_columns(rule=rule)
        .with_columns(weight=pl.col("rule").replace_strict(WEIGHTS, default=1.0, return_dtype=pl.Float64))
        .select("node", "cluster", "rule", "weight")
        .sort("node")
    )

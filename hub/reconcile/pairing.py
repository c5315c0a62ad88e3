"""Which clusters without a common number are one dossier: a one-to-one assignment between complementary systems.

Here: a pure function over scored pairs of records. Not here: which pairs are looked at (`gathering.py`), how a pair is
scored (`comparing.py`, `hub/linkage`), numbers and judgements (`match.py`), which come first and are never undone here.

A real dossier stands in each kind of system (one-stop, one-stop of an office that has ended, portal, national copy) at
most once, and two different accepted numbers are two dossiers: citizens do file the same procedure twice in a day. Two
clusters are joined when each is the other's best by a margin, and the pair is strong enough. What is strong but has a
rival, and what is neither strong nor weak, is a question to people: both stay dossiers of their own. The outcome
depends only on the set of pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

SLOTS = (
    ("one_stop", "portal"),
    ("one_stop", "national"),
    ("ended", "portal"),
    ("ended", "national"),
    ("portal", "national"),
    ("ended", "one_stop"),
)
RULES = ("composite", "probabilistic")
MEMBER_COLUMNS = ("node", "place", "cluster", "system", "number")
PAIR_COLUMNS = ("a", "b", "rule", "weight")


@dataclass(frozen=True)
class Limits:
    """In units of weight (log2 of the odds): from `merge` on one dossier, from `review` on a question, below `veto`
    two records that may not meet in one dossier; `margin` is how far the best must be ahead of the second."""

    merge: float
    review: float
    margin: float
    veto: float


@dataclass(frozen=True)
class Found:
    """A pair of records (nodes, the first by place first) that joined two clusters, or might."""

    a: int
    b: int
    rule: str
    weight: float


@dataclass
class Paired:
    """cluster_of: cluster → the cluster it belongs to now, for those that were joined; named by the first place."""

    cluster_of: dict[int, int] = field(default_factory=dict)
    joined: list[Found] = field(default_factory=list)
    doubts: list[tuple[Found, str]] = field(default_factory=list)  # reason: ambiguous, doubtful


@dataclass
class _Cluster:
    name: int
    place: int
    systems: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    edges: dict[int, Found] = field(default_factory=dict)
    apart: set[int] = field(default_factory=set)


def pair_up(members: pl.DataFrame, pairs: pl.DataFrame, apart: Iterable[tuple[int, int]], limits: Limits) -> Paired:
    """Join clusters of `members` (MEMBER_COLUMNS; every record of every cluster that a pair touches; `number` is the
    accepted national number or null, `system` one of one_stop, ended, portal, national) by `pairs` (PAIR_COLUMNS).

    `apart` are pairs of nodes that people or numbers keep apart.
    """
    clusters, place_of = _clusters(members, pairs, apart, limits)
    result = Paired()
    for slot in SLOTS:
        while chosen := _mutual(clusters, slot, limits, place_of):
            for found, left, right in chosen:
                result.joined.append(found)
                _merge(clusters, left, right, result.cluster_of, place_of)
    for name in sorted(result.cluster_of, key=lambda name: place_of[name]):  # the kept one always comes first
        into = result.cluster_of[name]
        result.cluster_of[name] = result.cluster_of.get(into, into)
    result.doubts = _doubts(clusters, limits, place_of)
    return result


def _clusters(
    members: pl.DataFrame, pairs: pl.DataFrame, apart: Iterable[tuple[int, int]], limits: Limits
) -> tuple[dict[int, _Cluster], dict[int, int]]:
    clusters: dict[int, _Cluster] = {}
    place_of: dict[int, int] = {}
    home: dict[int, int] = {}
    for node, place, name, system, number in members.select(MEMBER_COLUMNS).iter_rows():
        cluster = clusters.setdefault(name, _Cluster(name, place))
        cluster.place = min(cluster.place, place)
        cluster.systems.add(system)
        if number is not None:
            cluster.numbers.add(number)
        place_of[node], home[node] = place, name
    for a, b in apart:
        if a in home and b in home:
            clusters[home[a]].apart.add(home[b])
            clusters[home[b]].apart.add(home[a])
    for a, b, rule, weight in pairs.select(PAIR_COLUMNS).iter_rows():
        left, right = clusters[home[a]], clusters[home[b]]
        first, second = (a, b) if place_of[a] < place_of[b] else (b, a)
        if left is right:
            continue
        if weight < limits.veto:
            left.apart.add(right.name)
            right.apart.add(left.name)
        _keep(left, right, Found(first, second, rule, weight), place_of)
    return clusters, place_of


def _keep(left: _Cluster, right: _Cluster, found: Found, place_of: dict[int, int]) -> None:
    """Between two clusters the strongest pair speaks."""
    known = left.edges.get(right.name)
    if known is None or _rank(found, place_of) > _rank(known, place_of):
        left.edges[right.name] = right.edges[left.name] = found


def _rank(found: Found, place_of: dict[int, int]) -> tuple[float, bool, int, int]:
    return found.weight, found.rule == RULES[0], -place_of[found.a], -place_of[found.b]


def _may_meet(left: _Cluster, right: _Cluster) -> bool:
    """Complementary systems, no two accepted numbers, and nobody keeps them apart."""
    return not (left.systems & right.systems) and not (left.numbers and right.numbers) and right.name not in left.apart


def _strong(found: Found, limits: Limits) -> bool:
    return found.weight >= limits.merge or (found.rule == RULES[0] and found.weight >= limits.review)


def _mutual(
    clusters: dict[int, _Cluster], slot: Sequence[str], limits: Limits, place_of: dict[int, int]
) -> list[tuple[Found, int, int]]:
    """Pairs of clusters of this slot that are each other's best, strong, and ahead of every rival."""
    best: dict[int, tuple[Found, int]] = {}
    rival: dict[int, float] = {}
    for cluster in clusters.values():
        here = [side for side in slot if side in cluster.systems]
        if len(here) != 1 or not cluster.edges:
            continue
        other = slot[1] if here[0] == slot[0] else slot[0]
        ranked = sorted(
            (
                (found, name)
                for name, found in cluster.edges.items()
                if other in clusters[name].systems and _may_meet(cluster, clusters[name])
            ),
            key=lambda item: _rank(item[0], place_of),
            reverse=True,
        )
        if ranked:
            best[cluster.name] = ranked[0]
            rival[cluster.name] = ranked[1][0].weight if len(ranked) > 1 else float("-inf")
    chosen = []
    for name, (found, partner) in best.items():
        if partner not in best or best[partner][1] != name or clusters[name].place > clusters[partner].place:
            continue
        ahead = found.weight - max(rival[name], rival[partner]) >= limits.margin
        if ahead and _strong(found, limits):
            chosen.append((found, name, partner))
    return sorted(chosen, key=lambda item: clusters[item[1]].place)


def _merge(
    clusters: dict[int, _Cluster], left: int, right: int, cluster_of: dict[int, int], place_of: dict[int, int]
) -> None:
    """The cluster of the later place becomes part of the other."""
    kept, gone = clusters[left], clusters.pop(right)
    kept.systems |= gone.systems
    kept.numbers |= gone.numbers
    kept.apart |= gone.apart
    for name in gone.apart:
        if name in clusters:
            clusters[name].apart.add(left)
    kept.edges.pop(right, None)
    for name, found in gone.edges.items():
        if name == left or name not in clusters:
            continue
        clusters[name].edges.pop(right, None)
        known = kept.edges.get(name)
        if known is None or _rank(found, place_of) > _rank(known, place_of):
            kept.edges[name] = clusters[name].edges[left] = found
    cluster_of[right] = left


def _doubts(clusters: dict[int, _Cluster], limits: Limits, place_of: dict[int, int]) -> list[tuple[Found, str]]:
    """The best open question of each cluster, once."""
    asked: dict[tuple[int, int], tuple[Found, str]] = {}
    for cluster in clusters.values():
        open_ = [
            found
            for name, found in cluster.edges.items()
            if _may_meet(cluster, clusters[name]) and (found.weight >= limits.review or _strong(found, limits))
        ]
        if open_:
            found = max(open_, key=lambda item: _rank(item, place_of))
            asked[found.a, found.b] = (found, "ambiguous" if _strong(found, limits) else "doubtful")
    return [asked[key] for key in sorted(asked, key=lambda pair: (place_of[pair[0]], place_of[pair[1]]))]

"""Clusters that no number ties: who is joined, who is asked about, and that no order of pairs changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.reconcile.pairing import MEMBER_COLUMNS, PAIR_COLUMNS, Limits, Paired, pair_up

LIMITS = Limits(merge=10, review=4, margin=2, veto=-10)
SYSTEMS = {"p": "portal", "n": "national", "o": "one_stop"}


@dataclass(frozen=True)
class World:
    """Records named by system and number (`p1`), the ones with a national number, clusters of several, scored pairs."""

    pairs: dict[str, float]
    numbered: str = ""
    together: str = ""
    apart: str = ""
    composite: str = ""


def run(world: World, order: Sequence[int] | None = None) -> tuple[set[frozenset[str]], dict[frozenset[str], str]]:
    """Groups of several and questions (pair → reason), by names."""
    names = sorted(
        {name for pair in world.pairs for name in pair.split("-")} | set(world.together.replace("+", " ").split())
    )
    node = {name: at + 1 for at, name in enumerate(names)}
    home = {
        name: min(group.split("+"), key=node.__getitem__)
        for group in world.together.split()
        for name in group.split("+")
    }
    members = [
        (node[n], node[n], node[home.get(n, n)], SYSTEMS[n[0]], n if n in world.numbered.split() else None)
        for n in names
    ]
    rows = []
    for pair, weight in world.pairs.items():
        a, b = pair.split("-")
        rows.append((node[a], node[b], "composite" if pair in world.composite.split() else "probabilistic", weight))
    if order is not None:
        rows = [rows[i] if i % 2 else (rows[i][1], rows[i][0], *rows[i][2:]) for i in order]
        members = members[::-1]
    barred = [tuple(node[n] for n in pair.split("-")) for pair in world.apart.split()]
    found: Paired = pair_up(
        pl.DataFrame(members, schema=list(MEMBER_COLUMNS), orient="row"),
        pl.DataFrame(rows, schema=list(PAIR_COLUMNS), orient="row"),
        [(a, b) for a, b in barred],
        LIMITS,
    )
    name = {number: n for n, number in node.items()}
    groups: dict[int, set[str]] = {}
    for n in names:
        cluster = node[home.get(n, n)]
        groups.setdefault(found.cluster_of.get(cluster, cluster), set()).add(n)
    asked = {frozenset((name[f.a], name[f.b])): reason for f, reason in found.doubts}
    return {frozenset(g) for g in groups.values() if len(g) > 1}, asked


CASES: dict[str, tuple[World, str, dict[str, str]]] = {
    "strong and alone": (World({"o1-p1": 12}), "o1+p1", {}),
    "neither strong nor weak": (World({"o1-p1": 6}), "", {"o1-p1": "doubtful"}),
    "weak": (World({"o1-p1": 3}), "", {}),
    "same procedure and identity": (World({"o1-p1": 6}, composite="o1-p1"), "o1+p1", {}),
    "two copies of one system": (World({"p1-p2": 20}), "", {}),
    "two accepted numbers are two dossiers": (World({"o1-p1": 20}, numbered="o1 p1"), "", {}),
    "one accepted number": (World({"o1-p1": 12}, numbered="o1"), "o1+p1", {}),
    "twins that nothing tells apart": (
        World({"o1-p1": 12, "o1-p2": 12, "o2-p1": 12, "o2-p2": 12}),
        "",
        {"o1-p1": "ambiguous", "o2-p1": "ambiguous", "o1-p2": "ambiguous"},
    ),
    "twins told apart by the minute": (
        World({"o1-p1": 20, "o1-p2": 12, "o2-p1": 12, "o2-p2": 20}), "o1+p1 o2+p2", {}
    ),
    "a rival that is too near": (World({"o1-p1": 12, "o1-p2": 11}), "", {"o1-p1": "ambiguous", "o1-p2": "ambiguous"}),
    "a rival that is far": (World({"o1-p1": 15, "o1-p2": 11}), "o1+p1", {}),
    "the best of one has a better": (World({"o1-p1": 12, "o2-p1": 15}), "o2+p1", {}),
    "when the better is gone the second is the best": (
        World({"o1-p1": 12, "o2-p1": 16, "o1-p2": 9}), "o2+p1", {"o1-p2": "doubtful"}
    ),
    "all three systems": (World({"o1-p1": 12, "n1-o1": 12, "n1-p1": 5}), "o1+p1+n1", {}),
    "the copy of a cluster that a number made": (World({"n1-p1": 12}, together="o1+p1"), "o1+p1+n1", {}),
    "a cluster has this system already": (World({"n1-p1": 12}, together="n2+o1+p1", numbered="o1"), "n2+o1+p1", {}),
    "people said they are two": (World({"o1-p1": 20}, apart="o1-p1"), "", {}),
    "a member speaks loudly against it": (World({"o1-p1": 12, "n1-o1": -15}, together="n1+p1"), "n1+p1", {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_cases(case: str) -> None:
    world, groups, asked = CASES[case]
    found, doubts = run(world)
    assert found == {frozenset(group.split("+")) for group in groups.split()}
    assert doubts == {frozenset(pair.split("-")): reason for pair, reason in asked.items()}


PAIRS = st.dictionaries(
    st.sampled_from([f"{a}-{b}" for a in ("n1", "n2", "o1", "o2") for b in ("o1", "o2", "p1", "p2", "p3") if a < b]),
    st.sampled_from([-12.0, 3, 5, 9, 10, 11, 12, 13, 16, 20]),
    min_size=1,
    max_size=9,
)


@settings(max_examples=120, deadline=None)
@given(pairs=PAIRS, numbered=st.sets(st.sampled_from(["n1", "o1", "o2", "p1", "p2"])), data=st.data())
def test_the_order_of_pairs_does_not_matter_and_the_promises_hold(
    pairs: dict[str, float], numbered: set[str], data: st.DataObject
) -> None:
    world = World(pairs, numbered=" ".join(numbered))
    groups, asked = run(world)
    assert run(world, data.draw(st.permutations(range(len(pairs))))) == (groups, asked)
    for group in groups:
        assert len({name[0] for name in group}) == len(group), "each system at most once"
        assert len(group & numbered) <= 1, "two accepted numbers are two dossiers"
        assert all(pairs.get(f"{a}-{b}", 0) > -10 for a in group for b in group if a < b)
    for pair in asked:
        assert not any(pair <= group for group in groups)

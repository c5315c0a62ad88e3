"""From weights to things: groups of records, or partners one to one.

Here: pure functions over scored pairs. Not here: dossiers, whose systems and numbers have a say as well
(`hub/reconcile/pairing.py`). Ties are broken by nothing: what nothing tells apart is not joined by chance.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from hub.linkage.model import Zones


def partners(scored: pl.DataFrame, zones: Zones) -> pl.DataFrame:
    """One to one: pairs (a, b) that are each other's best by the margin and weigh at least `merge`.

    `scored`: a, b, weight; a and b are of two sides.
    """
    taken = scored.clear()
    rest = scored.filter(pl.col("weight") >= zones.merge)
    while rest.height:
        best = rest.filter(_ahead("a", zones.margin) & _ahead("b", zones.margin))
        if best.is_empty():
            break
        taken = pl.concat([taken, best])
        rest = rest.join(best, on="a", how="anti").join(best, on="b", how="anti")
    return taken.sort("a", "b")


def _ahead(side: str, margin: float) -> pl.Expr:
    """The best of its side, and ahead of the second by the margin; a tie is nobody's."""
    second = pl.col("weight").sort(descending=True).slice(1, 1).first().over(side)
    first = pl.col("weight") == pl.col("weight").max().over(side)
    return first & (second.is_null() | (pl.col("weight") - second >= max(margin, 1e-9)))


def groups(nodes: Iterable[int], scored: pl.DataFrame, zones: Zones) -> dict[int, int]:
    """node → the first node of its group. Two groups become one, strongest pair first, when all pairs between them
    weigh at least `merge` on the average: one chance likeness does not chain two things together. A pair that no rule
    of blocking brought together weighs `unseen`.
    """
    weight_of = {(a, b): w for a, b, w in scored.select("a", "b", "weight").iter_rows()}
    home = {node: node for node in nodes}
    members = {node: [node] for node in home}
    strong = scored.filter(pl.col("weight") >= zones.merge).sort(["weight", "a", "b"], descending=[True, False, False])
    for a, b in strong.select("a", "b").iter_rows():
        left, right = sorted((home[a], home[b]))
        if left == right:
            continue
        between = [
            weight_of.get((x, y) if x < y else (y, x), zones.unseen) for x in members[left] for y in members[right]
        ]
        if sum(between) / len(between) < zones.merge:
            continue
        for node in members[right]:
            home[node] = left
        members[left] += members.pop(right)
    return home

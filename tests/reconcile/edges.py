"""Records with numbers, and what the matcher makes of them, by the records' names.

Here: the matcher's input out of a few words per record. Not here: what must come out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from hub.reconcile.match import Judged, match

EDGES = {"number": pl.String, "kind": pl.String, "node": pl.Int64}
NODES = {
    "node": pl.Int64,
    "place": pl.Int64,
    "procedure_code": pl.String,
    "applicant": pl.String,
    "received_on": pl.String,
}


@dataclass(frozen=True)
class Rec:
    """A record: its own numbers, the numbers that it refers to, and what a collision is judged by."""

    own: Sequence[str] = ()
    refers: Sequence[str] = ()
    procedure: str | None = None
    applicant: str | None = None
    day: str | None = None

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """(number, kind)"""
        return [(n, "dossier_no") for n in self.own] + [(n, "alt_dossier_no") for n in self.refers]

    def collides(self, other: Rec) -> bool:
        """All three known and all three different."""
        mine = (self.procedure, self.applicant, self.day)
        theirs = (other.procedure, other.applicant, other.day)
        return all(a is not None and b is not None and a != b for a, b in zip(mine, theirs, strict=True))


@dataclass
class Found:
    """Groups of names, the rule of each record, and the colliding pairs, all free of node numbers."""

    groups: set[frozenset[str]] = field(default_factory=set)
    rules: dict[str, str] = field(default_factory=dict)
    collisions: set[frozenset[str]] = field(default_factory=set)
    refused: set[frozenset[str]] = field(default_factory=set)
    firsts: dict[frozenset[str], str] = field(default_factory=dict)


def matched(
    records: Mapping[str, Rec],
    rows: Sequence[int] | None = None,
    nodes: Mapping[str, int] | None = None,
    same: str = "",
    different: str = "",
) -> Found:
    """Match the records. `rows` puts the input rows in another order, `nodes` gives the records other numbers.

    `same`, `different`: pairs of names that somebody judged, as "ab cd".
    """
    number_of = nodes or {name: at + 1 for at, name in enumerate(records)}
    carried = Counter(number for record in records.values() for number in {n for n, _ in record.numbers})
    table = [
        (number, kind, number_of[name])
        for name, record in sorted(records.items())
        for number, kind in record.numbers
        if carried[number] > 1
    ]
    known = [
        (number_of[name], place, record.procedure, record.applicant, record.day)
        for place, (name, record) in enumerate(sorted(records.items()))
        if any(carried[number] > 1 for number, _ in record.numbers) or name in same + different
    ]
    ordered = table if rows is None else [table[at] for at in sorted(range(len(table)), key=lambda i: rows[i])]
    judged = Judged(*([(number_of[a], number_of[b]) for a, b in pairs.split()] for pairs in (same, different)))
    edges = pl.DataFrame(ordered, schema=EDGES, orient="row")
    result = match(pl.DataFrame(known, schema=NODES, orient="row"), edges, judged)
    names = {node: name for name, node in number_of.items()}
    members: dict[int, set[str]] = {}
    for node, cluster, *_ in result.links.rows():
        members.setdefault(cluster, set()).add(names[node])
    found = Found(firsts={frozenset(group): names[cluster] for cluster, group in members.items()})
    found.groups = set(found.firsts)
    found.rules = {names[node]: rule for node, _, rule, _ in result.links.rows()}
    found.collisions = {frozenset({names[a], names[b]}) for a, b in result.collisions}
    found.refused = {frozenset({names[a], names[b]}) for a, b in result.refused}
    return found

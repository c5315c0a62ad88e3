"""Clusters of the gathered records, and what the warehouse keeps of them: map, numbers, redirects, reviews, evidence.

Here: the order of the four tiers (judgements and numbers in `match.py`, content in `comparing.py` and `pairing.py`) and
the writing of their outcome. Not here: which records are looked at (`gathering.py`), values (`core.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
import psycopg

from hub.reconcile.comparing import compared, limits
from hub.reconcile.gathering import SYSTEM, analyse
from hub.reconcile.match import Judged, Matched, match
from hub.reconcile.pairing import Paired, pair_up
from hub.reconcile.standpoint import standpoints
from hub.warehouse import staging, statistics
from hub.warehouse.reading import read
from hub.warehouse.statements import run, text
from schemas.tables import core

Connection = psycopg.Connection[Any]
STAGING = ("link", "moved", "cluster", "member", "held", "gone", "doubt", "evidence", "stand")
_NODES = {
    "node": pl.Int64,
    "place": pl.Int64,
    "procedure_code": pl.String,
    "applicant": pl.String,
    "received_on": pl.String,
}
_EDGES = {"number": pl.String, "kind": pl.String, "node": pl.Int64}
_SHARED = "select number, kind, node from pg_temp.staged_shared"
_SAID = "select judgement_id, node_a, node_b, verdict, machine_said, is_new from pg_temp.staged_judged"
_JUDGED = {
    "judgement_id": pl.Int64,
    "a": pl.Int64,
    "b": pl.Int64,
    "verdict": pl.String,
    "machine_said": pl.String,
    "is_new": pl.Boolean,
}
_NEW = {core.DOSSIER_SOURCE: "source_new", core.DOSSIER_NUMBER: "number_new"}
_MEMBERS = {"node": pl.Int64, "place": pl.Int64, "cluster": pl.Int64, "system": pl.String, "number": pl.String}


@dataclass(frozen=True)
class Clustered:
    """How many questions stand among the gathered records, how many pairs content has joined, and whether any dossier
    is new, or known."""

    reviews: int
    joined: int
    any_new: bool
    any_known: bool


def cluster(connection: Connection, now: datetime) -> Clustered:
    """Match, give ids, and write the map, the numbers, the redirects, the evidence and the reviews."""
    judged = read(connection, _SAID, _JUDGED)
    run(connection, "core/shared")
    nodes, edges = read(connection, text("core/shared_nodes"), _NODES), read(connection, _SHARED, _EDGES)
    said = Judged(*(list(judged.filter(verdict=v).select("a", "b").iter_rows()) for v in ("same", "different")))
    matched = match(nodes, edges, said)
    _put(connection, "link", matched.links)
    paired, scored = _by_content(connection, [*matched.collisions, *said.different, *matched.refused])
    stands = standpoints(judged, nodes, edges, scored, limits())
    _put(connection, "stand", stands.select("judgement_id", "machine_said"))
    doubts = _doubts(matched, paired, stands)
    _put(connection, "doubt", doubts)
    analyse(connection, "link")
    run(connection, "core/clusters")
    analyse(connection, "cluster")
    run(connection, "core/members")
    analyse(connection, "member")
    new = {table: run(connection, f"core/{step}").rowcount for table, step in _NEW.items()}
    statistics.refresh_own(connection, new)
    any_new, any_known = _novelty(connection)
    if any_known:
        for step in ("gone", "redirect", "redirect_chain", "source", "number_held"):
            run(connection, f"core/{step}", {"now": now} if step == "redirect" else None)
        analyse(connection, "held")
        for step in ("number_gone", "number"):
            run(connection, f"core/{step}")
    _evidence(connection, paired, scored)
    run(connection, "core/review_gone")  # first, as in all pairs of this kind: it looks among what stood before alone
    run(connection, "core/review", {"now": now})
    return Clustered(doubts.height, len(paired.joined), any_new, any_known)


def _novelty(connection: Connection) -> tuple[bool, bool]:
    """Whether any dossier is new, and whether core knows any: in a first load it knows none."""
    row = connection.execute("select bool_or(is_new), bool_or(not is_new) from pg_temp.staged_cluster").fetchone()
    return (bool(row[0]), bool(row[1])) if row else (False, False)


def _put(connection: Connection, name: str, frame: pl.DataFrame) -> None:
    if frame.height:
        staging.copy(connection, staging.table(name), *staging.encode(frame))


def _by_content(connection: Connection, apart: list[tuple[int, int]]) -> tuple[Paired, pl.DataFrame]:
    """Join what numbers left apart, and move the joined clusters' records in staged_link."""
    pairs = compared(connection)
    if pairs.is_empty():
        return Paired(), pairs
    analyse(connection, "link")
    members = read(connection, text("core/pair_members").replace("{system}", SYSTEM), _MEMBERS)
    paired = pair_up(members, pairs, apart, limits())
    moved = pl.DataFrame(
        {"cluster": list(paired.cluster_of), "into": list(paired.cluster_of.values())},
        schema={"cluster": pl.Int64, "into": pl.Int64},
    )
    if moved.is_empty():
        return paired, pairs
    ends = [(node, found.rule, found.weight) for found in paired.joined for node in (found.a, found.b)]
    told = pl.DataFrame(ends, schema={"node": pl.Int64, "rule": pl.String, "weight": pl.Float64}, orient="row")
    told = told.sort("weight").unique("node", keep="last")
    now = (
        members.join(moved, on="cluster", how="left")
        .with_columns(pl.coalesce("into", "cluster").alias("cluster"))
        .join(told, on="node", how="left")
        .select("node", "cluster", "rule", "weight")
    )
    _put(connection, "moved", now)
    run(connection, "core/moved")
    return paired, pairs


def _doubts(matched: Matched, paired: Paired, stands: pl.DataFrame) -> pl.DataFrame:
    """a, b, reason, weight: what people are asked. A judged pair is asked about again only when judgements disagree, or
    when the machine now says the opposite and did not at the time of the judgement."""
    judged = {frozenset(pair) for pair in stands.select("a", "b").iter_rows()}
    rows: list[tuple[int, int, str, float | None]]
    rows = [(a, b, "number_collision", None) for a, b in matched.collisions]
    rows += [(found.a, found.b, reason, found.weight) for found, reason in paired.doubts]
    rows = [row for row in rows if frozenset(row[:2]) not in judged]
    rows += [(a, b, "judgements_disagree", None) for a, b in matched.refused]
    rows += [
        (a, b, "judgement_contradicted", None) for a, b in stands.filter("contradicted").select("a", "b").iter_rows()
    ]
    schema = {"a": pl.Int64, "b": pl.Int64, "reason": pl.String, "weight": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").unique(["a", "b"], keep="last")


def _evidence(connection: Connection, paired: Paired, scored: pl.DataFrame) -> None:
    """Keep, for each pair that joined or is asked about, what each field spoke for or against, in weights."""
    told = [(found.a, found.b, found.rule) for found in [*paired.joined, *(found for found, _ in paired.doubts)]]
    if told:
        frame = pl.DataFrame(told, schema={"a": pl.Int64, "b": pl.Int64, "rule": pl.String}, orient="row")
        either = pl.concat([scored, scored.rename({"a": "b", "b": "a"}).select(scored.columns)])
        rows = frame.join(either.select("a", "b", "weight", "evidence"), on=["a", "b"]).unique(["a", "b"])
        _put(connection, "evidence", rows)
    run(connection, "core/evidence_gone")
    run(connection, "core/evidence")

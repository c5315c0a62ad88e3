"""How right a warehouse is, as shares of one: pure functions over the truth's frames and what was found.

Here: the measures of `hub sandbox verify --score`. Not here: reading (`verify.py`), the exact comparison
(`compare.py`). What a warehouse does not have counts as nothing found: no pair, no verdict, no accusation.
A rule is judged on golden values: by those dossiers that have the truth's own in everything that a rule reads. Other
dossiers are counted by fields_right, and overdue_judged tells which part of the true verdicts remains.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from hub.sandbox.compare import COMPARED, RECORD, Frames
from hub.sandbox.verdicts import NEEDED, RULES

READ = tuple(name for name in COMPARED if name in NEEDED)
COARSE = "qd766_dvcqg_v1"  # knows no early


def score(expected: Frames, found: Frames) -> Iterator[tuple[str, float]]:
    """Measures by name, each 0..1; review_share is review questions per record.

    expected: the truth's members, dossiers, undetermined, due_dates, verdicts, behaviours, links. found: members,
    dossiers (with legal_due_at), verdicts, behaviours, links with dossier_id in place of true_id (next_dossier_id),
    legs (journey_id, dossier_id), and reviews with the one number `count`.
    """
    members = expected["members"].join(found["members"], on=RECORD, how="full", coalesce=True)
    both = members.drop_nulls(["true_id", "dossier_id"])
    right = _pair_count(both, "true_id", "dossier_id")
    yield "pairs_precision", _share(right, _pair_count(found["members"], "dossier_id"))
    yield "pairs_recall", _share(right, _pair_count(expected["members"], "true_id"))
    yield "clusters_exact", _clusters(expected["members"], found["members"], both)
    owners = _owners(both)
    yield "fields_right", _fields(owners, expected, found["dossiers"])
    yield "due_dates_right", _due_dates(owners, expected["due_dates"], found["dossiers"])
    golden = _golden(owners, expected["dossiers"], found["dossiers"])
    judged = expected["verdicts"].join(golden, on="true_id")
    yield "overdue_judged", _share(judged.height, expected["verdicts"].height)
    for rule_id in RULES:
        yield f"overdue_right_{rule_id}", _verdicts(rule_id, judged, found["verdicts"])
    hidden = expected["undetermined"].rename({"field": "kind"})
    yield from _behaviours(both, expected["behaviours"], hidden, found["behaviours"])
    yield "review_share", int(found["reviews"]["count"][0]) / max(1, expected["members"].height)
    yield "links_right", _links(owners, expected["links"], found["links"])
    yield "journeys_right", _journeys(owners, expected, found["legs"])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _pair_count(members: pl.DataFrame, *by: str) -> int:
    sizes = members.group_by(by).len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _clusters(truth: pl.DataFrame, found: pl.DataFrame, both: pl.DataFrame) -> float:
    """True dossiers whose records are exactly those of one dossier of the warehouse."""
    shared = both.group_by("true_id", "dossier_id").len("shared")
    sizes = shared.join(truth.group_by("true_id").len("true"), on="true_id").join(
        found.group_by("dossier_id").len("held"), on="dossier_id"
    )
    exact = sizes.filter((pl.col("shared") == pl.col("true")) & (pl.col("shared") == pl.col("held"))).height
    return _share(exact, truth["true_id"].n_unique())


def _owners(both: pl.DataFrame) -> pl.DataFrame:
    """The dossier that stands for each true one: that which holds most of its records."""
    counts = both.group_by("true_id", "dossier_id").len("n")
    return (
        counts.sort("true_id", "n", "dossier_id", descending=[False, True, False])
        .unique("true_id", keep="first", maintain_order=True)
        .select("true_id", "dossier_id")
    )


def _fields(owners: pl.DataFrame, expected: Frames, found: pl.DataFrame) -> float:
    """Values that are right among those that the truth can judge; of a dossier that is nowhere none is."""
    both = expected["dossiers"].join(owners, on="true_id", how="left")
    both = both.join(found, on="dossier_id", how="left", suffix="_found")
    right = whole = 0
    for name in COMPARED:
        doubtful = expected["undetermined"].filter(pl.col("field") == name)
        judged = both.join(doubtful, on="true_id", how="anti")
        whole += judged.height
        held = pl.col("dossier_id").is_in(found["dossier_id"].implode())
        right += judged.filter(held & pl.col(name).eq_missing(pl.col(name + "_found"))).height
    return _share(right, whole)


def _due_dates(owners: pl.DataFrame, truth: pl.DataFrame, found: pl.DataFrame) -> float:
    both = truth.join(owners, on="true_id").join(found, on="dossier_id", suffix="_found")
    return _share(both.filter(pl.col("legal_due_at") == pl.col("legal_due_at_found")).height, truth.height)


def _golden(owners: pl.DataFrame, truth: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Of the true dossiers those whose dossier has the truth's values in all that a rule reads."""
    both = truth.join(owners, on="true_id").join(found, on="dossier_id", suffix="_found")
    return both.filter(pl.col(name).eq_missing(pl.col(name + "_found")) for name in READ).select(owners.columns)


def _verdicts(rule_id: str, judged: pl.DataFrame, found: pl.DataFrame) -> float:
    """Of the verdicts that are judged, those that the rule gave so; the national rule makes no difference for early."""
    mine = judged.filter(pl.col("rule_id") == rule_id)
    said = found.filter(pl.col("rule_id") == rule_id)
    both = mine.join(said, on="dossier_id", suffix="_found")
    outcome = pl.col("outcome_found")
    if rule_id == COARSE:
        outcome = outcome.replace("early", "on_time")
    return _share(both.filter(pl.col("outcome") == outcome).height, mine.height)


def _behaviours(
    both: pl.DataFrame, truth: pl.DataFrame, hidden: pl.DataFrame, found: pl.DataFrame
) -> Iterator[tuple[str, float]]:
    """Accusations by dossier and kind; in precision one counts that fits any true dossier behind it. Recall is of those
    that records can tell: what is hidden may be found or not."""
    pairs = both.select("true_id", "dossier_id").unique()
    accused = found.select("dossier_id", "kind").unique()
    guilty = truth.select("true_id", "kind").unique()
    right = accused.join(pairs, on="dossier_id").join(guilty, on=["true_id", "kind"])
    yield "behaviour_precision", _share(right.select("dossier_id", "kind").unique().height, accused.height)
    precise, guilty = right, guilty.join(hidden, on=["true_id", "kind"], how="anti")
    right = right.join(hidden, on=["true_id", "kind"], how="anti")
    yield "behaviour_recall", _share(right.select("true_id", "kind").unique().height, guilty.height)
    for kind in guilty["kind"].unique().sort():
        told = right.filter(pl.col("kind") == kind).select("true_id").unique().height
        yield f"behaviour_recall_{kind}", _share(told, guilty.filter(pl.col("kind") == kind).height)
    for kind in accused["kind"].unique().sort():
        fits = precise.filter(pl.col("kind") == kind).select("dossier_id").unique().height
        yield f"behaviour_precision_{kind}", _share(fits, accused.filter(pl.col("kind") == kind).height)


def _links(owners: pl.DataFrame, truth: pl.DataFrame, found: pl.DataFrame) -> float:
    """Links found and true, among all that are found or true."""
    next_ = owners.select(next_true_id="true_id", next_dossier_id="dossier_id")
    known = truth.join(owners, on="true_id").join(next_, on="next_true_id").select("dossier_id", "next_dossier_id")
    right = known.unique().join(found.unique(), on=["dossier_id", "next_dossier_id"]).height
    return _share(right, truth.height + found.unique().height - right)


def _journeys(owners: pl.DataFrame, expected: Frames, legs: pl.DataFrame) -> float:
    """Journeys with exactly the legs of a true one, among all that are found or true. A dossier is continued once at
    most and no leg twice, so that a true journey is a pair; one that is not counted by any figure is no leg."""
    dossiers = expected["dossiers"]
    is_counted = ~pl.col("is_deleted") & ~pl.col("status").is_in([1, 3]) & pl.col("received_at").is_not_null()
    counted = dossiers.filter(is_counted)["true_id"].implode()
    home = dict(owners.rows())
    links = expected["links"].filter(pl.col("true_id").is_in(counted), pl.col("next_true_id").is_in(counted))
    true = {frozenset((home.get(a, -a), home.get(b, -b))) for a, b in links.rows()}
    mine = {frozenset(ids) for ids in legs.group_by("journey_id").agg("dossier_id")["dossier_id"].to_list()}
    return _share(len(true & mine), len(true | mine))

"""What a warehouse shows, compared with the truth: pure functions over frames.

Here: the kinds of differences and how each is found. Not here: reading the warehouse (`verify.py`) and making the
truth (`truth.py`). Subjects name records, dossiers and fields; details hold codes, counts and times, never names,
identity numbers or phones, which no compared field carries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from hub.sandbox.ii06a import COLUMNS, GROUPS
from hub.sandbox.truth import CHILD_TYPES

COMPARED = (
    "dossier_no",
    "procedure_code",
    "field_name",
    "receiving_agency_code",
    "processing_agency_code",
    "channel",
    "return_method",
    "applicant_type",
    "status",
    "submitted_at",
    "received_at",
    "due_at",
    "original_due_at",
    "finished_at",
    "returned_at",
    "rejected_at",
    "withdrawn_at",
    "supplement_count",
    "paid_online",
    "digitised",
    "result_is_electronic",
    "source_count",
    "is_deleted",
)
RECORD = ("source_id", "source_key")
PERIOD = ("start", "end")
Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is wrong. Kinds: missing, doubled, split, fused, field:<name>, child:<type>, quarantine, drift,
    ho_so, ii06a. `subject` says where, `detail` what was expected and what was found."""

    kind: str
    subject: str
    detail: str


def compare(expected: Frames, found: Frames) -> list[Difference]:
    """All differences, by kind.

    expected: the truth's `dossiers`, `members`, `children`, `quarantine`, `drift`, and `ii06a` (PERIOD, GROUPS,
    COLUMNS). found: the same names with `dossier_id` in place of `true_id`, and `ho_so` with the one number `count`.
    """
    members = expected["members"].join(found["members"], on=RECORD, how="left")
    differences = [
        *_identity(members, expected, found),
        *_fields(members, expected["dossiers"], found["dossiers"]),
        *_children(members, expected["children"], found["children"]),
        *_sets("quarantine", expected["quarantine"], found["quarantine"], both_ways=True),
        *_sets("drift", expected["drift"], found["drift"], both_ways=False),
        *_figures(expected["ii06a"], found["ii06a"]),
    ]
    shown = expected["dossiers"].filter(~pl.col("is_deleted")).height
    counted = int(found["ho_so"]["count"][0])
    if shown != counted:
        differences.append(Difference("ho_so", "bi.ho_so", _told(shown, counted)))
    return differences


def tally(differences: list[Difference]) -> dict[str, int]:
    """How many differences of each kind."""
    return dict(sorted(Counter(difference.kind for difference in differences).items()))


def _told(expected: object, found: object) -> str:
    return f"expected {expected}, found {found}"


def _identity(members: pl.DataFrame, expected: Frames, found: Frames) -> list[Difference]:
    """Records that are nowhere, that nobody expected, or that are grouped otherwise than in truth."""
    lost = members.filter(pl.col("dossier_id").is_null())
    known = members.filter(pl.col("dossier_id").is_not_null())
    extra = found["members"].join(expected["members"], on=RECORD, how="anti")
    rowless = known.join(found["dossiers"], on="dossier_id", how="anti")
    childless = found["dossiers"].join(found["members"], on="dossier_id", how="anti")
    differences = [
        *_records("missing", lost, "the record belongs to no dossier"),
        *_records("missing", rowless, "its dossier has no row"),
        *_records("doubled", extra, "no such record is expected"),
    ]
    for dossier_id in childless["dossier_id"].sort().to_list():
        differences.append(Difference("doubled", f"dossier {dossier_id}", "it has no record"))
    for kind, one, other in (("split", "true_id", "dossier_id"), ("fused", "dossier_id", "true_id")):
        groups = known.group_by(one).agg(n=pl.col(other).n_unique(), keys=pl.col("source_key").sort())
        for _, count, keys in groups.filter(pl.col("n") > 1).sort(one).rows():
            differences.append(Difference(kind, ", ".join(keys), f"{count} instead of 1"))
    return differences


def _records(kind: str, rows: pl.DataFrame, detail: str) -> list[Difference]:
    return [Difference(kind, f"{source} {key}", detail) for source, key in rows.select(RECORD).sort(RECORD).rows()]


def _pairs(members: pl.DataFrame) -> pl.DataFrame:
    """True dossiers and warehouse dossiers that stand for one another alone."""
    pairs = members.select("true_id", "dossier_id").drop_nulls().unique()
    return pairs.filter(pl.col("true_id").is_unique() & pl.col("dossier_id").is_unique())


def _fields(members: pl.DataFrame, truth: pl.DataFrame, found: pl.DataFrame) -> list[Difference]:
    both = _pairs(members).join(truth, on="true_id").join(found, on="dossier_id", suffix="_found").sort("true_id")
    differences: list[Difference] = []
    for name in COMPARED:
        said = pl.col(name + "_found")
        wrong = both.filter(pl.col(name).ne_missing(said))
        rows = wrong.select(pl.col("dossier_no").alias("number"), name, said).rows()
        differences += [Difference(f"field:{name}", str(number), _told(a, b)) for number, a, b in rows]
    return differences


def _children(members: pl.DataFrame, truth: pl.DataFrame, found: pl.DataFrame) -> list[Difference]:
    pairs = _pairs(members)
    both = pairs.join(truth, on="true_id").join(found, on="dossier_id", how="left", suffix="_found").sort("true_id")
    differences: list[Difference] = []
    for kind in CHILD_TYPES:
        count = pl.col(kind + "_found").fill_null(0)
        wrong = both.filter(pl.col(kind) != count).select("dossier_id", kind, count)
        differences += [Difference(f"child:{kind}", f"dossier {i}", _told(a, b)) for i, a, b in wrong.rows()]
    return differences


def _sets(kind: str, expected: pl.DataFrame, found: pl.DataFrame, both_ways: bool) -> list[Difference]:
    columns = expected.columns
    lacking = expected.unique().join(found, on=columns, how="anti").sort(columns)
    extra = found.unique().join(expected, on=columns, how="anti").sort(columns) if both_ways else expected.clear()
    return [
        *(Difference(kind, " ".join(row), "expected, not found") for row in lacking.rows()),
        *(Difference(kind, " ".join(row), "found, not expected") for row in extra.select(columns).rows()),
    ]


def _figures(expected: pl.DataFrame, found: pl.DataFrame) -> list[Difference]:
    keys = [*PERIOD, *GROUPS]
    both = expected.join(found, on=keys, how="full", coalesce=True, nulls_equal=True, suffix="_found").sort(
        keys, nulls_last=True
    )
    differences: list[Difference] = []
    for name in COLUMNS:
        a, b = pl.col(name).fill_null(0), pl.col(name + "_found").fill_null(0)
        for start, end, agency, field, should, did in both.filter(a != b).select(*keys, a, b).rows():
            differences.append(Difference("ii06a", f"{start}..{end} {agency} «{field}» {name}", _told(should, did)))
    return differences

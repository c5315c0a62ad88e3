"""Each kind of mistake of a warehouse is found, named and counted, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from hub.sandbox.compare import COMPARED, Difference, compare, tally
from hub.sandbox.ii06a import expected_ii06a, periods_before
from hub.sandbox.truth import CHILD_TYPES
from hub.sandbox.world import World

Frames = dict[str, pl.DataFrame]
DOSSIER_ID = (pl.col("true_id") + 1000).alias("dossier_id")


@pytest.fixture(scope="module")
def expected(daily: World) -> Frames:
    spans = periods_before(daily.today.date())
    forms = [
        expected_ii06a(daily.truth.dossiers, start, end).with_columns(start=pl.lit(start), end=pl.lit(end))
        for start, end in spans
    ]
    return {**daily.truth.frames, "ii06a": pl.concat(forms)}


@pytest.fixture
def found(expected: Frames) -> Frames:
    """What a perfect warehouse shows."""
    shown = expected["dossiers"].filter(~pl.col("is_deleted")).height
    return {
        "dossiers": expected["dossiers"].select(DOSSIER_ID, *COMPARED),
        "members": expected["members"].select(DOSSIER_ID, "source_id", "source_key"),
        "children": expected["children"].select(DOSSIER_ID, *CHILD_TYPES),
        "quarantine": expected["quarantine"],
        "drift": expected["drift"],
        "ii06a": expected["ii06a"],
        "ho_so": pl.DataFrame({"count": [shown]}),
    }


def kinds(expected: Frames, found: Frames) -> dict[str, int]:
    return tally(compare(expected, found))


def pair(expected: Frames) -> tuple[int, int]:
    """Two true dossiers with two records each."""
    both = expected["members"].filter(pl.col("true_id").is_duplicated())["true_id"].unique().sort()
    return int(both[0]), int(both[1])


def test_a_perfect_warehouse_has_no_difference(expected: Frames, found: Frames) -> None:
    assert compare(expected, found) == []


def test_lost_records_and_dossiers(expected: Frames, found: Frames) -> None:
    one, _ = pair(expected)
    found["members"] = found["members"].filter(pl.col("dossier_id") != one + 1000)
    found["dossiers"] = found["dossiers"].filter(pl.col("dossier_id") != one + 1000)
    assert kinds(expected, found) == {"missing": 2}


def test_a_dossier_without_a_row(expected: Frames, found: Frames) -> None:
    one, _ = pair(expected)
    found["dossiers"] = found["dossiers"].filter(pl.col("dossier_id") != one + 1000)
    assert kinds(expected, found) == {"missing": 2}


def test_a_record_nobody_expected_and_a_dossier_without_records(expected: Frames, found: Frames) -> None:
    extra = pl.DataFrame({"dossier_id": [1], "source_id": ["portal"], "source_key": ["000.05.31.H56-220901-9999"]})
    found["members"] = pl.concat([found["members"], extra])
    alone = found["dossiers"].head(1).with_columns(dossier_id=pl.lit(2, pl.Int64))
    found["dossiers"] = pl.concat([found["dossiers"], alone])
    assert kinds(expected, found) == {"doubled": 2}


def test_one_dossier_as_two(expected: Frames, found: Frames) -> None:
    one, _ = pair(expected)
    moved = (pl.col("dossier_id") == one + 1000) & (pl.col("source_id") == "national")
    found["members"] = found["members"].with_columns(
        dossier_id=pl.when(moved).then(pl.lit(5, pl.Int64)).otherwise("dossier_id")
    )
    copy = found["dossiers"].filter(pl.col("dossier_id") == one + 1000).with_columns(dossier_id=pl.lit(5, pl.Int64))
    found["dossiers"] = pl.concat([found["dossiers"], copy])
    assert kinds(expected, found) == {"split": 1}


def test_two_dossiers_as_one(expected: Frames, found: Frames) -> None:
    one, other = (number + 1000 for number in pair(expected))
    found["members"] = found["members"].with_columns(pl.col("dossier_id").replace(other, one))
    found["dossiers"] = found["dossiers"].filter(pl.col("dossier_id") != other)
    (difference,) = compare(expected, found)
    assert (difference.kind, difference.detail) == ("fused", "2 instead of 1")


@pytest.mark.parametrize("name", COMPARED)
def test_a_wrong_value_of_each_field(name: str, expected: Frames, found: Frames) -> None:
    column = found["dossiers"][name]
    row = int(column.is_not_null().arg_max() or 0)
    value = column[row]
    if column.dtype == pl.Boolean:
        wrong = not value
    elif column.dtype == pl.String:
        wrong = value + "x"
    elif column.dtype.is_integer():
        wrong = value + 1
    else:
        wrong = value + timedelta(seconds=1)
    for mistaken in (wrong, None):
        values = column.to_list()
        values[row] = mistaken
        frame = found["dossiers"].with_columns(pl.Series(name, values, column.dtype))
        (difference,) = compare(expected, {**found, "dossiers": frame})
        assert difference.kind == f"field:{name}"
        assert difference.subject == expected["dossiers"]["dossier_no"][row]


@pytest.mark.parametrize("kind", CHILD_TYPES)
def test_too_many_and_lost_children(kind: str, expected: Frames, found: Frames) -> None:
    more = found["children"].with_columns(pl.col(kind) + (pl.int_range(pl.len()) == 3).cast(pl.Int32))
    assert kinds(expected, {**found, "children": more}) == {f"child:{kind}": 1}
    none = found["children"].clear()
    assert kinds(expected, {**found, "children": none})[f"child:{kind}"] == (expected["children"][kind] > 0).sum()


def test_quarantine_both_ways_and_drift_one_way(expected: Frames, found: Frames) -> None:
    found["quarantine"] = found["quarantine"].tail(-1)
    assert kinds(expected, found) == {"quarantine": 1}
    other = pl.DataFrame([("portal", "K", "BAD_ENCODING")], schema=expected["quarantine"].schema, orient="row")
    found["quarantine"] = pl.concat([found["quarantine"], other])
    assert kinds(expected, found) == {"quarantine": 2}
    found["drift"] = pl.concat([found["drift"].tail(-1), found["drift"].head(0)])
    assert kinds(expected, found) == {"quarantine": 2, "drift": 1}
    found["drift"] = pl.concat([expected["drift"], expected["drift"].head(1).with_columns(value=pl.lit("new"))])
    assert kinds(expected, found) == {"quarantine": 2}


def test_figures_and_counts(expected: Frames, found: Frames) -> None:
    found["ii06a"] = found["ii06a"].with_columns(
        pl.col("open_overdue") + (pl.int_range(pl.len()) == 0), pl.col("open_total") + (pl.int_range(pl.len()) == 0)
    )
    found["ho_so"] = found["ho_so"].with_columns(pl.col("count") + 1)
    assert kinds(expected, found) == {"ho_so": 1, "ii06a": 2}
    # a row that is lacking differs in every column that is not nought
    lacking = expected["ii06a"].tail(-1)
    differences = compare(
        expected, {**found, "ii06a": lacking, "ho_so": found["ho_so"].with_columns(pl.col("count") - 1)}
    )
    assert {difference.kind for difference in differences} == {"ii06a"}
    assert len(differences) >= 3


def test_no_difference_tells_a_person(expected: Frames, found: Frames) -> None:
    empty = {name: frame if name == "ho_so" else frame.clear() for name, frame in found.items()}
    told = "\n".join(f"{d.subject} {d.detail}" for d in compare(expected, empty))
    assert "missing" in {d.kind for d in compare(expected, empty)}
    values = expected["clear"].filter(pl.col("value").str.len_chars() > 8)["value"].to_list()
    assert not [value for value in values if value in told]


def test_tally_counts_by_kind() -> None:
    assert tally([Difference("b", "", ""), Difference("a", "", ""), Difference("b", "", "")]) == {"a": 1, "b": 2}

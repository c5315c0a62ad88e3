"""Which records are one dossier: named cases, and what holds for any set of records and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reconcile.edges import Found, Rec, matched

BIRTH, LAND, SHOP = "1.001193", "1.012817", "1.001612"


def full(own: str, procedure: str = BIRTH, applicant: str = "an", day: str = "2022-09-15", **more: object) -> Rec:
    """A record that has everything that a collision is judged by."""
    return Rec(own=[own], procedure=procedure, applicant=applicant, day=day, **more)  # type: ignore[arg-type]


OTHER = {"procedure": LAND, "applicant": "binh", "day": "2023-01-05"}
THIRD = {"procedure": SHOP, "applicant": "chi", "day": "2023-06-01"}

# records, groups, rule of each matched record, collisions
CASES: dict[str, tuple[dict[str, Rec], str, dict[str, str], str]] = {
    "one number in two systems": ({"a": full("1"), "b": full("1")}, "ab", {"a": "number", "b": "number"}, ""),
    "the other system's number, named by the second": (
        {"a": full("1"), "b": full("2", refers=["1"])},
        "ab",
        {"a": "reference", "b": "reference"},
        "",
    ),
    "the other system's number, named by the first": (
        {"a": full("1", refers=["2"]), "b": full("2")},
        "ab",
        {"a": "reference", "b": "reference"},
        "",
    ),
    "both name each other": (
        {"a": full("1", refers=["2"]), "b": full("2", refers=["1"])},
        "ab",
        {"a": "reference", "b": "reference"},
        "",
    ),
    "a record whose reference is its own number": (
        {"a": full("1", refers=["1"]), "b": full("1")},
        "ab",
        {"a": "number", "b": "number"},
        "",
    ),
    "a number and a reference": (
        {"a": full("1"), "b": full("1"), "c": full("2", refers=["1"])},
        "abc",
        {"a": "number", "b": "number", "c": "reference"},
        "",
    ),
    "a third system's number, named by both": (
        {"a": full("1", refers=["9"]), "b": full("2", refers=["9"])},
        "ab",
        {"a": "reference", "b": "reference"},
        "",
    ),
    "a chain": (
        {"a": full("1"), "b": full("2", refers=["1"]), "c": full("3", refers=["2"]), "d": full("4", refers=["3"])},
        "abcd",
        dict.fromkeys("abcd", "reference"),
        "",
    ),
    "a sequence that began again": ({"a": full("1"), "b": full("1", **OTHER)}, "a b", {}, "ab"),
    "two of three differ: no collision": (
        {"a": full("1"), "b": full("1", procedure=LAND, applicant="binh")},
        "ab",
        {"a": "number", "b": "number"},
        "",
    ),
    "an unknown applicant is no disagreement": (
        {"a": full("1"), "b": Rec(own=["1"], procedure=LAND, day="2023-01-05")},
        "ab",
        {"a": "number", "b": "number"},
        "",
    ),
    "an unknown day is no disagreement": (
        {"a": full("1"), "b": Rec(own=["1"], procedure=LAND, applicant="binh")},
        "ab",
        {"a": "number", "b": "number"},
        "",
    ),
    "an unknown procedure is no disagreement": (
        {"a": full("1"), "b": Rec(own=["1"], applicant="binh", day="2023-01-05")},
        "ab",
        {"a": "number", "b": "number"},
        "",
    ),
    "nothing but a number": ({"a": Rec(own=["1"]), "b": Rec(own=["1"])}, "ab", dict.fromkeys("ab", "number"), ""),
    # what fits both sides goes to the side that comes first, and never joins them
    "a record without facts between two that collide": (
        {"a": full("1"), "b": Rec(own=["1"]), "c": full("1", **OTHER)},
        "ab c",
        {"a": "number", "b": "number", "c": "alone"},
        "ac",
    ),
    "each side keeps what agrees with it": (
        {"a": full("1"), "b": full("1", **OTHER), "c": full("1", day="2022-09-16"), "d": full("1", **OTHER)},
        "ac bd",
        dict.fromkeys("abcd", "number"),
        "ab ad bc cd",
    ),
    "three that collide with each other": (
        {"a": full("1"), "b": full("1", **OTHER), "c": full("1", **THIRD)},
        "a b c",
        {},
        "ab ac bc",
    ),
    "a chain does not go around a collision": (
        {"a": full("1"), "b": full("1", **OTHER), "c": Rec(own=["2"], refers=["1"])},
        "ac b",
        {"a": "reference", "b": "alone", "c": "reference"},
        "ab",
    ),
    "a long way around is barred as well": (
        {
            "a": full("1", refers=["5"]),
            "b": full("1", **OTHER, refers=["7"]),
            "c": Rec(own=["5"], refers=["6"]),
            "d": Rec(own=["6"], refers=["7"]),
        },
        "ac bd",
        dict.fromkeys("abcd", "reference"),
        "ab",
    ),
    "a collision elsewhere changes nothing here": (
        {"a": full("1"), "b": full("1", **OTHER), "c": full("2"), "d": full("2")},
        "a b cd",
        {"c": "number", "d": "number"},
        "ab",
    ),
}


def words(text: str) -> set[frozenset[str]]:
    return {frozenset(word) for word in text.split()}


@pytest.mark.parametrize("case", CASES)
def test_cases(case: str) -> None:
    records, groups, rules, collisions = CASES[case]
    found = matched(records)
    assert found.groups == words(groups)
    assert found.rules == dict.fromkeys(records, "alone") | rules
    assert found.collisions == words(collisions)


def test_a_cluster_is_named_by_its_first_member() -> None:
    found = matched({"a": full("1"), "b": full("2", refers=["3"]), "c": full("3"), "d": full("1")})
    assert found.firsts == {frozenset("ad"): "a", frozenset("bc"): "b"}


def test_nothing_shared_is_nothing_to_match() -> None:
    assert matched({"a": full("1"), "b": full("2")}) == Found()


FEW = st.sampled_from("123456")
GUARD = st.none() | st.sampled_from("xyz")
RECORDS = st.lists(
    st.builds(
        Rec,
        own=st.lists(FEW, max_size=1),
        refers=st.lists(FEW, max_size=2, unique=True),
        procedure=GUARD,
        applicant=GUARD,
        day=GUARD,
    ),
    min_size=2,
    max_size=9,
).map(lambda records: dict(zip("abcdefghi", records, strict=False)))


def shared(records: Mapping[str, Rec]) -> set[frozenset[str]]:
    """Pairs of names under one number."""
    return {
        frozenset(pair)
        for pair in combinations(records, 2)
        if {n for n, _ in records[pair[0]].numbers} & {n for n, _ in records[pair[1]].numbers}
    }


def components(pairs: set[frozenset[str]]) -> set[frozenset[str]]:
    """Connected components, the slow and plain way."""
    parts: list[set[str]] = []
    for pair in pairs:
        touching = [part for part in parts if part & pair]
        parts = [part for part in parts if not part & pair]
        parts.append(set(pair).union(*touching))
    return {frozenset(part) for part in parts}


@settings(max_examples=80, deadline=None)
@given(records=RECORDS, data=st.data())
def test_neither_the_order_of_rows_nor_the_numbering_of_nodes_matters(
    records: dict[str, Rec], data: st.DataObject
) -> None:
    rows = data.draw(st.permutations(range(60)))
    numbers = data.draw(st.permutations(range(100, 100 + len(records))))
    assert matched(records) == matched(records, rows, dict(zip(records, numbers, strict=True)))


@settings(max_examples=80, deadline=None)
@given(records=RECORDS)
def test_what_holds_for_any_records(records: dict[str, Rec]) -> None:
    found, pairs = matched(records), shared(records)
    barriers = {pair for pair in pairs if records[min(pair)].collides(records[max(pair)])}
    group_of = {name: group for group in found.groups for name in group}
    assert found.collisions == barriers, "each collision is told"
    assert not [pair for pair in barriers if group_of[min(pair)] == group_of[max(pair)]], "and is never joined"
    parts = components(pairs)
    assert set(group_of) == {name for part in parts for name in part}, "everybody is somewhere"
    assert all(any(group <= part for part in parts) for group in found.groups), "joined only by numbers"
    for part in parts:
        if not any(barrier <= part for barrier in barriers):
            assert part in found.groups, "and always by them, where nothing collides"
    for left, right in combinations(sorted(found.groups, key=sorted), 2):
        joinable = [pair for pair in pairs - barriers if pair & left and pair & right]
        barred = any(barrier <= left | right for barrier in barriers)
        assert barred or not joinable, "two groups stay apart only because of a collision between them"

"""The engine by itself: levels, weights, candidates, groups and partners, on a small model and invented records."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import HubError
from hub.linkage.assign import groups, partners
from hub.linkage.block import candidates
from hub.linkage.model import Model, Zones, load_model, read_model
from hub.linkage.score import compare, score
from hub.linkage.train import estimate, fitted, text_of

TEXT = """
name: people
version: 1
made: by hand
prior: 0.1
zones: {merge: 0.0, review: -4.0, margin: 1.0, unseen: -10.0}
blocking:
  - {name: family, keys: [family], cap: 40}
  - {name: heads, keys: ["given[0:1]", born], cap: 40}
comparisons:
  - field: given
    levels:
      - {name: equal, m: 0.8, u: 0.1, similarity: 1.0}
      - {name: in_the_other, m: 0.05, u: 0.01, crossed: {field: family, similarity: 0.9, both: false}}
      - {name: one_letter, m: 0.1, u: 0.05, edits: 1}
      - {name: other, m: 0.05, u: 0.84}
  - field: family
    levels:
      - {name: equal, m: 0.8, u: 0.2, similarity: 1.0}
      - {name: changed_places, m: 0.05, u: 0.01, crossed: {field: given, similarity: 0.9, both: true}}
      - {name: near, m: 0.1, u: 0.05, similarity: 0.8}
      - {name: other, m: 0.05, u: 0.74}
  - field: born
    levels:
      - {name: equal, m: 0.9, u: 0.01, edits: 0}
      - {name: other, m: 0.1, u: 0.99}
"""
MODEL = read_model(TEXT, "people.yml")
ZONES = Zones(merge=0.0, review=-4.0, margin=1.0, unseen=-10.0)


def people(rows: list[tuple[str | None, str | None, str | None]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["given", "family", "born"], orient="row")
    return frame.with_columns(pl.all().cast(pl.String)).with_row_index("node").cast({"node": pl.Int64})


def weights(*edges: tuple[int, int, float]) -> pl.DataFrame:
    return pl.DataFrame(edges, schema={"a": pl.Int64, "b": pl.Int64, "weight": pl.Float64}, orient="row")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("prior: 0.1", "prior: 1.5", "prior 1.5"),
        ("field: family, similarity: 0.9", "field: familie, similarity: 0.9", "did you mean family?"),
        ("m: 0.8, u: 0.1,", "m: 0.8, u: 0,", "given.equal: m and u"),
        ("edits: 1}", "edits: 1, folded: true}", "given.one_letter: one condition"),
        ("edits: 1}", "edits: 1, frequency: true}", "given.one_letter.frequency"),
        ("review: -4.0", "review: 4.0", "review lies above merge"),
        ('"given[0:1]"', '"given[0-1]"', "blocking.heads: 'given[0-1]'"),
        ("name: heads", "name: family", "blocking.family: named twice"),
        ("cap: 40", "cap: 1", "blocking.family: at least one key"),
        ("  - field: born", "  - field: given", "given: compared twice"),
        ("made: by hand", "maid: by hand", "maid"),
    ],
)
def test_what_is_wrong_in_a_model_is_named(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(HubError, match=r"^people\.yml: ") as caught:
        read_model(TEXT.replace(old, new, 1), "people.yml")
    assert said in str(caught.value)


def test_an_unknown_model_names_the_nearest() -> None:
    with pytest.raises(HubError, match="did you mean dossier"):
        load_model("dosier")


@pytest.mark.parametrize("name", ["dossier", "febrl"])
def test_a_written_model_reads_as_itself(name: str) -> None:
    """Conditions of 0 (no days apart, no seconds apart) are not lost."""
    model = load_model(name)
    assert read_model(text_of(model), "written") == model


@pytest.mark.parametrize(
    ("one", "other", "levels"),
    [
        (("an", "le", "1990"), ("an", "le", "1990"), ("equal", "equal", "equal")),
        (("binh", "le", "1990"), ("bihn", "le", "1991"), ("one_letter", "equal", "other")),
        (("an", "hoang", "1990"), ("hoang", "an", "1990"), ("in_the_other", "changed_places", "equal")),
        (("hoang", "le", "1990"), ("lan", "hoang", "1990"), ("in_the_other", "other", "equal")),
        (("an", None, "1990"), ("an", "le", None), ("equal", "", "")),
    ],
)
def test_levels_are_the_same_from_either_side(
    one: tuple[str | None, ...], other: tuple[str | None, ...], levels: tuple[str, ...]
) -> None:
    records = people([one, other])  # type: ignore[list-item]
    for pair in ({"a": [0], "b": [1]}, {"a": [1], "b": [0]}):
        row = score(records, pl.DataFrame(pair), MODEL).row(0, named=True)
        assert (row["l_given"], row["l_family"], row["l_born"]) == levels


def test_what_is_not_told_weighs_nothing() -> None:
    row = score(people([(None, None, None)] * 2), pl.DataFrame({"a": [0], "b": [1]}), MODEL).row(0, named=True)
    assert row["weight"] == pytest.approx(MODEL.prior_weight)


def test_a_block_above_its_cap_gives_no_pairs_and_is_told() -> None:
    found = candidates(people([("x", "le", None)] * 41 + [("y", "tran", None)] * 2), MODEL)
    assert found.over == {"family": [41]}
    assert found.pairs.rows() == [(41, 42)]


def test_no_pairs_at_all() -> None:
    found = candidates(people([("a", "b", "1"), ("c", "d", "2")]), MODEL)
    assert found.pairs.is_empty()
    assert score(people([("a", "b", "1")]), found.pairs, MODEL)["weight"].len() == 0


PERSON = st.tuples(*(st.none() | st.sampled_from(words) for words in (["an", "ann", "le"], ["le", "lee", "an"], "123")))


@settings(max_examples=60, deadline=None)
@given(st.lists(PERSON, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(
    rows: list[tuple[str | None, str | None, str | None]], chance: random.Random
) -> None:
    """Neither does their numbering: the weight of two records depends on the two alone."""
    places = list(range(len(rows)))
    chance.shuffle(places)
    shuffled = people([rows[place] for place in places])
    first = _weights(people(rows), list(range(len(rows))))
    again = _weights(shuffled, places)
    assert first.keys() == again.keys()
    assert all(again[pair] == pytest.approx(weight, abs=1e-9) for pair, weight in first.items())


def _weights(records: pl.DataFrame, origin: list[int]) -> dict[frozenset[int], float]:
    scored = score(records, candidates(records, MODEL).pairs, MODEL)
    return {frozenset((origin[a], origin[b])): w for a, b, w in scored.select("a", "b", "weight").iter_rows()}


EDGES = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(4, 7)), st.sampled_from([-9.0, -0.5, 0.5, 1.0, 3.0, 9.0]), max_size=16
)


@settings(max_examples=100, deadline=None)
@given(EDGES, st.randoms(use_true_random=False))
def test_partners_are_one_to_one_ahead_of_rivals_and_free_of_order(
    edges: dict[tuple[int, int], float], chance: random.Random
) -> None:
    rows = [(a, b, weight) for (a, b), weight in sorted(edges.items())]
    found = partners(weights(*rows), ZONES)
    chance.shuffle(rows)
    assert partners(weights(*rows), ZONES).rows() == found.rows()
    assert found["a"].is_unique().all() and found["b"].is_unique().all()
    assert all(weight >= ZONES.merge for weight in found["weight"])


@pytest.mark.parametrize(
    ("edges", "wanted"),
    [
        ([(0, 4, 5.0), (0, 5, 3.0), (1, 5, 5.0)], [(0, 4), (1, 5)]),
        ([(0, 4, 5.0), (0, 5, 5.0)], []),  # a tie is nobody's
        ([(0, 4, 5.0), (0, 5, 4.5)], []),  # within the margin
        ([(0, 4, 0.4), (0, 5, -0.4)], []),  # a rival below the zone is one as well
        ([(0, 4, -0.1)], []),
        ([(0, 4, 9.0), (1, 4, 7.0), (1, 5, 6.5)], [(0, 4), (1, 5)]),  # free once the stronger is settled
    ],
)
def test_partners(edges: list[tuple[int, int, float]], wanted: list[tuple[int, int]]) -> None:
    assert partners(weights(*edges), ZONES).select("a", "b").rows() == wanted


@pytest.mark.parametrize(
    ("edges", "wanted"),
    [
        ([(0, 1, 5.0), (1, 2, 5.0), (0, 2, -1.0)], {0: 0, 1: 0, 2: 0, 3: 3}),  # two speak louder than one
        ([(0, 1, 9.0), (2, 3, 9.0), (1, 2, 1.0)], {0: 0, 1: 0, 2: 2, 3: 2}),  # one chance likeness chains nothing
        ([(0, 1, -1.0)], {0: 0, 1: 1, 2: 2, 3: 3}),
    ],
)
def test_groups(edges: list[tuple[int, int, float]], wanted: dict[int, int]) -> None:
    assert groups(range(4), weights(*edges), ZONES) == wanted
    assert groups(reversed(range(4)), weights(*reversed(edges)), ZONES) == wanted


def test_estimates_from_unlabelled_records_tell_copies_from_strangers() -> None:
    """500 people, half of them twice with an error in one field; nobody says which belong together."""
    chance = random.Random(7)
    words = ["".join(chance.choices("bcdglmnt", k=5)) for _ in range(120)]
    born = [str(chance.randrange(19_400_101, 19_901_231)) for _ in range(500)]
    originals = [(chance.choice(words), chance.choice(words), day) for day in born]
    copies = [_mistyped(row, chance) for row in originals[:250]]
    records = people([*originals, *copies])
    pairs = candidates(records, MODEL).pairs
    true = {(at, 500 + at) for at in range(250)}
    model = _learnt(records, pairs)
    scored = score(records, pairs, model)
    found = set(scored.filter(pl.col("weight") >= 0).select("a", "b").iter_rows())
    reached = true & set(pairs.rows())
    assert len(reached) > 200
    assert len(found & true) >= 0.95 * len(reached)
    assert len(found - true) <= 0.05 * len(found)
    assert _learnt(records, pairs.sample(fraction=1, shuffle=True, seed=3)) == model


def _learnt(records: pl.DataFrame, pairs: pl.DataFrame) -> Model:
    return fitted(MODEL, estimate(compare(records, pairs, MODEL), MODEL), "here")


def _mistyped(row: tuple[str, str, str], chance: random.Random) -> tuple[str, str, str]:
    given, family, born = row
    at = chance.randrange(1, 4)
    if chance.random() < 0.5:
        return given[:at] + given[at + 1] + given[at] + given[at + 2 :], family, born
    return given, family[:at] + "x" + family[at + 1 :], born

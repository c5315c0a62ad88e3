"""A steward's day: a sheet of questions is answered and applied, everything derived is made again, every answer holds.

The same as `make truth` does with 200 questions by the command line, small enough for every run of the tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.truth.steward import NOW, answer, fill, in_force, standing
from hub import review_sheet, reviewing
from hub.application import Hub
from hub.arguing import arguments, in_words
from hub.deciding import decisions_of
from hub.rebuilding import rebuild
from hub.reference import load_reference
from hub.reviewing import Wanted
from hub.settings import load
from hub.warehouse.engine import Warehouse
from tests.conftest import two_systems

QUESTIONS = 30


@pytest.fixture
def hub(warehouse: Warehouse, tmp_path: Path) -> Iterator[Hub]:
    """An installation over the test's own warehouse, of portal and national copy."""
    sources = two_systems(tmp_path / "sources")
    made = Hub(load({"HUB_HOME": str(tmp_path), "HUB_SOURCES": str(sources), "HUB_NOW": NOW}))
    made.__dict__["warehouse"] = warehouse
    with warehouse.begin("matcher") as connection:
        load_reference(connection, made.now())
    yield made


def test_what_speaks_for_and_against_adds_up(hub: Hub) -> None:
    fill(hub, QUESTIONS)
    with hub.warehouse.begin("steward") as connection:
        found = reviewing.reviews(connection, Wanted())
        weights = reviewing.evidence(connection, found)
        for review in found:
            records = [(review.source_id_a, review.source_key_a), (review.source_id_b, review.source_key_b)]
            held = reviewing.sides(connection, records)
            told = arguments(held[records[0]], held[records[1]], weights.get(review.review_id, {}), review.weight)
            others = reviewing.reviews_of(connection, records, but=review.review_id)
            assert {r.review_id for r in others} == {
                r.review_id
                for r in found
                if r != review and {(r.source_id_a, r.source_key_a), (r.source_id_b, r.source_key_b)} & set(records)
            }
            if review.reason == "number_collision":
                assert in_words(told, "for") == "dossier_no shared number"
                assert (
                    in_words(told, "against") == "procedure_code different; applicant different; received_on different"
                )
            else:
                assert review.weight is not None
                assert sum(item.weight or 0 for item in told) == pytest.approx(review.weight, abs=0.1)
                assert all((item.weight or 0) > 0 or item.speaks == "against" for item in told)


def test_what_was_decided_holds_after_a_rebuild(hub: Hub, tmp_path: Path) -> None:
    truth = fill(hub, QUESTIONS)
    begun = standing(hub)
    assert len(begun.asked) >= QUESTIONS
    sheet, filled = tmp_path / "nghi vấn.xlsx", tmp_path / "đã điền.csv"
    with hub.warehouse.begin("steward") as connection:
        found = reviewing.reviews(connection, Wanted())
        assert len(Counter(review.reason for review in found)) > 2
        review_sheet.write(sheet, review_sheet.questions(connection, found))
        names, rows = review_sheet.read(sheet)
        assert tuple(names) == review_sheet.COLUMNS
        assert decisions_of(connection, sheet, "an").left_open == len(found), "nothing is filled yet"
        review_sheet.write(filled, [row for _, row in rows[1:]])  # the first question is left open
        said = answer(filled, truth, begun)
        decided = decisions_of(connection, filled, "an")
        assert {"same", "different"} == {decision.verdict for decision in decided.decisions}
        assert reviewing.judge(connection, decided.decisions, hub.now()) == len(decided.decisions) == len(said)
        assert reviewing.judge(connection, decided.decisions, hub.now()) == 0, "the same sheet again says nothing new"
    hub.reconcile()
    before = standing(hub)
    assert in_force(said, before, before) == 1
    assert len(before.asked) == 1 and before.asked.isdisjoint({frozenset(pair) for pair in said})
    done = rebuild(hub)
    assert (done.lost_ids, done.errors) == (0, [])
    after = standing(hub)
    assert in_force(said, before, after) == 1
    assert (after.homes, after.asked) == (before.homes, before.asked)
    with hub.warehouse.begin("steward") as connection:
        (left,) = reviewing.reviews(connection, Wanted())
    assert left == found[0], "what is still asked is as old as before"

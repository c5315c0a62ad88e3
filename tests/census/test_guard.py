"""The shrink guard: what it holds back, what a person's word lets through, and nothing else."""

from __future__ import annotations

import pytest

from hub import census_ledger
from hub.census_guard import too_many
from hub.errors import HubError
from hub.source import Shrink
from tests.census.conftest import Office
from tests.landing.memory import record

TWENTY = [record(n, at=n) for n in range(20)]


@pytest.mark.parametrize(
    ("listed", "live", "vanished", "held"),
    [
        pytest.param(100, {"": 100}, {}, False, id="nothing vanished"),
        pytest.param(95, {"": 100}, {"": 5}, False, id="few"),
        pytest.param(90, {"": 100}, {"": 10}, False, id="a tenth"),
        pytest.param(89, {"": 100}, {"": 11}, True, id="more than a tenth"),
        pytest.param(1, {"": 6}, {"": 5}, False, id="the least number is believed whatever its share"),
        pytest.param(0, {"": 1}, {"": 1}, True, id="an empty list is never believed"),
        pytest.param(0, {}, {}, False, id="an empty list of nothing"),
        pytest.param(994, {"A": 990, "B": 10}, {"B": 6}, True, id="one agency of many"),
        pytest.param(995, {"A": 990, "B": 10}, {"B": 5}, False, id="few of one agency"),
    ],
)
def test_how_much_is_believed(listed: int, live: dict[str, int], vanished: dict[str, int], held: bool) -> None:
    assert bool(too_many(Shrink(0.1, 5), listed, live, vanished)) is held


@pytest.mark.parametrize("left", [0, 12], ids=["an empty list", "a short list"])
def test_nothing_is_deleted_without_a_word_and_exactly_that_with_one(office: Office, left: int) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.serve("a", *TWENTY[:left])
    done = office.census()["a"]
    assert (done.outcome, done.vanished, done.buried) == ("held", 20 - left, 0)
    assert office.live("a") == {row.key for row in TWENTY}
    with office.warehouse.begin("steward") as connection:
        assert "hub census --accept a" in census_ledger.troubles(connection)["a"][0]
    office.serve("a", *TWENTY[:left], record(15, at=30))
    office.pull()  # one of them has come back in the meantime, by an ordinary pull: the word was not about that one
    with office.warehouse.begin("loader") as connection:
        accepted = census_ledger.accept(connection, "a", "Lê Lan", "Hệ thống cũ đã đóng", office.settings.now())
    assert [item.outcome for item in accepted] == ["accepted"]
    assert office.live("a") == {row.key for row in TWENTY[:left]} | {TWENTY[15].key}
    assert office.rows("select outcome, accepted_by, accepted_because from ops.census") == [
        {"outcome": "accepted", "accepted_by": "Lê Lan", "accepted_because": "Hệ thống cũ đã đóng"}
    ]
    assert office.census()["a"].outcome == "agrees"


@pytest.mark.parametrize(("by", "because"), [("", "vì"), ("Lan", " ")])
def test_a_word_has_a_name_and_a_reason(office: Office, by: str, because: str) -> None:
    with office.warehouse.begin("loader") as connection, pytest.raises(HubError, match="who lets it through"):
        census_ledger.accept(connection, "a", by, because, office.settings.now())


def test_there_is_nothing_to_let_through(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.census()
    with office.warehouse.begin("loader") as connection, pytest.raises(HubError, match="nothing waits"):
        census_ledger.accept(connection, "a", "Lan", "vì", office.settings.now())


def test_what_is_missing_is_mended_while_what_vanished_is_held(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.forget("a", TWENTY[0])
    office.serve("a", *TWENTY[:8])
    done = office.census()["a"]
    assert (done.outcome, done.missing, done.remaining, done.vanished) == ("held", 1, 0, 12)
    assert office.live("a") == {row.key for row in TWENTY}

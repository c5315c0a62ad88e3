"""Faults of systems over real HTTP: each is said, delays nobody else, and costs no record once it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.connectors.served import rows
from tests.faults.conftest import Tell
from tests.faults.experiment import ROUNDS, Ill, Strike, Ward, source_of
from tests.faults.ill_rest import RECORDS, IllRest
from tests.faults.strikes_rest import STRIKES

pytestmark = [pytest.mark.faults, pytest.mark.timeout(60 + 10 * ROUNDS)]


@pytest.fixture(scope="module")
def ill() -> Iterator[IllRest]:
    made = IllRest()
    yield made
    made.close()


@pytest.mark.parametrize("name", STRIKES)
def test_a_fault_is_said_and_costs_nothing(name: str, ill: IllRest, struck: Callable[[str, Ill, Strike], None]) -> None:
    struck(name, ill, STRIKES[name])


def test_the_next_pull_asks_from_where_the_last_whole_one_ended(ill: IllRest, ward: Ward, tell: Tell) -> None:
    source = source_of("cut-increment", ill)
    (first,) = ward.pull(source, ill).pulls
    ill.served.rows += rows(5, first=RECORDS)
    ill.served.spoil = lambda ask, reply: replace(reply, cut=len(reply.body) // 2) if ask.query else reply
    (cut,) = ward.pull(source, ill).pulls
    ill.served.spoil = lambda ask, reply: reply
    (last,) = ward.pull(source, ill).pulls
    noticed = (first.outcome, cut.error_code, cut.since) == ("ok", "Unreachable", first.cursor_after)
    healed = (last.since, last.cursor_after) == (first.cursor_after, ill.served.rows[-1].version)
    held = ward.hall.column("select source_key from std.dossier_record where source_id = %s", source.source_id)
    lost = len(ill.keys() - set(held))
    tell("cut-increment", injected=1, noticed=int(noticed), healed=int(healed), lost=lost)

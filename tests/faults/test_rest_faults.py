"""Faults of systems over real HTTP: each is said, delays nobody else, and costs no record once it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faults.experiment import ROUNDS, Ill, Strike
from tests.faults.ill_rest import IllRest
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

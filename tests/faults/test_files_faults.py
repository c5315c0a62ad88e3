"""Faults of drop folders and of the files in them: each is said, delays nobody else, and costs no record."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faults.experiment import ROUNDS, Ill, Strike
from tests.faults.ill_files import IllFiles, IllRegister
from tests.faults.strikes_files import PACKAGE_FAULTS, REGISTER_FAULTS
from tests.landing.memory import Hall

pytestmark = [pytest.mark.faults, pytest.mark.timeout(60 + 10 * ROUNDS)]
Struck = Callable[[str, Ill, Strike], None]


@pytest.fixture(scope="module")
def folder(sick_hall: Hall) -> Iterator[IllFiles]:
    made = IllFiles(sick_hall)
    yield made
    made.close()


@pytest.fixture(scope="module")
def register(sick_hall: Hall) -> Iterator[IllRegister]:
    made = IllRegister(sick_hall)
    yield made
    made.close()


@pytest.mark.parametrize("name", PACKAGE_FAULTS)
def test_a_fault_of_packages_is_said_and_costs_nothing(name: str, folder: IllFiles, struck: Struck) -> None:
    struck(name, folder, PACKAGE_FAULTS[name])


@pytest.mark.parametrize("name", REGISTER_FAULTS)
def test_a_fault_of_a_register_is_said_and_costs_nothing(name: str, register: IllRegister, struck: Struck) -> None:
    struck(name, register, REGISTER_FAULTS[name])

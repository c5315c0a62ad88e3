"""Faults of an SFTP server: each is said, delays nobody else, and costs no record once it is over."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from random import Random

import pytest

from tests.connectors.sftp_host import MISSING, SftpHost
from tests.connectors.tcp_proxy import Harm
from tests.faults.experiment import ROUNDS, Ill, Strike
from tests.faults.ill_sftp import IllSftp
from tests.landing.memory import Hall

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(60 + 10 * ROUNDS),
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
]


@pytest.fixture(scope="module")
def folder(sick_hall: Hall) -> Iterator[IllSftp]:
    host = SftpHost()
    made = IllSftp(sick_hall, host)
    yield made
    made.close()
    host.close()


def down(ill: IllSftp, chance: Random) -> Generator[None]:
    ill.proxy.close()
    yield
    ill.rewired()


def harmed(harm: Harm, timeout_s: float = 5.0) -> Strike:
    def strike(ill: IllSftp, chance: Random) -> Generator[None]:
        ill.harm, ill.changes = harm, {"timeout_s": timeout_s}
        yield
        ill.harm, ill.changes = "", {}

    return strike


def another_host_key(ill: IllSftp, chance: Random) -> Generator[None]:
    right = ill.options
    ill.options = {**right, "host_key": ill.other_key()}
    yield
    ill.options, ill.changes = right, {}


def login_refused(ill: IllSftp, chance: Random) -> Generator[None]:
    right = ill.options
    ill.options = {**right, "key_filename": ill.host.other_key_file}
    yield
    ill.options, ill.changes = right, {}


STRIKES: dict[str, Strike] = {
    "sftp-server-down": down,
    "sftp-cut": harmed("cut"),
    "sftp-silent": harmed("silence", 0.2),
    "sftp-another-host-key": another_host_key,
    "sftp-login-refused": login_refused,
}


@pytest.mark.parametrize("name", STRIKES)
def test_a_fault_is_said_and_costs_nothing(
    name: str, folder: IllSftp, struck: Callable[[str, Ill, Strike], None]
) -> None:
    struck(name, folder, STRIKES[name])

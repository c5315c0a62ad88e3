"""The ground that faults strike, the ward of ill systems, and the line that each kind prints."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from hub.sandbox import control
from hub.settings import load
from hub.warehouse import embedded
from hub.warehouse.engine import Warehouse
from tests.connectors.served import rows
from tests.databases import copied
from tests.faults.experiment import NEIGHBOUR, Ill, Strike, Ward
from tests.faults.ground import Ground
from tests.faults.ill_rest import Served, portal
from tests.faults.told import Account, properties
from tests.landing.memory import Hall

NOW = "2024-06-01T06:00:00+07:00"  # after everything that the served systems say
Tell = Callable[..., None]


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """A sandbox and a server of its own."""
    home = Path(tempfile.mkdtemp(prefix="tthc-faults-"))
    home.chmod(0o755)
    try:
        made = Ground.prepared(home)
        yield made
        made.end()
    finally:
        control.stop(home)
        embedded.stop(home)
        shutil.rmtree(home)


@pytest.fixture
def hall(warehouse: Warehouse, tmp_path: Path) -> Hall:
    """An empty hub of the test's own."""
    return Hall(warehouse, load({"HUB_HOME": str(tmp_path), "HUB_NOW": NOW}))


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Let the end of the session print what became of a fault, then demand that nothing stayed wrong."""

    def line(name: str, *, injected: int, noticed: int, healed: int, lost: int) -> None:
        account = Account(name, injected, noticed, healed, lost)
        request.node.user_properties.append(properties(account))
        account.judge()

    return line


@pytest.fixture(scope="module")
def sick_hall(server: str) -> Iterator[Hall]:
    """A hub for all experiments of a module: each strikes sources of its own."""
    home = Path(tempfile.mkdtemp(prefix="tthc-faults-"))
    with copied(server, "hub_ward") as warehouse:
        made = Hall(warehouse, load({"HUB_HOME": str(home), "HUB_NOW": NOW}))
        made.mappings[NEIGHBOUR] = portal()
        yield made
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def neighbour() -> Iterator[Served]:
    """A healthy system over real HTTP."""
    made = Served()
    made.rows = rows(12)
    yield made
    made.close()


_CALM: dict[type, set[str]] = {}


@pytest.fixture
def ward(sick_hall: Hall, neighbour: Served, caplog: pytest.LogCaptureFixture) -> Ward:
    """Where systems are struck."""
    return Ward(sick_hall, caplog, neighbour, _CALM)


@pytest.fixture
def struck(ward: Ward, tell: Tell) -> Callable[[str, Ill, Strike], None]:
    """Do one experiment and tell what became of it."""

    def experiment(name: str, ill: Ill, strike: Strike) -> None:
        account = ward.strike(name, ill, strike)
        try:
            tell(**asdict(account))
        except AssertionError as error:
            raise AssertionError("\n".join([str(error), *ward.problems])) from None

    return experiment

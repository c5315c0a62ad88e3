"""The ground that faults strike, and the line that each fault prints."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.sandbox import control
from hub.settings import load
from hub.warehouse import embedded
from hub.warehouse.engine import Warehouse
from tests.faults.ground import Ground
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
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Print what became of a fault, also when pytest captures output, then demand that nothing stayed wrong."""

    def line(name: str, *, injected: int, noticed: int, healed: int, lost: int) -> None:
        with capsys.disabled():
            print(f"\nfault {name} injected {injected} noticed {noticed} healed {healed} lost {lost}", flush=True)
        assert injected > 0
        assert (noticed, healed, lost) == (injected, injected, 0)

    return line

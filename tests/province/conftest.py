"""A small simulated province, served over HTTP and filled into a warehouse of its own, once for the session."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.application import Hub
from hub.sandbox import control
from hub.settings import load
from hub.warehouse import embedded

DOSSIERS = 300


@dataclass(frozen=True)
class Province:
    """Its home folder; the sandbox's server runs, the warehouse holds everything that it serves."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to be its hub."""
        return {"HUB_HOME": str(self.home)}

    def open(self) -> Hub:
        """Its hub; the caller closes it."""
        return Hub(load(self.environment))


@pytest.fixture(scope="session")
def province() -> Iterator[Province]:
    """Shared by all tests that leave its content as it was: what they read, repeat or rebuild must come out equal."""
    made = Province(Path(tempfile.mkdtemp(prefix="tthc-province-")))
    made.home.chmod(0o755)  # the server's account passes through, so that its folder lies here and goes with it
    try:
        control.start(made.home, DOSSIERS)
        hub = made.open()
        hub.land(hub.chosen())
        hub.load(hub.chosen())
        hub.reconcile()
        hub.refresh()
        hub.close()
        yield made
    finally:
        control.stop(made.home)
        embedded.stop(made.home)
        shutil.rmtree(made.home, ignore_errors=True)

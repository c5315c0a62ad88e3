"""The simulated province from one day to the next: what the hub shows is true, and a run too many writes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.application import Hub
from hub.reference import load_reference
from hub.sandbox import control
from hub.sandbox.verify import verify
from hub.settings import load
from hub.warehouse.engine import Warehouse
from tests.databases import copied
from tests.province.test_tiny import run
from tests.reconcile.rows import written

DOSSIERS = 300


@pytest.fixture(params=["clean", "daily"])
def started(request: pytest.FixtureRequest, server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A sandbox of its own that is served, and a hub that has not run yet."""
    home = tmp_path_factory.mktemp("days")
    try:
        control.start(home, dossiers=DOSSIERS, profile=request.param)
        hub = Hub(load({"HUB_HOME": str(home)}))
        with copied(server, f"hub_{request.param}") as warehouse:
            hub.warehouse = warehouse
            with warehouse.begin("matcher") as connection:
                load_reference(connection, hub.now())
            yield hub
    finally:
        control.stop(home)


def day(hub: Hub, warehouse: Warehouse) -> Hub:
    """A run by the sandbox's clock of this day."""
    today = Hub(load({"HUB_HOME": str(hub.settings.home)}))
    today.warehouse = warehouse
    run(today)
    with warehouse.begin() as connection:
        assert verify(today.settings.home, connection) == []
    return today


def test_day_after_day(started: Hub) -> None:
    warehouse = started.warehouse
    first = day(started, warehouse)
    before = written(warehouse)
    assert control.advance(started.settings.home, 3).days == 3  # a weekend, and a working day that closes dossiers
    later = day(started, warehouse)
    assert (later.now().date() - first.now().date()).days == 3
    after = written(warehouse)
    assert before["core.dossier"] != after["core.dossier"]
    assert before["core.dossier_history"] - after["core.dossier_history"], "versions have been closed"
    day(started, warehouse)
    assert written(warehouse) == after, "a run that finds nothing new writes no row of std and core"

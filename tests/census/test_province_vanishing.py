"""A simulated province whose departments lose rows and hide others: pulls cannot know it, the census makes it true."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hub.application import Hub
from hub.sandbox import control
from hub.sandbox.verify import verify
from hub.settings import load
from hub.source import Shrink
from hub.warehouse import embedded


@pytest.fixture
def home() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="tthc-vanishing-"))
    made.chmod(0o755)
    try:
        control.start(made, dossiers=400, profile="vanishing", levels=("portal", "national", "province"))
        yield made
    finally:
        control.stop(made)
        embedded.stop(made)
        shutil.rmtree(made, ignore_errors=True)


def day(home: Path) -> tuple[Hub, list[str]]:
    """An ordinary run, and what differs from the truth after it."""
    hub = Hub(load({"HUB_HOME": str(home)}))
    sources = hub.chosen()
    hub.land(sources)
    assert not [loaded.error for loaded in hub.load(sources) if loaded.error]
    hub.reconcile()
    hub.refresh()
    return hub, wrong(hub)


def wrong(hub: Hub) -> list[str]:
    with hub.warehouse.begin() as connection:
        return [f"{found.kind} {found.subject}" for found in verify(hub.settings.home, connection)]


def test_what_a_pull_cannot_know_the_census_finds_and_keeps(home: Path) -> None:
    hub, differences = day(home)
    assert differences == []
    hub.close()
    control.advance(home)
    hub, differences = day(home)
    try:
        assert differences, "rows were lost and hidden, and no pull noticed"
        # Offices of a few dozen dossiers lose more than the guard would believe.
        sources = [msgspec.structs.replace(source, shrink=Shrink(1.0, 100)) for source in hub.chosen()]
        done = hub.census(sources)
        found = Counter[str]()
        for item in done:
            found.update(missing=item.missing, vanished=item.vanished, buried=item.buried)
        assert {item.outcome for item in done} == {"agrees", "mended"}
        assert found["missing"] and found["vanished"] == found["buried"] > 0
        assert wrong(hub) == []
        assert {item.outcome for item in hub.census(sources)} == {"agrees"}
    finally:
        hub.close()

"""A hub over an empty warehouse with its reference lists, and two sources in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import reference
from hub.warehouse.engine import Warehouse
from tests.assets.province import ProvinceHub, Said, dossier, settings_of
from tests.databases import copied


@pytest.fixture(scope="session")
def referenced(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a template with the reference lists: loading them anew takes each test half a second."""
    name = "hub_referenced"
    with copied(server, name) as warehouse:
        with warehouse.begin("matcher") as connection:
            reference.load_reference(connection, settings_of(tmp_path_factory.mktemp("referenced")).now())
        warehouse.close()
        yield name


@pytest.fixture
def warehouse(server: str, referenced: str) -> Iterator[Warehouse]:
    with copied(server, "hub_assets", referenced) as made:
        yield made


@pytest.fixture
def hub(warehouse: Warehouse, tmp_path: Path) -> ProvinceHub:
    """Three dossiers in the portal; one of them and one more in the national copy."""
    said = Said(portal=[dossier(1), dossier(2), dossier(3)], national=[dossier(1), dossier(4)])
    made = ProvinceHub(settings_of(tmp_path), said)
    made.__dict__["warehouse"] = warehouse
    return made

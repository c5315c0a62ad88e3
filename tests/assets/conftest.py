"""A hub over an empty warehouse with its reference lists, and two sources in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import reference
from hub.warehouse.engine import Warehouse
from tests.assets.province import ProvinceHub, Said, dossier, settings_of


@pytest.fixture
def hub(warehouse: Warehouse, tmp_path: Path) -> ProvinceHub:
    """Three dossiers in the portal; one of them and one more in the national copy."""
    said = Said(portal=[dossier(1), dossier(2), dossier(3)], national=[dossier(1), dossier(4)])
    made = ProvinceHub(settings_of(tmp_path), said)
    with warehouse.begin("matcher") as connection:
        reference.load_reference(connection, made.now())
    made.__dict__["warehouse"] = warehouse
    return made

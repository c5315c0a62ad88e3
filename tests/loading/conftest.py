"""The hall of one test."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.settings import load
from hub.warehouse.engine import Warehouse
from tests.landing.memory import NOW, Hall


@pytest.fixture
def hall(warehouse: Warehouse, tmp_path: Path) -> Hall:
    """An empty hub of the test's own, in October 2022."""
    return Hall(warehouse, load({"HUB_HOME": str(tmp_path), "HUB_NOW": NOW}))

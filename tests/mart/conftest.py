"""A warehouse with a small province in core, ready for dossier versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from hub.warehouse.engine import Warehouse
from tests.mart.rows import found_province


@pytest.fixture
def core(warehouse: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """One transaction over the small province."""
    with warehouse.begin() as connection:
        found_province(connection)
        yield connection

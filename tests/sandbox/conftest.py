"""Worlds that several tests read: small, made once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub.sandbox.one_stop import LEVELS
from hub.sandbox.world import World, build

DOSSIERS = 900  # the smallest world in which every mischief of the daily profile occurs


@pytest.fixture(scope="session")
def daily() -> World:
    """The daily profile on its first day."""
    return build(seed=1, dossiers=DOSSIERS, profile="daily")


@pytest.fixture(scope="session")
def clean() -> World:
    """The same people without any mischief."""
    return build(seed=1, dossiers=DOSSIERS, profile="clean")


@pytest.fixture(scope="session")
def later() -> World:
    """The daily profile four days on: Saturday to Tuesday have passed."""
    return build(seed=1, dossiers=DOSSIERS, profile="daily", days=4)


@pytest.fixture(scope="session")
def province() -> World:
    """The daily profile at all levels, four days after the first."""
    return build(seed=1, dossiers=DOSSIERS, profile="daily", days=4, levels=LEVELS)


def messages(world: World, system: str, kind: str = "dossier") -> list[dict[str, Any]]:
    """Every record a list serves, in its order."""
    return [json.loads(payload) for unit in world.streams[system, kind] for _, payload in unit.versions]

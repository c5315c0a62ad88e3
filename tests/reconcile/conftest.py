"""A province of the test's own, and the stations of a module."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from hub import reference
from hub.reference import load_reference
from hub.registry import load_mappings, load_sources
from hub.settings import load
from hub.standardise.reference import shipped
from hub.warehouse.engine import Warehouse
from tests.databases import copied
from tests.mart.rows import at
from tests.reconcile.rows import Province, law
from tests.reconcile.stations import Stations


@pytest.fixture
def province(warehouse: Warehouse) -> Province:
    """An empty std; only the unknown agency exists."""
    with warehouse.begin() as connection:
        connection.execute(
            "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
            "values (0, '?', '-infinity', 'infinity', 'Cơ quan chưa xác định', 'unknown', '')"
        )
    return Province(warehouse)


@pytest.fixture(scope="module")
def stations(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stations]:
    """The two declared sources over one warehouse that a module's examples share."""
    home = tmp_path_factory.mktemp("stations")
    settings = load({"HUB_HOME": str(home), "HUB_NOW": "2022-10-01T06:00:00+07:00"})
    agencies = reference.agencies().to_dicts()
    sources = load_sources(settings.sources, load_mappings(settings.mappings), agencies, settings.now())
    with copied(server, "hub_stations") as warehouse:
        with warehouse.begin("matcher") as connection:
            load_reference(connection, settings.now())
        yield Stations(warehouse, settings, sources, shipped())


@pytest.fixture
def office(province: Province) -> Province:
    """A province with its calendar, limits and the shipped rule of behaviour."""
    law(province)
    parameters = reference.rule_parameters("behaviour_v1", at("2022-09-01").date())
    with province.warehouse.begin() as connection:
        connection.execute(
            "insert into ops.rule_config (rule_id, valid_from, recorded_from, parameters, legal_source) "
            "values ('behaviour_v1', '2018-01-01', '-infinity', %s::jsonb, 'x')",
            (json.dumps(parameters),),
        )
    return province

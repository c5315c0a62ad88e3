"""Where nobody gives way, two or three records side by side give the values that ordering every record gives."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hub.rebuilding import derived_tables
from hub.reconcile.survivorship import declared
from hub.warehouse import statements
from schemas.tables.base import EVENT_TIMES
from schemas.tables.core import DOSSIER
from tests.reconcile.rows import Province
from tests.reconcile.test_survivorship import LEVELS, told

DOSSIERS = 40
BY_SIZE = ("a.size <= 3", "r.size > 3")
ORDERED = ("a.size <= 0", "r.size > 0")  # every dossier of several records goes the other way


def test_side_by_side_is_in_order(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    with province.warehouse.begin() as connection:
        for n, level in enumerate(LEVELS, 1):
            connection.execute(
                "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
                "values (%s, %s, '-infinity', 'infinity', 'x', 'commune', '')",
                (n, told("receiving_agency_code", level)),
            )
    for n in range(DOSSIERS):
        for level in chance.sample(LEVELS, chance.choice((2, 3))):
            province.dossier(level, f"000.00.31.H56-220915-{n:04d}", **_record(chance, level))
    province.reconcile()
    found = _golden(province)
    assert len(found) == DOSSIERS
    assert len(province.rows("select distinct holder_agency_id from core.dossier where source_count > 1")) > 2
    text = statements.text("core/golden")
    assert all(text.count(size) == 1 for size in BY_SIZE)
    for size, other in zip(BY_SIZE, ORDERED, strict=True):
        text = text.replace(size, other)
    kept = statements.text
    monkeypatch.setattr(statements, "text", lambda name: text if name == "core/golden" else kept(name))
    with province.warehouse.begin() as connection:
        emptied = [name for name in derived_tables() if name.startswith("core.")]
        connection.execute(f"truncate {', '.join(emptied)}".encode())
    province.again([row[0] for row in province.rows("select batch_id from ops.batch")], "2023-01-01 06:00")
    assert _golden(province) == found


def _record(chance: random.Random, level: str) -> dict[str, Any]:
    """Half of what a record may tell; times that do not contradict each other, so that few values give way."""
    fields = [field for group in declared().groups.values() for field in group.fields if field != "dossier_no"]
    given = {field: told(field, level) for field in fields if chance.random() < 0.5}
    given = {name: value for name, value in given.items() if name not in EVENT_TIMES}
    times = {name: "2022-09-15 08:00" for name in EVENT_TIMES if chance.random() < 0.5}
    precise = {f"{name.removesuffix('_at')}_precision": chance.choice("sm") for name in times}
    flags = chance.choice(([], ["implied_status"], [level]))
    version = {"version_at": f"2022-09-{chance.choice((16, 17)):02d} 08:00"} if chance.random() < 0.7 else {}
    return given | times | precise | version | {"flags": flags, "is_deleted": chance.random() < 0.1}


def _golden(province: Province) -> list[Any]:
    names = [c.name for c in DOSSIER.columns if not c.name.endswith("recorded_at")]
    return province.rows(f"select {', '.join(names)} from core.dossier order by dossier_id")

"""A run of core that broke off must not make the next one plan by what it left behind: pages without a row."""

from __future__ import annotations

from typing import Any

import pytest

from hub.reconcile import core
from tests.reconcile.rows import Province

DOSSIERS = 510  # just so many that they are analysed
TABLES = ("dossier_source", "dossier_number", "fee", "dossier")


class BrokenOff(Exception):
    """Stands for the connection that breaks."""


def test_a_first_run_knows_how_many_rows_it_has_written(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(DOSSIERS):
        number = f"000.00.31.H56-220915-{n:04d}"
        province.dossier("portal", number)
        province.child("portal", "fee", f"{number}/1", number, amount=1000)
    told: dict[str, float] = {}

    def broken(connection: Any, name: str, *bound: Any, **identifiers: str) -> Any:
        if name == "core/consumed":
            raise BrokenOff
        return kept(connection, name, *bound, **identifiers)

    def watched(connection: Any, name: str, *bound: Any, **identifiers: str) -> Any:
        if name == "core/consumed":
            told.update(_rows(connection))
        return kept(connection, name, *bound, **identifiers)

    kept = core.run
    monkeypatch.setattr(core, "run", broken)
    with pytest.raises(BrokenOff):
        province.reconcile()
    with province.warehouse.session("owner") as connection:
        connection.execute("vacuum core.dossier_source, core.dossier_number, core.fee, core.dossier")
        assert set(_rows(connection).values()) == {0}
    monkeypatch.setattr(core, "run", watched)
    assert province.reconcile().written == DOSSIERS
    assert all(told[table] == DOSSIERS for table in TABLES)


def _rows(connection: Any) -> dict[str, float]:
    found = connection.execute(
        "select relname, reltuples from pg_class where oid = any (%s::regclass[])", ([f"core.{t}" for t in TABLES],)
    ).fetchall()
    return dict(found)

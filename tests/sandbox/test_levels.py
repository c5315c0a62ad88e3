"""The one-stop systems through the whole hub: real protocols in, the truth out, nothing written the second time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyodbc
import pytest

from hub.application import Hub
from hub.running import run
from hub.sandbox import control, mariadb
from hub.sandbox.verify import verify
from hub.settings import load
from hub.warehouse import embedded

LEVELS = ("portal", "national", "province", "district", "commune")
NEEDED = {"PostgreSQL Unicode", "MariaDB Unicode"}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A small province with every system running."""
    if mariadb.missing() or not set(pyodbc.drivers()) >= NEEDED:
        pytest.skip("needs the packages mariadb-server, odbc-postgresql and odbc-mariadb")
    made = Path(tempfile.mkdtemp(prefix="tthc-levels-"))
    made.chmod(0o755)
    try:
        control.start(made, dossiers=250, levels=LEVELS)
        yield made
    finally:
        control.stop(made)
        embedded.stop(made)
        shutil.rmtree(made, ignore_errors=True)


def opened(home: Path) -> Hub:
    return Hub(load({"HUB_HOME": str(home)}))


def test_a_department_and_districts_of_both_vendors_say_what_the_truth_says(home: Path) -> None:
    hub = opened(home)
    try:
        asked = [s.source_id for s in hub.chosen() if s.level in ("province", "district")]
        assert len(asked) == 20 + 27
        outcome = run(hub, sources=asked)
        assert {pull.outcome for pull in outcome.pulls} == {"ok"} and outcome.success
        assert not [item.error for item in outcome.loaded if item.error]
        with hub.warehouse.begin() as connection:
            found = verify(home, connection)
        # What the levels that were not asked would add is missing; nothing that was read is wrong.
        wrong = [d for d in found if d.subject.startswith(("province-", "district-"))]
        assert wrong == []
        again = run(hub, sources=asked)
        assert sum(pull.stored for pull in again.pulls) == 0
        assert again.reconciled is not None and again.reconciled.written == 0
    finally:
        hub.close()


def test_communes_drop_packages_and_registers(home: Path) -> None:
    hub = opened(home)
    try:
        by_mapping: dict[str, list[str]] = {"goi_ho_so_xml": [], "so_theo_doi_excel": []}
        drop = home / "sandbox" / "drop"
        for source in hub.chosen("commune"):
            names = by_mapping[source.mapping.mapping]
            if len(names) < 6 and any((drop / str(source.agency_code)).glob("*.*")):
                names.append(source.source_id)
        chosen = [name for names in by_mapping.values() for name in names]
        assert len(chosen) == 12
        outcome = run(hub, sources=chosen)
        assert outcome.success and not [item.error for item in outcome.loaded if item.error]
        stored = {pull.source_id: pull.stored for pull in outcome.pulls}
        assert sum(stored.values()) > 12
        with hub.warehouse.begin() as connection:
            wrong = [d for d in verify(home, connection) if d.subject.split(" ")[0] in chosen]
            taken = connection.execute("select sha256, name from ops.file where outcome = 'taken'").fetchall()
            doubled = connection.execute("select count(*) - count(distinct sha256) from ops.file").fetchone()
        assert wrong == []
        assert taken and doubled == (0,)
        kept = {path.name for path in (home / "raw" / "originals").rglob("*") if path.is_file()}
        assert kept >= {sha256 for sha256, _ in taken}
        assert not [f for f in taken if any((drop / c.removeprefix("commune-") / f[1]).exists() for c in chosen)]

        code = chosen[0].removeprefix("commune-")
        archived = next((drop / code / "archive").iterdir())
        shutil.copy(archived, drop / code / f"lai-{archived.name}")  # the same file under another name
        again = run(hub, sources=chosen)
        assert {pull.outcome for pull in again.pulls} == {"ok"}
        assert sum(pull.fetched for pull in again.pulls) == 0
        assert again.reconciled is not None and again.reconciled.written == 0
    finally:
        hub.close()

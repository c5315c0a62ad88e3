"""The one-stop systems as the hub meets them: over HTTP, through ODBC drivers, as files; on a real day that passes."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyodbc
import pytest
import requests

from hub.sandbox import control, mariadb
from hub.sandbox.control import Sandbox
from hub.sandbox.one_stop import LEVELS, OneStop, OneStops
from hub.sandbox.world import FIRST_DAY

DOSSIERS = 500
FIRST = "2022-10-01T06:00:00"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A sandbox of all levels; the servers' account may pass through its folder."""
    if mariadb.missing() or not {"PostgreSQL Unicode", "MariaDB Unicode"} <= set(pyodbc.drivers()):
        pytest.skip("needs the packages mariadb-server, odbc-postgresql and odbc-mariadb")
    folder = Path(tempfile.mkdtemp(prefix="tthc-province-"))
    folder.chmod(0o755)
    try:
        control.start(folder, DOSSIERS, "daily", levels=LEVELS)
        yield folder
    finally:
        control.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sandbox(home: Path) -> Sandbox:
    found = control.status(home)
    assert found is not None
    return found


def _settings(sandbox: Sandbox) -> dict[str, str]:
    return dict(line.split("=", 1) for line in sandbox.env.read_text().splitlines())


def _systems(vendor: str) -> list[OneStop]:
    return OneStops(FIRST_DAY.date(), LEVELS).by_vendor(vendor)


def _truth(sandbox: Sandbox, source_id: str) -> set[str]:
    frames = [pl.read_parquet(sandbox.truth / f"{name}.parquet") for name in ("members", "quarantine")]
    return {key for f in frames for key in f.filter(pl.col("source_id") == source_id)["source_key"]}


def _connected(sandbox: Sandbox, system: OneStop) -> pyodbc.Connection:
    settings = _settings(sandbox)
    kind = "MARIADB" if system.vendor == "opencps" else "SQL"
    driver = "MariaDB Unicode" if kind == "MARIADB" else "PostgreSQL Unicode"
    password = settings[f"HUB_DISTRICT_{system.agency.code.replace('.', '_')}_PASSWORD"]
    server, port = settings[f"HUB_DISTRICT_{kind}_SERVER"], settings[f"HUB_DISTRICT_{kind}_PORT"]
    text = (
        f"DRIVER={{{driver}}};SERVER={server};PORT={port};DATABASE={system.slug};UID=hub-{system.slug};PWD={password}"
    )
    return pyodbc.connect(text + (";CHARSET=utf8mb4" if kind == "MARIADB" else ""), autocommit=True)


def _rows(sandbox: Sandbox, system: OneStop, query: str) -> list[Any]:
    connection = _connected(sandbox, system)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _departments(sandbox: Sandbox, system: OneStop, name: str, **query: str) -> dict[str, Any]:
    settings = _settings(sandbox)
    base, code = settings["HUB_PROVINCE_URL"], system.agency.code
    body = {"userName": "hub", "password": settings["HUB_PROVINCE_PASSWORD"]}
    login = requests.post(f"{base}/api/tokens", json=body, headers={"tenant": code}, timeout=10)
    answer = requests.get(
        f"{base}/api/v1/HoSo/Search/{name}",
        params={"pageNumber": "1", "pageSize": "10000", **query},
        headers={"tenant": code, "Authorization": f"Bearer {login.json()['token']}"},
        timeout=10,
    )
    return dict(answer.json())


@pytest.mark.parametrize(
    ("vendor", "query"),
    [
        ("td_sql", 'select "Id"::text from "Business"."HoSos"'),
        ("opencps", "select cast(dossierId as char) from opencps_dossier"),
    ],
)
def test_every_district_is_read_with_its_own_login(sandbox: Sandbox, vendor: str, query: str) -> None:
    for system in _systems(vendor):
        assert {row[0] for row in _rows(sandbox, system, query)} == _truth(sandbox, system.source_id)


def test_vietnamese_text_comes_through_both_drivers(sandbox: Sandbox) -> None:
    td, opencps = _systems("td_sql")[0], _systems("opencps")[0]
    assert _rows(sandbox, td, 'select "GroupName" from "Catalog"."Groups"')[0][0] == td.agency.name
    assert _rows(sandbox, opencps, "select govAgencyName from opencps_dossier")[0][0] == opencps.agency.name


@pytest.mark.parametrize("vendor", ["td_sql", "opencps"])
def test_a_login_writes_nothing_and_reaches_no_other_district(sandbox: Sandbox, vendor: str) -> None:
    system, other = _systems(vendor)[:2]
    table = '"Business"."HoSos"' if vendor == "td_sql" else "opencps_dossier"
    with pytest.raises(pyodbc.Error):
        _rows(sandbox, system, f"delete from {table}")
    settings = _settings(sandbox)
    kind, driver = ("SQL", "PostgreSQL Unicode") if vendor == "td_sql" else ("MARIADB", "MariaDB Unicode")
    password = settings[f"HUB_DISTRICT_{system.agency.code.replace('.', '_')}_PASSWORD"]
    with pytest.raises(pyodbc.Error):
        pyodbc.connect(
            f"DRIVER={{{driver}}};SERVER=127.0.0.1;PORT={settings[f'HUB_DISTRICT_{kind}_PORT']};"
            f"DATABASE={other.slug};UID=hub-{system.slug};PWD={password}"
        )


def test_departments_answer_for_their_tenant(sandbox: Sandbox) -> None:
    full = 0
    for system in _systems("td_rest"):
        page = _departments(sandbox, system, "SoTheoDoiHoSo")
        assert {item["Id"] for item in page["data"]} == _truth(sandbox, system.source_id)
        assert page["totalCount"] == len(page["data"])
        if page["data"]:
            full += 1
            numbers = {item["MaHoSo"] for item in page["data"]}
            steps = _departments(sandbox, system, "QuaTrinhXuLyHoSo")["data"]
            assert {step["MaHoSo"] for step in steps} == numbers
            last = page["data"][-1]["ThoiDiemCapNhat"]
            since = _departments(sandbox, system, "SoTheoDoiHoSo", tuNgay=last)["data"]
            assert [item["ThoiDiemCapNhat"] for item in since] == [last]
    assert full >= 5


def test_departments_refuse_strangers(sandbox: Sandbox) -> None:
    base = _settings(sandbox)["HUB_PROVINCE_URL"]
    first, second = (system.agency.code for system in _systems("td_rest")[:2])
    wrong = {"userName": "hub", "password": "no"}
    for tenant, status in ((first, 401), ("000.00.99.H56", 400)):
        answer = requests.post(f"{base}/api/tokens", json=wrong, headers={"tenant": tenant}, timeout=10)
        assert answer.status_code == status
    body = {"userName": "hub", "password": _settings(sandbox)["HUB_PROVINCE_PASSWORD"]}
    token = requests.post(f"{base}/api/tokens", json=body, headers={"tenant": first}, timeout=10).json()["token"]
    for tenant, status in ((first, 200), (second, 401)):  # a token is good for its own tenant alone
        headers = {"tenant": tenant, "Authorization": f"Bearer {token}"}
        answer = requests.get(f"{base}/api/v1/HoSo/Search/SoTheoDoiHoSo", headers=headers, timeout=10)
        assert answer.status_code == status


def test_every_commune_has_a_folder(sandbox: Sandbox) -> None:
    folder = Path(_settings(sandbox)["HUB_DROP_URL"].removeprefix("file://"))
    communes = {system.agency.code for vendor in ("xml", "register") for system in _systems(vendor)}
    assert {path.name for path in folder.iterdir()} == communes
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".xml", ".xlsx"}
    assert all(path.stat().st_mtime < time.time() or path.stat().st_mtime > time.time() + 3600 for path in files)


def test_a_day_passes_for_all_levels(home: Path, sandbox: Sandbox) -> None:
    folder = sandbox.folder / "drop"
    before = {path: path.read_bytes() for path in folder.rglob("*.x*")}
    taken = next(path for path in before if path.suffix == ".xlsx")
    taken.unlink()  # as a hub does that moves what it has read
    stamps = 'select "Id"::text, coalesce("LastModifiedOn", "CreatedOn") from "Business"."HoSos"'
    old = {row for system in _systems("td_sql") for row in map(tuple, _rows(sandbox, system, stamps))}
    again = control.start(home, DOSSIERS, "daily", levels=LEVELS)
    assert again.days == sandbox.days
    later = control.advance(home, 3)  # the first two are days off
    new = {row for system in _systems("td_sql") for row in map(tuple, _rows(later, system, stamps))}
    assert new - old
    assert all(stamp > "2022-10-01T05" for _, stamp in new - old)
    after = {path: path.read_bytes() for path in folder.rglob("*.x*")}
    assert taken not in after
    assert after.keys() - before.keys()
    changed = [path for path, content in before.items() if path != taken and after[path] != content]
    assert len(changed) <= 1
    assert all(after[path].startswith(before[path]) for path in changed)
    for system in _systems("opencps"):
        keys = {row[0] for row in _rows(later, system, "select cast(dossierId as char) from opencps_dossier")}
        assert keys == _truth(later, system.source_id)

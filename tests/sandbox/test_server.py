"""The systems over real HTTP: login, paging, cursors, and the life of the server's process."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.contract import Window
from hub.connecting import connect, to_stream_spec
from hub.errors import HubError
from hub.registry import load_mappings, load_sources
from hub.sandbox import control
from hub.sandbox.server import Listing
from hub.sandbox.world import World
from hub.settings import load
from tests.sandbox.conftest import DOSSIERS

PATHS = {"portal": "HoSo", "national": "QuocGia"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A running sandbox of the daily profile."""
    folder = tmp_path_factory.mktemp("home")
    control.start(folder, dossiers=DOSSIERS)
    yield folder
    control.stop(folder)


def settings(home: Path) -> dict[str, str]:
    lines = (home / "sandbox.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def login(home: Path, system: str) -> requests.Response:
    told = settings(home)
    if system == "portal":
        body = {"userName": "hub", "password": told["HUB_PORTAL_PASSWORD"]}
        url = told["HUB_PORTAL_URL"] + "/api/tokens"
        return requests.post(url, json=body, headers={"tenant": "thanhhoa"}, timeout=10)
    body = {"client_id": "hub", "client_secret": told["HUB_NATIONAL_SECRET"]}
    return requests.post(told["HUB_NATIONAL_URL"] + "/oauth/token", json=body, timeout=10)


def get(
    home: Path, system: str, kind: str = "DongBoHoSoMC", token: str | None = None, **query: Any
) -> requests.Response:
    if token is None:
        answer = login(home, system).json()
        token = answer.get("token") or answer["access_token"]
    base = settings(home)[f"HUB_{system.upper()}_URL"]
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{base}/api/v1/{PATHS[system]}/{kind}", params=query, headers=headers, timeout=10)


@pytest.mark.parametrize("system", ["portal", "national"])
@pytest.mark.parametrize(("kind", "path"), [("dossier", "DongBoHoSoMC"), ("step", "CapNhatTienDoHoSoMC")])
def test_pages_deliver_every_record_once(home: Path, daily: World, system: str, kind: str, path: str) -> None:
    served = Counter(payload for unit in daily.streams[system, kind] for _, payload in unit.versions)
    pages, number, body = [], 1, {"hasNextPage": True}
    while body["hasNextPage"]:
        answer = get(home, system, path, pageNumber=number, pageSize=250)
        body = answer.json()
        assert (body["currentPage"], body["pageSize"], body["hasPreviousPage"]) == (number, 250, number > 1)
        pages.append(body["data"])
        number += 1
    assert [len(page) for page in pages[:-1]] == [250] * (len(pages) - 1)
    assert body["totalPages"] == len(pages)
    assert body["totalCount"] == sum(map(len, pages)) == served.total()
    assert Counter(json.dumps(record, sort_keys=True) for page in pages for record in page) == Counter(
        json.dumps(json.loads(payload), sort_keys=True) for payload in served.elements()
    )
    if kind == "dossier":  # a key that repeats does so inside one page
        assert max(Counter(key for page in pages for key in {record["MaHoSo"] for record in page}).values()) == 1


def test_updated_from_is_inclusive_and_late_pages_are_empty(home: Path) -> None:
    everything = get(home, "portal", pageSize=10_000).json()["data"]
    stamps = sorted(record["NgayCapNhat"] for record in everything)
    since = stamps[len(stamps) // 2]
    later = get(home, "portal", pageSize=10_000, updatedFrom=since).json()
    assert later["totalCount"] == sum(stamp >= since for stamp in stamps)
    assert min(record["NgayCapNhat"] for record in later["data"]) == since
    assert get(home, "portal", updatedFrom="2022-09-30 00:00:00").json()["totalCount"] < later["totalCount"]
    nothing = get(home, "portal", updatedFrom="20991231000000", pageNumber=3).json()
    assert (nothing["data"], nothing["totalCount"], nothing["hasNextPage"]) == ([], 0, False)


@pytest.mark.parametrize("system", ["portal", "national"])
def test_nothing_without_a_valid_token(home: Path, system: str) -> None:
    other = login(home, "national" if system == "portal" else "portal").json()
    for token in ("", "invented", other.get("token") or other["access_token"]):
        assert get(home, system, token=token).status_code == 401


def test_login_needs_password_and_tenant(home: Path) -> None:
    url = settings(home)["HUB_PORTAL_URL"] + "/api/tokens"
    wrong = {"userName": "hub", "password": "wrong"}
    assert requests.post(url, json=wrong, headers={"tenant": "thanhhoa"}, timeout=10).status_code == 401
    right = {"userName": "hub", "password": settings(home)["HUB_PORTAL_PASSWORD"]}
    assert requests.post(url, json=right, timeout=10).status_code == 400
    national = settings(home)["HUB_NATIONAL_URL"] + "/oauth/token"
    assert requests.post(national, data={"client_id": "hub"}, timeout=10).status_code == 401


def test_wrong_paging_is_refused_and_the_catalogue_is_listed(home: Path) -> None:
    assert get(home, "portal", pageNumber=0).status_code == 400
    assert get(home, "portal", pageSize="many").status_code == 400
    catalogue = get(home, "portal", "../ThuTuc", pageSize=5).json()
    assert catalogue["totalCount"] > 2000
    assert set(catalogue["data"][0]) == {"MATTHC", "TENTTHC", "TRANGTHAI", "LINHVUCTHUCHIEN"}


def test_the_hubs_own_connector_reads_each_list_in_one_pass(home: Path, daily: World) -> None:
    held = load({"HUB_HOME": str(home)})
    mappings = load_mappings(held.mappings)
    for source in load_sources(held.sources, mappings, None, held.now()):
        connector = connect(source, held)
        for name, stream in source.mapping.streams.items():
            pages = list(connector.pages(to_stream_spec(stream, source, name), Window()))
            units = daily.streams[source.source_id, name]
            assert not any(page.repeated or page.refused for page in pages)
            assert sum(len(page.keys) for page in pages) == sum(len(unit.versions) for unit in units)
            assert pages[-1].cursor is not None
        connector.close()


def test_settings_are_for_the_owner_alone(home: Path) -> None:
    told = settings(home)
    assert set(told) == {
        "HUB_NOW",
        "HUB_SOURCES",
        "HUB_PORTAL_URL",
        "HUB_PORTAL_PASSWORD",
        "HUB_NATIONAL_URL",
        "HUB_NATIONAL_SECRET",
    }
    assert told["HUB_NOW"] == "2022-10-01T06:00:00+07:00"
    for path in (home / "sandbox.env", home / "sandbox" / "server.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "sandbox").stat().st_mode) == 0o700


def test_start_again_changes_nothing(home: Path) -> None:
    before = control.status(home)
    world = (home / "sandbox" / "world.json").stat().st_mtime_ns
    assert control.start(home, dossiers=DOSSIERS) == before
    assert (home / "sandbox" / "world.json").stat().st_mtime_ns == world


def test_days_pass_and_the_server_shows_them(tmp_path: Path) -> None:
    first = control.start(tmp_path, dossiers=200)
    try:
        before = get(tmp_path, "portal", pageSize=10_000).json()
        moved = control.advance(tmp_path, days=3)
        after = get(tmp_path, "portal", pageSize=10_000, updatedFrom="20221001060001").json()
        assert moved.port == first.port
        assert settings(tmp_path)["HUB_NOW"] == "2022-10-04T06:00:00+07:00"
        assert after["totalCount"] > 0
        assert get(tmp_path, "portal").json()["totalCount"] > before["totalCount"]
        assert control.start(tmp_path, dossiers=200).days == 3  # the same sandbox, not one that is rewound
        assert control.start(tmp_path, dossiers=100).days == 0  # another one
        assert control.stop(tmp_path)
        assert not control.stop(tmp_path)
        stopped = control.status(tmp_path)
        assert stopped is not None
        assert (stopped.port, stopped.now.isoformat()) == (0, "2022-10-01T06:00:00+07:00")
        assert control.start(tmp_path, dossiers=100).port == first.port
    finally:
        control.stop(tmp_path)


def test_a_killed_server_is_started_again(tmp_path: Path) -> None:
    first = control.start(tmp_path, dossiers=20)
    try:
        killed = int((first.folder / "serving").read_text())
        os.kill(killed, signal.SIGKILL)
        again = control.start(tmp_path, dossiers=20)
        assert int((again.folder / "serving").read_text()) != killed
        assert get(tmp_path, "portal").status_code == 200
    finally:
        assert control.stop(tmp_path)


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    assert control.status(tmp_path) is None
    assert not control.stop(tmp_path)
    with pytest.raises(HubError, match="there is none"):
        control.advance(tmp_path)
    with pytest.raises(HubError, match="cannot move by 0 days"):
        control.advance(tmp_path, days=0)
    with pytest.raises(HubError, match="no profile"):
        control.start(tmp_path, profile="nasty", today=datetime(2022, 10, 1, 6))


def test_units_never_cross_a_page_edge() -> None:
    sizes = [1, 1, 2, 3, 1, 2, 1, 1, 3, 1, 1, 1, 2]
    units = [n for n, size in enumerate(sizes) for _ in range(size)]
    payloads = [f'"{n}"'.encode() for n in units]
    listing = Listing(units, [f"{n:014d}" for n in units], payloads)
    for size in (3, 4, 5, 7, 50):
        number, seen, body = 1, [], {"hasNextPage": True}
        while body["hasNextPage"]:
            body = json.loads(listing.page("", number, size))
            seen.append(body["data"])
            number += 1
        assert Counter(key for page in seen for key in page) == Counter(str(n) for n in units)
        assert max(Counter(key for page in seen for key in set(page)).values()) == 1, size
        assert {len(page) for page in seen[:-1]} <= {size}

"""Which programs of PostgreSQL run, as whom, and from where: two majors, root, closed folders.

As an ordinary account the cases of root turn into their simple form: nothing is copied and nothing is moved.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from hub.errors import HubError
from hub.warehouse import binaries, embedded
from hub.warehouse.binaries import Account, Binaries, locate_binaries

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may enter; servers of `open` and `closed/home` below it are stopped and removed."""
    with tempfile.TemporaryDirectory(prefix="hub-binaries-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "closed").mkdir(mode=0o700)
        try:
            yield place
        finally:
            for home in (place / "open", place / "closed" / "home"):
                data = embedded.status(home).data
                embedded.stop(home)
                if data is not None and place not in data.parents:
                    shutil.rmtree(data.parent)


def wheel_servers() -> list[Binaries]:
    """The servers in the wheel, lowest major first."""
    spec = find_spec(binaries.WHEEL)
    assert spec is not None and spec.submodule_search_locations
    trees = Path(spec.submodule_search_locations[0]).glob("*/bin")
    return sorted((locate_binaries(None, tree) for tree in trees), key=lambda server: server.major)


def test_installed_comes_before_the_wheel_and_the_setting_before_both(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lowest, highest = wheel_servers()[0], wheel_servers()[-1]
    assert locate_binaries(None, lowest.bin) == lowest
    monkeypatch.setenv("PATH", str(place))
    monkeypatch.setattr(binaries, "_INSTALLED", place / "installed")
    assert locate_binaries(None, None) == highest
    (place / "installed" / "16").mkdir(parents=True)
    (place / "installed" / "16" / "bin").symlink_to(lowest.bin)
    assert locate_binaries(None, None).bin == place / "installed" / "16" / "bin"


def test_a_tree_without_all_its_programs_is_passed_over(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = place / "installed" / "99" / "bin"
    half.mkdir(parents=True)
    (half / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 99.1'\n")
    (half / "postgres").chmod(0o755)
    monkeypatch.setattr(binaries, "_INSTALLED", place / "installed")
    assert locate_binaries(None, None).major != 99
    with pytest.raises(HubError, match="initdb, pg_ctl, postgres are not all there"):
        locate_binaries(None, half)


def test_finding_the_wheel_does_not_import_it() -> None:
    # Importing it changes permissions of its parent folders.
    code = "import sys; from hub.warehouse.binaries import *; locate_binaries(16, None); print(WHEEL in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


def test_a_missing_major_is_named_with_the_line_that_installs_it() -> None:
    with pytest.raises(HubError, match="made by PostgreSQL 13") as failure:
        locate_binaries(13, None)
    assert failure.value.hint == "install it: apt-get install -y postgresql-13"


def test_no_server_at_all_is_told_with_the_line_that_installs_one(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place))
    monkeypatch.setattr(binaries, "_INSTALLED", place)
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    with pytest.raises(HubError, match="no PostgreSQL server of version 15 or above") as failure:
        locate_binaries(None, None)
    assert failure.value.hint == "install one: apt-get install -y postgresql-15"


def test_data_is_started_by_the_major_that_made_it(place: Path) -> None:
    home, older, newer = place / "open", wheel_servers()[0], wheel_servers()[-1]
    assert locate_binaries(None, None).major != older.major
    assert embedded.ensure_running(home, pg_bin=older.bin).major == older.major
    for setting in (None, newer.bin):
        embedded.stop(home)
        server = embedded.ensure_running(home, pg_bin=setting)
        assert (server.major, server.bin) == (older.major, older.bin)
        with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
            assert connection.info.server_version // 10000 == older.major


def test_programs_below_a_closed_folder_are_copied_for_the_servers_account(place: Path) -> None:
    server = wheel_servers()[-1]
    package = server.bin.parents[1]
    closed = place / "closed"
    for part in (package / server.bin.parent.name, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, closed / part.relative_to(package.parent), symlinks=True)
    moved = closed / server.bin.relative_to(package.parent)
    started = embedded.ensure_running(place / "open", pg_bin=moved)
    assert started.major == server.major
    assert closed.stat().st_mode & 0o777 == 0o700
    if not IS_ROOT:
        assert started.bin == moved
        return
    assert started.bin == place / "open" / "pg" / "server" / server.bin.relative_to(package.parent)
    before = (started.bin / "postgres").stat().st_ino
    embedded.stop(place / "open")
    embedded.ensure_running(place / "open", pg_bin=moved)
    assert (started.bin / "postgres").stat().st_ino == before  # copied once


def test_a_home_below_a_closed_folder_leaves_the_folder_closed(place: Path) -> None:
    home = place / "closed" / "home"
    server = embedded.ensure_running(home)
    assert embedded.ensure_running(home) == server
    assert (place / "closed").stat().st_mode & 0o777 == 0o700
    if not IS_ROOT:
        assert server.data == home / "pg" / "data"
        return
    folder = server.data.parent
    assert folder.parent == Path("/var/lib/tthc-hub")
    assert (home / "pg.location").read_text().strip() == str(folder)
    assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (0, 0o750)
    # A new home at the old path does not silently get the old rows.
    (home / "pg.location").unlink()
    try:
        with pytest.raises(HubError, match="holds the server of an earlier"):
            embedded.ensure_running(home)
    finally:
        (home / "pg.location").write_text(str(folder))


def test_the_servers_account_is_not_root_and_inherits_no_groups(place: Path) -> None:
    account = binaries.server_account(place / "open" / "pg" / "data")
    if not IS_ROOT:
        assert account == Account()
        return
    assert account.uid not in (None, 0)
    own = os.getgroups()
    os.setgroups([*own, 4])
    try:
        assert account.run("id", "-G", seconds=10).stdout.split() == [str(account.gid)]
    finally:
        os.setgroups(own)

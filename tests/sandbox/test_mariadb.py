"""The private MariaDB keeps what was committed, whoever kills it, and is one per folder."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyodbc
import pytest

from hub.sandbox import mariadb

DRIVER = "MariaDB Unicode"


@pytest.fixture
def folder() -> Iterator[Path]:
    if reason := mariadb.missing():
        pytest.skip(f"no MariaDB server: {reason}")
    if DRIVER not in pyodbc.drivers():
        pytest.skip(f"the ODBC driver {DRIVER} is missing: apt-get install -y odbc-mariadb")
    home = Path(tempfile.mkdtemp(prefix="tthc-test-maria-"))
    home.chmod(0o755)  # as root, the server runs as another account
    yield home
    mariadb.stop(home)
    shutil.rmtree(home, ignore_errors=True)


def ask(server: mariadb.MariaDb, *statements: str) -> list[tuple[object, ...]]:
    login = f"UID={server.user};PWD={server.password}"
    connection = pyodbc.connect(f"DRIVER={DRIVER};SERVER=127.0.0.1;PORT={server.port};{login}", autocommit=True)
    try:
        for statement in statements[:-1]:
            connection.execute(statement)
        return [tuple(row) for row in connection.execute(statements[-1]).fetchall()]
    finally:
        connection.close()


def test_a_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    first = mariadb.start(folder)
    assert mariadb.start(folder) == first
    assert first.password not in repr(first)
    ask(first, "CREATE DATABASE d", "CREATE TABLE d.t (n int)", "INSERT INTO d.t VALUES (7)", "SELECT 1")
    os.kill(int((folder / "data" / "server.pid").read_text()), signal.SIGKILL)
    second = mariadb.start(folder)
    assert ask(second, "SELECT n FROM d.t") == [(7,)]
    assert second.password == first.password
    if os.geteuid() == 0:
        pid = int((folder / "data" / "server.pid").read_text())
        assert Path(f"/proc/{pid}").stat().st_uid != 0
    assert mariadb.stop(folder)
    assert not mariadb.stop(folder)
    with pytest.raises(pyodbc.Error):
        ask(second, "SELECT 1")


def test_what_a_killed_beginning_left_is_no_data(folder: Path) -> None:
    (folder / "init-half").mkdir()
    (folder / "init-half" / "ibdata1").write_bytes(b"half")
    assert ask(mariadb.start(folder), "SELECT 1") == [(1,)]
    assert not list(folder.glob("init-*"))

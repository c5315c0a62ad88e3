"""The embedded server as its callers meet it: real servers, real kills, real accounts.

Here: starting, attaching, stopping, concurrency, ports, credentials. Where the programs come from and which account
and folder are used stands in `test_binaries.py`.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub.errors import HubError
from hub.warehouse import embedded

REPOSITORY = Path(__file__).parents[2]
# Imports first: the other account may not be able to read where they come from.
CHILD = """
import json, os, pathlib, sys
from hub.warehouse import embedded
home, uid = pathlib.Path(sys.argv[1]), int(sys.argv[2])
if uid:
    os.setgroups([]); os.setgid(uid); os.setuid(uid)
server = embedded.ensure_running(home)
print(json.dumps({"port": server.port, "pid": embedded.status(home).pid}))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    # Not tmp_path: that is closed to other accounts, which is a case of its own in test_binaries.py.
    with tempfile.TemporaryDirectory(prefix="hub-embedded-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        try:
            yield home
        finally:
            embedded.stop(home)


@pytest.fixture(scope="module")
def example() -> Iterator[Path]:
    """A home whose server was started once and stopped: making the data costs more than most of these tests."""
    with tempfile.TemporaryDirectory(prefix="hub-embedded-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        embedded.ensure_running(home)
        embedded.stop(home)
        yield home


@pytest.fixture
def used(home: Path, example: Path) -> Path:
    """A home of the test's own that was in use before, stopped."""
    subprocess.run(["cp", "-a", example, home], check=True)
    return home


def query(server: embedded.Server, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def in_process(home: Path, uid: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(home), str(uid)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])},
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> dict[str, int]:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return dict(json.loads(output))


def test_first_start_makes_a_server_and_the_next_call_attaches(home: Path) -> None:
    assert embedded.status(home) == embedded.Status("none")
    server = embedded.ensure_running(home)
    assert embedded.ensure_running(home) == server
    state = embedded.status(home)
    assert (state.state, state.port, state.major, state.data) == ("running", server.port, server.major, server.data)
    assert server.url.startswith("postgresql+psycopg://hub_owner:")
    assert server.url.endswith(f"@127.0.0.1:{server.port}/hub")
    assert (server.data.parent / "login.json").stat().st_mode & 0o777 == 0o600
    assert server.data.stat().st_mode & 0o777 == 0o700
    assert list(server.data.parent.glob("init-*")) == []


def test_settings_are_safe_and_local(used: Path) -> None:
    server = embedded.ensure_running(used)
    settings: dict[str, str] = dict(query(server, "SELECT name, setting FROM pg_settings"))
    expected = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
        "logging_collector": "on",
        "jit": "off",
        "max_wal_size": "4096",
        "password_encryption": "scram-sha-256",
    }
    assert {name: settings[name] for name in expected} == expected
    # Compared byte by byte, which is the order of C.UTF-8 too; upper and lower know Vietnamese.
    assert query(server, "SELECT datcollate, datctype FROM pg_database WHERE datname = 'hub'") == [("C", "C.UTF-8")]
    assert query(server, "SELECT upper('đường ấm'), lower('ĐƯỜNG ẤM')") == [("ĐƯỜNG ẤM", "đường ấm")]
    assert query(server, "SELECT string_agg(t, '' ORDER BY t) FROM unnest('{Đ,a,Z,ấ}'::text[]) t") == [("ZaĐấ",)]
    assert query(server, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'") == [(0,)]


@pytest.mark.parametrize(("callers", "first"), [(6, True), (8, False)])
def test_concurrent_callers_get_one_server(home: Path, callers: int, first: bool) -> None:
    if not first:
        embedded.ensure_running(home)
        assert embedded.stop(home)
    answers = [answer(process) for process in [in_process(home) for _ in range(callers)]]
    assert answers == [answers[0]] * callers
    assert answers[0]["pid"] == embedded.status(home).pid


def test_the_server_does_not_hold_the_lock_or_a_pipe_of_its_starter(used: Path) -> None:
    answer(in_process(used))  # reads to the end of the pipe: an heir of it would keep the reader waiting
    with (used / "pg.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_lock_held_too_long_is_told(home: Path) -> None:
    home.mkdir()
    with (home / "pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(HubError, match=r"pg\.lock: another process"):
            embedded.ensure_running(home, timeout_s=0.1)


def test_a_wrong_password_is_refused_and_the_right_one_never_shown(used: Path) -> None:
    server = embedded.ensure_running(used)
    password = server.url.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host="127.0.0.1", port=server.port, user="hub_owner", password="wrong", dbname="hub")
    assert password not in repr(server)
    process = Path(f"/proc/{embedded.status(used).pid}/cmdline").read_text()
    assert password not in process
    assert not any(password in path.read_text() for path in server.data.glob("log/*"))


def test_a_damaged_login_is_explained(used: Path) -> None:
    server = embedded.ensure_running(used)
    (server.data.parent / "login.json").write_text("{")
    with pytest.raises(HubError, match=r"login\.json.*missing or damaged"):
        embedded.ensure_running(used)


def test_after_kill_9_the_rows_are_back(used: Path) -> None:
    server = embedded.ensure_running(used)
    query(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    pid = embedded.status(used).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    again = embedded.ensure_running(used)
    assert query(again, "SELECT count(*) FROM kept") == [(1000,)]
    assert embedded.status(used).pid != pid


def test_after_kill_9_in_the_first_start_nothing_half_made_is_left(home: Path) -> None:
    child = in_process(home)
    while not list(home.glob("pg/init-*/data/PG_VERSION")):
        assert child.poll() is None
        time.sleep(0.005)
    child.kill()
    child.communicate()
    assert embedded.status(home).state == "none"
    assert query(embedded.ensure_running(home), "SELECT 1") == [(1,)]
    assert list((home / "pg").glob("init-*")) == []


def test_a_dead_process_that_nobody_reaped_is_waited_for(used: Path) -> None:
    data = embedded.ensure_running(used).data
    lines = (data / "postmaster.pid").read_text().splitlines()
    embedded.stop(used)
    owner = data.stat()
    # As the server's account: PostgreSQL gives way only to processes that it could signal.
    dead = subprocess.Popen(["true"], user=owner.st_uid if os.geteuid() == 0 else None)
    while Path(f"/proc/{dead.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
    (data / "postmaster.pid").write_text("\n".join([str(dead.pid), *lines[1:], ""]))
    os.chown(data / "postmaster.pid", owner.st_uid, owner.st_gid)
    assert embedded.status(used).state == "stopped"
    reaper = threading.Timer(0.5, dead.wait)
    reaper.start()
    began = time.monotonic()
    assert query(embedded.ensure_running(used), "SELECT 1") == [(1,)]
    assert time.monotonic() - began >= 0.5
    reaper.join()


def test_a_stranger_with_the_servers_old_process_id_is_left_alone(used: Path) -> None:
    data = embedded.ensure_running(used).data
    lines = (data / "postmaster.pid").read_text().splitlines()
    embedded.stop(used)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
        assert embedded.status(used).state == "stopped"
        assert not embedded.stop(used)
        assert stranger.poll() is None
        stranger.kill()
    (data / "postmaster.pid").unlink()


def test_stop_is_explicit_and_keeps_the_rows(home: Path) -> None:
    assert not embedded.stop(home)
    assert not home.exists()
    server = embedded.ensure_running(home)
    query(server, "CREATE TABLE kept AS SELECT 1 AS n")
    assert embedded.stop(home)
    assert not embedded.stop(home)
    assert embedded.status(home).state == "stopped"
    again = embedded.ensure_running(home)
    assert again.port == server.port
    assert query(again, "SELECT n FROM kept") == [(1,)]


def test_a_port_that_another_program_took_is_given_up(used: Path) -> None:
    taken = embedded.ensure_running(used).port
    embedded.stop(used)
    with socket.create_server(("127.0.0.1", taken)):
        server = embedded.ensure_running(used)
        assert server.port != taken
        assert embedded.ensure_running(used) == server
    embedded.stop(used)
    assert embedded.ensure_running(used).port == server.port


def test_a_port_taken_between_the_look_and_the_start_is_given_up(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = embedded.ensure_running(used).port
    embedded.stop(used)
    look, looks = embedded._is_free, iter([True])
    monkeypatch.setattr(embedded, "_is_free", lambda port: next(looks, None) or look(port))
    with socket.create_server(("127.0.0.1", taken)):
        assert embedded.ensure_running(used).port != taken


def test_a_second_database_has_its_own_owner(used: Path) -> None:
    embedded.ensure_running(used)
    other = embedded.ensure_running(used, database="hub_test")
    assert query(other, "SELECT current_database(), current_user") == [("hub_test", "hub_test_owner")]
    with pytest.raises(HubError, match="cannot be the name"):
        embedded.ensure_running(used, database="Hub; --")


def test_a_failed_start_is_told_in_the_servers_own_words(used: Path) -> None:
    data = embedded.ensure_running(used).data
    embedded.stop(used)
    with (data / "postgresql.auto.conf").open("a") as configuration:
        configuration.write("shared_buffers = 'nonsense'\n")
    with pytest.raises(HubError, match=r"FATAL: .*contains errors"):
        embedded.ensure_running(used)


def test_an_ordinary_account_runs_its_own_server(home: Path) -> None:
    home.mkdir()
    uid = os.geteuid()
    if uid == 0:
        uid = pwd.getpwnam("nobody").pw_uid
        os.chown(home, uid, uid)
    started = answer(in_process(home, uid if os.geteuid() == 0 else 0))
    assert (home / "pg" / "data").stat().st_uid == uid
    # Root that helps out finds the same server, and leaves files that the account can still use.
    assert embedded.ensure_running(home).port == started["port"]
    embedded.stop(home)
    embedded.ensure_running(home)
    assert answer(in_process(home, uid if os.geteuid() == 0 else 0))["port"] == started["port"]

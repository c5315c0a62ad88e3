"""A private MariaDB server: districts run OpenCPS on it, so the sandbox and the tests read a real one.

Here: making its folder, starting, finding and stopping it. Not here: what stands in it, and how it is read
(`connectors/odbc.py`). It is no service of the machine: it listens on loopback alone, on a port of its own, keeps
everything in one folder, and takes nothing from `/etc/mysql`, where a machine may configure a server of its own.

A folder has one server, whoever asks and however often. It is trusted when its process runs on that folder, never
because a port answers; after a kill -9 the next start recovers what was committed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from hub.errors import HubError
from hub.warehouse.binaries import SYSTEM_USER, Account, server_account
from hub.warehouse.server_folder import explained, write_file

PACKAGE = "mariadb-server"
USER = "hub"
_HOST = "127.0.0.1"
_PLACES = "/usr/sbin:/usr/local/sbin:/usr/libexec:" + os.defpath
_LONGEST_SOCKET = 100  # the system takes 107 bytes
_PORTS = range(20000, 32768)  # below those that systems hand out for outgoing connections


@dataclass(frozen=True, slots=True)
class MariaDb:
    """A server that accepts connections on 127.0.0.1; `user` may do everything in it."""

    port: int
    user: str
    password: str = field(repr=False)
    socket: str


def missing() -> str:
    """Why no server can be started on this machine, with the line that mends it; "" when one can."""
    programs = [name for name in ("mariadbd", "mariadb-install-db") if _program(name) is None]
    return f"{', '.join(programs)} not found: apt-get install -y {PACKAGE}" if programs else ""


def start(folder: Path, *, timeout_s: float = 60) -> MariaDb:
    """The server of this folder, made and started as far as needed.

    Raises HubError: no programs, a folder that its account cannot enter, a start that failed (in its own words).
    """
    if reason := missing():
        raise HubError(f"no MariaDB server: {reason}", "run that line, then the same command again")
    deadline = time.monotonic() + timeout_s
    with _locked(folder, deadline) as home:
        if (running := _running(home)) is not None and (server := _kept(home)) is not None:
            try:
                _await(home, running, server, deadline)
                return server
            except _TryAgain:
                time.sleep(0.1)  # killed a moment ago, it looked alive until the system had taken it down
        account = server_account(home / "data")
        if not (home / "data").exists():
            _make(home, account, deadline)
        server = _kept(home) or MariaDb(0, USER, secrets.token_urlsafe(18), _socket(home))
        while True:
            server = MariaDb(_free_port(server.port), server.user, server.password, server.socket)
            write_file(home / "server.json", msgspec.json.encode(server).decode(), 0o600)
            try:
                _await(home, _launch(home, account, server), server, deadline)
                return server
            except _TryAgain:
                time.sleep(0.1)


def stop(folder: Path, *, timeout_s: float = 30) -> bool:
    """Stop the server of this folder; False when none was running. Raises HubError when it does not end."""
    if not folder.exists():
        return False
    deadline = time.monotonic() + timeout_s
    with _locked(folder, deadline) as home:
        pid = _running(home)
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        while _alive(pid, home):
            if time.monotonic() > deadline:
                raise HubError(f"{home}: MariaDB (process {pid}) was told to stop and still runs", "wait, then again")
            time.sleep(0.02)
        return True


class _TryAgain(Exception):
    """Somebody was quicker with the port, or a killed server still holds the files."""


@contextmanager
def _locked(folder: Path, deadline: float) -> Iterator[Path]:
    """The server's own folder, nobody else starting or stopping meanwhile."""
    folder = folder.expanduser().resolve()
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "lock", "w", encoding="utf-8") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise HubError(f"{folder}/lock is held by another process", "see what it waits for") from None
                    time.sleep(0.02)
            yield folder


def _make(home: Path, account: Account, deadline: float) -> None:
    """The data directory, made aside and moved into place when whole: what a killed beginning left is no data."""
    if account.uid is not None:
        home.chmod(0o755)
        if not account.can_enter(home):
            raise HubError(
                f"{home}: the account {SYSTEM_USER}, as whom MariaDB runs, cannot enter this folder",
                "use a home folder that every account may pass through, for example below /var/lib",
            )
    for half in home.glob("init-*"):
        shutil.rmtree(half, ignore_errors=True)
    aside = Path(tempfile.mkdtemp(prefix="init-", dir=home))
    try:
        if account.uid is not None and account.gid is not None:
            os.chown(aside, account.uid, account.gid)
        made = account.run(
            _program("mariadb-install-db") or "mariadb-install-db",
            "--no-defaults",
            f"--datadir={aside}",
            "--auth-root-authentication-method=socket",
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=16M",
            seconds=deadline - time.monotonic(),
        )
        if made.returncode != 0:
            last = (made.stdout.strip().splitlines() or [f"exit code {made.returncode}"])[-1]
            raise HubError(f"{home}: mariadb-install-db failed: {last}", "mend that, then run the same command again")
        aside.rename(home / "data")
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _launch(home: Path, account: Account, server: MariaDb) -> int:
    """Start the process, which outlives this one, and return its id."""
    hosts = ("localhost", _HOST)
    users = [f"CREATE OR REPLACE USER '{server.user}'@'{host}' IDENTIFIED BY '{server.password}';" for host in hosts]
    grants = [f"GRANT ALL ON *.* TO '{server.user}'@'{host}' WITH GRANT OPTION;" for host in hosts]
    first = home / "data" / "first.sql"  # read before the first connection is accepted
    write_file(first, "\n".join([*users, *grants, ""]), 0o600)
    log = home / "data" / "server.log"
    log.unlink(missing_ok=True)
    process = subprocess.Popen(
        [
            _program("mariadbd") or "mariadbd",
            "--no-defaults",
            f"--datadir={home / 'data'}",
            f"--bind-address={_HOST}",
            f"--port={server.port}",
            f"--socket={server.socket}",
            f"--pid-file={home / 'data' / 'server.pid'}",
            f"--log-error={log}",
            f"--init-file={first}",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--performance-schema=OFF",
            "--character-set-server=utf8mb4",
            "--innodb-buffer-pool-size=64M",
            "--innodb-log-file-size=16M",
            # To the system at each commit, to the disk once a second: a kill loses nothing, a power cut may.
            "--innodb-flush-log-at-trx-commit=2",
        ],
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
        cwd="/",
        env={"PATH": _PLACES, "LC_ALL": "C.UTF-8", "TZ": "Asia/Ho_Chi_Minh"},
        umask=0o077,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    process.returncode = 0  # it is meant to outlive this process, which shall not warn of it
    return process.pid


def _await(home: Path, pid: int, server: MariaDb, deadline: float) -> None:
    """Wait until the server greets on its port."""
    while True:
        if _greets(server.port) and _alive(pid, home):
            return
        if not _alive(pid, home):
            errors = _words(home)
            if (not errors or "Address already in use" in errors or "lock" in errors) and time.monotonic() < deadline:
                raise _TryAgain
            raise HubError(f"{home}: MariaDB did not start: {errors}", f"see {home}/data/server.log")
        if time.monotonic() > deadline:
            raise HubError(f"{home}: MariaDB (process {pid}) is still starting", f"see {home}/data/server.log")
        time.sleep(0.02)


def _greets(port: int) -> bool:
    try:
        with socket.create_connection((_HOST, port), timeout=1) as greeted:
            greeted.settimeout(1)
            return len(greeted.recv(5)) == 5
    except OSError:
        return False


def _running(home: Path) -> int | None:
    """The id of the process that runs on this folder."""
    try:
        pid = int((home / "data" / "server.pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return pid if _alive(pid, home) else None


def _alive(pid: int, home: Path) -> bool:
    """Whether this process is the server of this folder: an id may belong to a stranger by now, or to a zombie."""
    process = Path(f"/proc/{pid}")
    try:
        if (process / "stat").read_text(errors="replace").rpartition(")")[2].split()[0] in "ZX":
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            return False
        return os.fsencode(f"--datadir={home / 'data'}") in (process / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _words(home: Path) -> str:
    try:
        lines = (home / "data" / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "it gave no reason"
    return "; ".join([line.partition("[ERROR]")[2].strip() for line in lines if "[ERROR]" in line][:3])


def _kept(home: Path) -> MariaDb | None:
    try:
        return msgspec.json.decode((home / "server.json").read_bytes(), type=MariaDb)
    except (OSError, msgspec.DecodeError):
        return None


def _socket(home: Path) -> str:
    path = str(home / "data" / "server.sock")
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return path
    return f"{tempfile.gettempdir()}/tthc-{hashlib.sha256(path.encode()).hexdigest()[:12]}.sock"


def _free_port(wanted: int) -> int:
    # A server that was killed a moment ago holds its port until the system has taken it down.
    for port in (*[wanted] * (20 if wanted else 0), *random.sample(_PORTS, 100)):
        try:
            socket.create_server((_HOST, port)).close()
            return port
        except OSError:
            time.sleep(0.05 if port == wanted else 0)
    raise HubError("no free port was found for MariaDB", "end programs that hold many ports")


def _program(name: str) -> str | None:
    return shutil.which(name, path=_PLACES)

"""The embedded PostgreSQL server: one per home folder, started when somebody needs it.

Here: making the data directory, choosing the port, starting, attaching, stopping. Not here: where the programs
come from and as whom they run (`binaries.py`), the process that runs (`postmaster.py`), the folder and its lock
(`server_folder.py`), settings (`tuning.py`), tables and further roles (migrations), a managed server (it is a URL).

The server outlives the process that started it and ends by `stop` alone: a count of users goes stale with the
first kill -9. Everything happens under one file lock, so that many processes may ask at once. A server is trusted
when its process, its data directory and its port agree, never because a port answers.
"""

from __future__ import annotations

import os
import random
import re
import secrets
import shutil
import socket
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

from hub.errors import HubError
from hub.warehouse.binaries import Account, Binaries, locate_binaries, server_account
from hub.warehouse.postmaster import end_postmaster, find_postmaster, settled_postmaster
from hub.warehouse.server_folder import (
    Login,
    existing_folder,
    explained,
    locked,
    major_of,
    prepared_folder,
    read_login,
    write_file,
    write_login,
)
from hub.warehouse.tuning import server_settings

_HOST = "127.0.0.1"
_REFUSALS = 50
"""How often a ready server may refuse the hub, 0.1 s apart."""
_PORTS = range(20000, 32768)
"""Below the ports that systems hand out for outgoing connections, which would take ours between two starts."""


@dataclass(frozen=True)
class Server:
    """A server that accepts connections. `url` is for SQLAlchemy, logs in as the owner and holds the password."""

    url: str = field(repr=False)
    data: Path
    port: int
    major: int
    bin: Path


@dataclass(frozen=True)
class Status:
    """What is there, without starting anything. `none`: no data directory yet, then all other fields are None."""

    state: Literal["none", "stopped", "running"]
    data: Path | None = None
    port: int | None = None
    major: int | None = None
    pid: int | None = None


def ensure_running(home: Path, *, database: str = "hub", pg_bin: Path | None = None, timeout_s: float = 60) -> Server:
    """Return the server of this home, making its data directory and starting it as far as needed.

    `database` is created when missing, with its owner `<database>_owner`, a superuser. The first database's owner
    is the role that the cluster is made with; owners of later ones get the same password. `pg_bin` is the setting
    HUB_PG_BIN. `timeout_s` bounds the waiting; crash recovery counts, so raise it for much data.

    Raises HubError: no suitable programs, a folder of another account, a start that failed (in the server's own
    words), a lock or a recovery that takes too long.
    """
    if not re.fullmatch(r"(?!pg_)[a-z][a-z0-9_]{0,55}", database):
        raise HubError(
            f"{database!r} cannot be the name of the embedded database",
            hint="use up to 56 of a-z, 0-9 and _, a letter first, and not pg_ first",
        )
    home, deadline = home.expanduser().resolve(), time.monotonic() + timeout_s
    with locked(home, deadline):
        folder = prepared_folder(home)
        patience = _REFUSALS
        while True:
            login, programs = _bring_up(folder, pg_bin, f"{database}_owner", deadline)
            try:
                _prepare_database(folder / "data", login, database)
                break
            except psycopg.OperationalError as error:
                # Killed a moment ago, a server looks alive until the system has taken it down: look again. One that
                # lost a session's process recovers by itself, says so, and may take as long as any recovery.
                recovering = "the database system is" in str(error) and time.monotonic() < deadline
                patience -= not recovering
                if patience == 0:
                    raise HubError(
                        f"the embedded server on port {login.port} runs and refuses the hub: {error}",
                        hint=f"its owner's password was changed, or connections or disk ran out: see {folder}/data/log",
                    ) from error
                time.sleep(0.1)
        return Server(
            url=f"postgresql+psycopg://{database}_owner:{login.password}@{_HOST}:{login.port}/{database}",
            data=folder / "data",
            port=login.port,
            major=int((folder / "data" / "PG_VERSION").read_text(encoding="utf-8")),
            bin=programs,
        )


def stop(home: Path, *, timeout_s: float = 60) -> bool:
    """Stop the server of this home in fast mode. True when one was stopped, False when none was running.

    Raises HubError when it has not ended after `timeout_s`, or belongs to another account.
    """
    home, deadline = home.expanduser().resolve(), time.monotonic() + timeout_s
    with explained(home):
        folder = existing_folder(home)
    if folder is None:
        return False
    with locked(home, deadline):
        return end_postmaster(folder / "data", deadline)


def status(home: Path) -> Status:
    """Look without waiting, locking or changing. Raises HubError when the folder belongs to another account."""
    home = home.expanduser().resolve()
    with explained(home):
        folder = existing_folder(home)
        if folder is None or (major := major_of(folder / "data")) is None:
            return Status("none")
        found = find_postmaster(folder / "data")
        if found is None or found.zombie:
            return Status("stopped", folder / "data", read_login(folder).port, major)
        return Status("running", folder / "data", found.port or read_login(folder).port, major, found.pid)


def _bring_up(folder: Path, pg_bin: Path | None, role: str, deadline: float) -> tuple[Login, Path]:
    """Find the server running or start it; its login, with the port it listens on, and its folder of programs."""
    data = folder / "data"
    running = settled_postmaster(data, deadline)
    if running is not None:
        # The program that runs stands first in this file; its arguments follow in quotes.
        command = (data / "postmaster.opts").read_text(encoding="utf-8")
        return replace(read_login(folder), port=running.port), Path(command.split(' "')[0]).parent
    account = server_account(data)
    binaries = locate_binaries(major_of(data), pg_bin).within_reach(account, folder)
    if major_of(data) is None:
        _initialise(folder, binaries, account, role, deadline)
    return _start(folder, binaries, account, deadline), binaries.bin


def _initialise(folder: Path, binaries: Binaries, account: Account, role: str, deadline: float) -> None:
    """Make the cluster aside and move it into place when whole: a killed initdb leaves what looks like data."""
    _remove_half_made(folder, deadline)
    aside = Path(tempfile.mkdtemp(prefix="init-", dir=folder))
    login = Login(role, secrets.token_urlsafe(24), _free_port())
    try:
        if account.uid is not None and account.gid is not None:
            os.chown(aside, account.uid, account.gid)
        write_file(aside / "password", f"{login.password}\n", 0o600)
        made = account.run(
            binaries.bin / "initdb",
            f"--pgdata={aside / 'data'}",
            f"--username={role}",
            f"--pwfile={aside / 'password'}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--lc-collate=C",  # byte order as in C.UTF-8, which the environment sets for the rest, but compared faster
            "--data-checksums",
            seconds=deadline - time.monotonic(),
        )
        if made.returncode != 0:
            last = (made.stdout.strip().splitlines() or [f"exit code {made.returncode}"])[-1]
            raise HubError(f"{folder}: initdb failed: {last}", hint="mend that, then run the same command again")
        with (aside / "data" / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write("include_if_exists = '../hub.conf'\n")
        write_login(folder, login)  # before the data: data without its password would be lost
        (aside / "data").rename(folder / "data")
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _remove_half_made(folder: Path, deadline: float) -> None:
    """Remove what killed beginnings left. An initdb outlives the hub that was killed, and writes until its files go."""
    while halves := list(folder.glob("init-*")):
        for half in halves:
            shutil.rmtree(half, ignore_errors=True)
        if time.monotonic() > deadline:
            return  # harmless, only space: the next first start tries again
        time.sleep(0.02)


def _start(folder: Path, binaries: Binaries, account: Account, deadline: float) -> Login:
    """Start the server, on another port when the stored one is taken, and return its login."""
    data = folder / "data"
    login = read_login(folder)
    # Asking for the value is refused when the server was built without it; the wheel is.
    asked = ("-D", data, "-c", "wal_compression=lz4", "-C", "wal_compression")
    lz4 = account.run(binaries.bin / "postgres", *asked, seconds=30).returncode == 0
    while True:
        if not _is_free(login.port):
            login = replace(login, port=_free_port())
            write_login(folder, login)
        write_file(folder / "hub.conf", server_settings(login.port, lz4=lz4), 0o640)
        (data / "start.log").unlink(missing_ok=True)
        began = time.time()
        seconds = max(1, round(deadline - time.monotonic()))
        words = ("start", "-D", data, "-l", data / "start.log", "-w", "-t", str(seconds))
        if account.run(binaries.bin / "pg_ctl", *words, seconds=seconds + 10, quiet=True).returncode == 0:
            return login
        if settled_postmaster(data, deadline) is not None:
            return login
        reason = _last_fatal(data, began)
        taken = not _is_free(login.port)  # by somebody who was quicker
        orphans = "shared memory block" in reason  # workers of a killed server, which end by themselves
        if time.monotonic() > deadline or not (taken or orphans):
            blocked = "; if that process is dead, restart the container, with --init" if ".pid" in reason else ""
            raise HubError(
                f"{data}: PostgreSQL {binaries.major} did not start: {reason or 'it gave no reason'}",
                hint=f"see {data / 'start.log'} and {data / 'log'}{blocked}",
            )
        time.sleep(0.2)


def _last_fatal(data: Path, began: float) -> str:
    """Why the server ended, from its two logs: before and after it collects its own messages."""
    logs = [path for path in (data / "start.log", *data.glob("log/*.log")) if path.exists()]
    for path in logs:
        if path.stat().st_mtime >= began - 1:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
            if fatal:
                return fatal[-1]
    return ""


def _prepare_database(data: Path, login: Login, database: str) -> None:
    """See that the server is the one of `data`, and that the database and its owner exist."""
    owner = f"{database}_owner"
    # Every choice is named: PGHOSTADDR, PGOPTIONS, PGSSLMODE and the like of the caller must not reach this connection.
    with psycopg.connect(
        host=_HOST,
        hostaddr=_HOST,
        port=login.port,
        user=login.role,
        password=login.password,
        dbname="postgres",
        sslmode="disable",
        gssencmode="disable",
        options="",
        connect_timeout=5,
        application_name="hub:server",
        autocommit=True,
    ) as connection:
        row = connection.execute(
            "SELECT current_setting('data_directory'), EXISTS (SELECT FROM pg_roles WHERE rolname = %s),"
            " EXISTS (SELECT FROM pg_database WHERE datname = %s)",
            (owner, database),
        ).fetchone()
        directory, has_owner, has_database = row or ("", False, False)
        if directory != str(data):
            raise HubError(
                f"port {login.port} belongs to the server of {directory}, not to that of {data}",
                hint="one of the two is a copy of the other: stop the one that is not wanted",
            )
        if not has_owner:
            # Only the verifier goes over the wire and into any log, never the password.
            verifier = connection.pgconn.encrypt_password(login.password.encode(), owner.encode(), b"scram-sha-256")
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN SUPERUSER PASSWORD {}").format(
                    sql.Identifier(owner), sql.Literal(verifier.decode())
                )
            )
        if not has_database:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(owner))
            )


def _free_port() -> int:
    for port in random.sample(_PORTS, 100):
        if _is_free(port):
            return port
    raise HubError("no free port was found for the embedded server", hint="end programs that hold many ports")


def _is_free(port: int) -> bool:
    try:
        socket.create_server((_HOST, port)).close()
    except OSError:
        return False
    return True

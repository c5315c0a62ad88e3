"""The folder of the embedded server: where it lies, its lock, and the files that the hub keeps in it.

Here: everything of the hub on disk beside the data directory. Not here: the data directory and the server
(`embedded.py`).

The folder is `<home>/pg`. As root it is owned by root and open to the server's account for passing through; when
that account cannot enter the home (below /root, say), the folder is `/var/lib/tthc-hub/<hash of home>` and
`<home>/pg.location` names it. Permissions of parents are never loosened. Files: `login.json`, `hub.conf`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hub.errors import HubError
from hub.warehouse.binaries import server_account

_SYSTEM_FOLDER = Path("/var/lib/tthc-hub")


@dataclass(frozen=True)
class Login:
    """What opens the server: its superuser, the password, the port chosen for it."""

    role: str
    password: str = field(repr=False)
    port: int


@contextmanager
def explained(home: Path) -> Iterator[None]:
    """Turn what the operating system refuses into the error that people read (HubError)."""
    try:
        yield
    except PermissionError as error:
        raise HubError(
            f"{error.filename or home}: permission denied",
            hint="run the hub as the account that owns this folder, or give it a home of its own",
        ) from error
    except OSError as error:
        raise HubError(
            f"{error.filename or home}: {error.strerror}", hint="mend that, then run the same command again"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise HubError(
            f"{error.cmd[0]} did not finish within {error.timeout:.0f} s",
            hint="see what the machine is busy with, then run the same command again",
        ) from error


@contextmanager
def locked(home: Path, deadline: float) -> Iterator[None]:
    """Hold the lock of this home, waiting for it until `deadline` (monotonic clock); HubError after that."""
    with explained(home):
        home.mkdir(parents=True, exist_ok=True)
        # Python keeps the descriptor from programs it starts: inherited by the server, it would lock for good.
        lock = os.open(home / "pg.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            if os.geteuid() == 0:
                os.fchown(lock, home.stat().st_uid, home.stat().st_gid)  # the home's owner may come next
            _wait_for_lock(lock, home, deadline)
            try:
                yield
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)  # not only by closing: a forked child may hold a copy
        finally:
            os.close(lock)


def existing_folder(home: Path) -> Path | None:
    """The server's folder if this home has one."""
    location = home / "pg.location"
    if location.exists():
        return Path(location.read_text(encoding="utf-8").strip())
    return home / "pg" if (home / "pg").exists() else None


def prepared_folder(home: Path) -> Path:
    """The server's folder, made when this home has none. Call it under the lock.

    HubError when a folder below /var/lib belongs to an earlier home of the same path: its rows would come back
    without the raw store that they were made from.
    """
    folder = existing_folder(home) or home / "pg"
    account = server_account(folder / "data")
    if not folder.exists() and account.uid is not None and not account.can_enter(home):
        folder = _SYSTEM_FOLDER / hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        if folder.exists():
            raise HubError(
                f"{folder} holds the server of an earlier {home}, which was removed",
                hint=f"to use it again: echo {folder} > {home / 'pg.location'}; to begin anew: rm -r {folder}",
            )
        if not _SYSTEM_FOLDER.exists():
            _SYSTEM_FOLDER.mkdir(parents=True)
            _SYSTEM_FOLDER.chmod(0o755)
        write_file(home / "pg.location", f"{folder}\n", 0o644)
    if major_of(folder / "data") is None:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700 if account.gid is None else 0o750)
        if account.gid is not None:
            os.chown(folder, 0, account.gid)
    return folder


def major_of(data: Path) -> int | None:
    """The major version that made the data directory, None when there is no data directory."""
    try:
        return int((data / "PG_VERSION").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def read_login(folder: Path) -> Login:
    """The login kept in this folder. HubError when it is missing or damaged."""
    path = folder / "login.json"
    try:
        return Login(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, TypeError, ValueError) as error:
        raise HubError(
            f"{path}: the login of the embedded server is missing or damaged",
            hint="bring the file back from a backup: nothing else opens the data",
        ) from error


def write_login(folder: Path, login: Login) -> None:
    """Keep the login, readable by the folder's owner alone."""
    write_file(folder / "login.json", f"{json.dumps(asdict(login))}\n", 0o600)


def write_file(path: Path, text: str, mode: int) -> None:
    """Write all or nothing, and on disk when this returns. The file belongs to the owner of its folder."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    owner = path.parent.stat()
    # Closed to others before the first byte is in it.
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        if os.geteuid() == 0:
            os.fchown(stream.fileno(), owner.st_uid, owner.st_gid)
        os.fchmod(stream.fileno(), mode)
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def _wait_for_lock(lock: int, home: Path, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise HubError(
                    f"{home / 'pg.lock'}: another process has held this lock for long, starting or stopping the server",
                    hint="see what that process waits for, then run the same command again",
                ) from None
            time.sleep(0.02)

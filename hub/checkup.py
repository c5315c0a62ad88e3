"""What the hub needs, tried one by one: interpreter, packages, folders, server, key, secrets, sources, clock.

Here: `hub doctor`'s questions, each a line that says what is there and, if it is wrong, what to do. Not here: mending
anything, except that the embedded server is started as every other command would start it. A question that fails
does not keep the next from being asked.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from uuid import uuid4

from packaging.requirements import Requirement

from connectors.contract import Check
from hub.application import Hub
from hub.connecting import resolve
from hub.errors import HubError
from hub.previewing import check as check_source
from hub.rawstore import RawStore
from hub.warehouse import embedded, roles
from hub.warehouse.engine import FLOOR, Warehouse
from hub.warehouse.migrate import current, head

_LEAST_DISK_BYTES = 2 * 1024**3  # a raw file, its staging copy and PostgreSQL's log of one large source
_SKEW_S = 5.0


def examine(hub: Hub) -> Iterator[Check]:
    """All checks, each as soon as it is known. Never raises HubError."""
    yield from _tried("python", _python)
    yield from _tried("packages", _packages)
    yield from _tried("home", lambda: _home(hub.settings.home))
    yield from _tried("disk", lambda: _disk(hub.settings.home))
    yield from _tried("raw store", lambda: _raw_store(hub.store))
    reached = False
    for found in _tried("PostgreSQL", lambda: _server(hub)):
        reached = found.ok
        yield found
    if reached:
        yield from _tried("warehouse", lambda: _warehouse(hub))
        yield from _tried("hash key", lambda: _hash_key(hub))
        yield from _tried("clock", lambda: _clock(hub))
    yield from _tried("sources", lambda: _declared(hub))
    yield from _sources(hub)


def _tried(name: str, ask: Callable[[], Check | str]) -> Iterator[Check]:
    try:
        answer = ask()
    except HubError as error:
        yield Check(name, False, error.message, error.hint)
    except OSError as error:
        yield Check(
            name, False, f"{error.filename or ''} {error.strerror or type(error).__name__}".strip(), "mend that"
        )
    else:
        yield answer if isinstance(answer, Check) else Check(name, True, answer)


def _python() -> Check:
    return Check(
        "python", sys.version_info >= (3, 11), sys.version.split()[0], "install Python 3.11 or newer, then make install"
    )


def _packages() -> Check | str:
    try:
        wanted = [Requirement(line) for line in requires("tthc-hub") or []]
    except PackageNotFoundError:
        return "the hub runs from its folder and was not installed: versions are not compared"
    wrong = []
    needed = [w for w in wanted if w.marker is None or w.marker.evaluate({"extra": ""})]
    for requirement in needed:
        try:
            if not requirement.specifier.contains(version(requirement.name), prereleases=True):
                wrong.append(f"{requirement.name} is {version(requirement.name)}, wanted {requirement.specifier}")
        except PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
    return Check("packages", False, "; ".join(wrong), "make install") if wrong else f"{len(needed)} packages fit"


def _home(home: Path) -> str:
    home.mkdir(parents=True, exist_ok=True)
    probe = home / f".doctor-{os.getpid()}"
    probe.write_bytes(b"")
    probe.unlink()
    return str(home)


def _disk(home: Path) -> Check:
    free = shutil.disk_usage(home).free
    told = f"{free / 1024**3:,.1f} GB free for {home}"
    return Check("disk", free >= _LEAST_DISK_BYTES, told, f"free at least {_LEAST_DISK_BYTES // 1024**3} GB")


def _raw_store(store: RawStore) -> Check | str:
    try:
        fs, root = store.opened()
        fs.makedirs(f"{root}/part", exist_ok=True)
        probe = f"{root}/part/doctor-{uuid4().hex}"
        fs.pipe_file(probe, b"")
        fs.rm(probe)
    except HubError:
        raise
    except Exception as error:  # every file system of fsspec has errors of its own
        hint = "mend HUB_RAW_URL, or let the hub write there"
        return Check("raw store", False, f"{store.shown}: {type(error).__name__}", hint)
    return f"{store.shown} can be written"


def _server(hub: Hub) -> Check:
    if hub.settings.warehouse_url is None:
        before = embedded.status(hub.settings.home)
        state = "was running" if before.state == "running" else "was started"
        kind = f"embedded, {state}"
    else:
        kind = "managed"
    warehouse = Warehouse.open(hub.settings)
    found = warehouse.version()
    parts = warehouse.parts
    warehouse.close()
    told = f"{kind}, version {found // 10000}.{found % 10000} at {parts.host}:{parts.port or 5432}/{parts.database}"
    return Check("PostgreSQL", found >= FLOOR, told)


def _warehouse(hub: Hub) -> Check:
    """Looks without migrating: that is what `hub warehouse migrate` and the next run do."""
    warehouse = Warehouse.open(hub.settings)
    try:
        at = current(warehouse)
        if at is None:
            return Check("warehouse", True, "empty; the next command builds it")
        if at != head():
            return Check("warehouse", False, f"at revision {at}, this version has {head()}", "hub warehouse migrate")
        with warehouse.begin() as connection:
            known = {row[0] for row in connection.execute("select rolname from pg_roles").fetchall()}
        missing = sorted(set(roles.names(warehouse.database).values()) - known)
        if missing:
            return Check("warehouse", False, f"roles are missing: {', '.join(missing)}", "hub warehouse migrate")
        return Check("warehouse", True, f"revision {at}, {len(roles.ROLES)} roles")
    finally:
        warehouse.close()


def _hash_key(hub: Hub) -> Check | str:
    """A warehouse that was loaded with a key must have that key: another one gives every person a second hash."""
    file = hub.settings.home / "keys" / "hash-1.key"
    try:
        hub.settings.secret("HUB_HASH_KEY")
    except HubError:
        if not file.exists():
            warehouse = Warehouse.open(hub.settings)
            try:
                if current(warehouse) is not None:
                    with warehouse.begin("loader") as connection:
                        if connection.execute("select from std.dossier_record limit 1").fetchone() is not None:
                            return Check(
                                "hash key", False, f"{file} is gone and the warehouse was loaded with it",
                                "restore it from the backup before anything is loaded",
                            )  # fmt: skip
            finally:
                warehouse.close()
            return f"none yet; the first run makes {file}: back it up"
    return f"key {hub.settings.hash_key().key_id} is readable"


def _clock(hub: Hub) -> Check:
    if hub.settings.clock is not None:
        return Check("clock", True, f"simulated by HUB_NOW: {hub.now():%Y-%m-%d %H:%M}")
    warehouse = Warehouse.open(hub.settings)
    try:
        with warehouse.begin() as connection:
            began = time.monotonic()
            row = connection.execute("select clock_timestamp()").fetchone()
            took = time.monotonic() - began
    finally:
        warehouse.close()
    assert row is not None
    skew = (datetime.now(UTC) - row[0]).total_seconds()
    told = f"{hub.now():%Y-%m-%d %H:%M:%S}, {skew:+.1f} s from the server's"
    return Check("clock", abs(skew) <= _SKEW_S + took, told, "set both clocks by NTP")


def _declared(hub: Hub) -> str:
    sources = hub.sources
    active = [source for source in sources if source.active]
    return f"{len(sources)} declared, {len(active)} active, in {hub.settings.sources}"


def _sources(hub: Hub) -> Iterator[Check]:
    try:
        active = hub.chosen()
    except HubError:
        return  # told already
    unset: dict[str, list[str]] = {}
    hints: dict[str, str] = {}
    for source in active:
        try:
            resolve(source.connection, hub.settings)
        except HubError as error:  # hundreds of sources may share one address: it is told once
            unset.setdefault(error.message, []).append(source.source_id)
            hints[error.message] = error.hint
            continue
        for found in check_source(source, hub.settings):
            yield Check(f"{source.source_id} {found.name}", found.ok, found.detail, found.hint)
    for message, names in unset.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield Check(f"{names[0]}{more}", False, message, hints[message])

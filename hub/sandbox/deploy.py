"""The one-stop systems put in place: databases filled, files dropped, and what the hub must know to reach them.

Here: the order, the drop folders, passwords and settings. Not here: the servers (`sql_servers.py`), the content
(`keeping.py`), departments and portal over HTTP (`server.py`). A drop folder belongs to the hub as well, which moves
what it has read: on a later day only new files are added, and the one that was being written is completed.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta, timezone
from pathlib import Path

from hub.errors import HubError
from hub.sandbox import sql_servers
from hub.sandbox.drops import Drop
from hub.sandbox.keeping import unsettled_agency
from hub.sandbox.one_stop import OneStop, OneStops
from hub.sandbox.world import World

VIETNAM = timezone(timedelta(hours=7))
DROP = "drop"
AHEAD_S = 86_400  # a file that is being written is younger than any settling time


def begin(sandbox: Path, levels: Sequence[str]) -> None:
    """Starts the SQL servers beside whatever comes next; `put` waits for them, and says what is wrong with them."""
    if "district" in levels:
        sandbox.chmod(0o711)  # the servers' account passes through; nobody else can list

        def start() -> None:
            with suppress(HubError):
                sql_servers.ports(sandbox)

        threading.Thread(target=start).start()


def put(sandbox: Path, world: World, systems: OneStops, passwords: dict[str, str], since: int | None) -> None:
    """Everything of the one-stop systems but HTTP. `since`: the days after which files are new; None makes all anew."""
    if since is None:
        shutil.rmtree(sandbox / DROP, ignore_errors=True)
    with ThreadPoolExecutor(2) as pool:
        jobs = []
        if world.districts or world.sites:
            by_code = systems.systems
            jobs.append(pool.submit(sql_servers.load_td, sandbox, world.districts, by_code, passwords))
            jobs.append(pool.submit(sql_servers.load_opencps, sandbox, world.sites, by_code, passwords))
        communes = [system for system in systems.systems.values() if system.level == "commune"]
        if communes:
            _drop(sandbox / DROP, world.drops, communes, since, unsettled_agency(systems, since or 0))
        for job in jobs:
            job.result()


def _drop(folder: Path, drops: list[Drop], communes: list[OneStop], since: int | None, completed: str) -> None:
    for system in communes:
        (folder / system.agency.code).mkdir(parents=True, exist_ok=True)
    for drop in drops:
        if since is None or drop.day > since or (drop.day == since and drop.agency_code == completed):
            _write(folder / drop.agency_code / drop.name, drop)


def _write(path: Path, drop: Drop) -> None:
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(drop.content)
    changed = time.time() + AHEAD_S if drop.unsettled else drop.at.replace(tzinfo=VIETNAM).timestamp()
    os.utime(beside, (changed, changed))
    beside.rename(path)


def made_passwords(systems: OneStops, known: dict[str, str]) -> dict[str, str]:
    """A password for each district's database, by agency code, and one for all departments (`province`)."""
    names = ["province", *(code for code, system in systems.systems.items() if system.level == "district")]
    return {name: known.get(name) or secrets.token_urlsafe(18) for name in names}


def settings(sandbox: Path, today: date, levels: Sequence[str], port: int, passwords: dict[str, str]) -> dict[str, str]:
    """The environment that tells the hub where the one-stop systems are; starts the SQL servers when they stand.

    HUB_PROVINCE_URL, HUB_PROVINCE_PASSWORD; HUB_DISTRICT_SQL_SERVER, HUB_DISTRICT_SQL_PORT for the provincial
    product, HUB_DISTRICT_MARIADB_SERVER, HUB_DISTRICT_MARIADB_PORT for OpenCPS, and for each district
    HUB_DISTRICT_<agency code, what is no letter or digit as _>_PASSWORD; HUB_DROP_URL, below which each commune has a
    folder named by its agency code.
    """
    systems = OneStops(today, levels)
    found: dict[str, str] = {}
    if "province" in levels:
        found["HUB_PROVINCE_URL"] = f"http://127.0.0.1:{port}/province"
        found["HUB_PROVINCE_PASSWORD"] = passwords["province"]
    if "district" in levels:
        ports = sql_servers.ports(sandbox)
        found["HUB_DISTRICT_SQL_DRIVER"] = "PostgreSQL Unicode"
        found["HUB_DISTRICT_MARIADB_DRIVER"] = "MariaDB Unicode"
        found["HUB_DISTRICT_SQL_SERVER"] = "127.0.0.1"
        found["HUB_DISTRICT_SQL_PORT"] = str(ports["postgres"])
        found["HUB_DISTRICT_MARIADB_SERVER"] = "127.0.0.1"
        found["HUB_DISTRICT_MARIADB_PORT"] = str(ports["mariadb"])
        for code, system in systems.systems.items():
            if system.level == "district":
                found[f"HUB_DISTRICT_{re.sub(r'[^A-Z0-9]', '_', code)}_PASSWORD"] = passwords[code]
    if "commune" in levels:
        found["HUB_DROP_URL"] = (sandbox / DROP).as_uri()
    return found


def stop(sandbox: Path) -> bool:
    """Ends the SQL servers; True when one was running."""
    return sql_servers.stop(sandbox)

"""A sandbox, a server that may be killed, and what an undisturbed run makes of them.

Here: databases copied from one template, runs in processes of their own, content without ids and recorded times.
Not here: the faults. The server is not the one that other tests share.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from hub.reference import load_reference
from hub.sandbox import control
from hub.sandbox.compare import Difference
from hub.sandbox.verify import verify
from hub.settings import load
from hub.warehouse import embedded
from hub.warehouse.engine import Warehouse
from hub.warehouse.migrate import migrate
from schemas.tables.core import CHILD_TABLES, DOSSIER
from schemas.tables.std import RECORD_TABLES
from tests.faults.stations import run

ROOT = Path(__file__).parents[2]
DOSSIERS = 300
_ORIGIN = ("batch_id", "raw_row", "recorded_at", "clear_hash")
_MADE_NEW = ("dossier_id", "first_recorded_at", "last_recorded_at", "recorded_from", "recorded_to")


@dataclass(frozen=True)
class Place:
    """A database and a raw store of one experiment."""

    url: str
    raw: Path
    home: Path

    @property
    def environ(self) -> dict[str, str]:
        return {"HUB_HOME": str(self.home), "HUB_RAW_URL": str(self.raw), "PATH": os.environ["PATH"]}

    def run(self) -> list[str]:
        """The stations in this process; what went wrong with single sources."""
        return run(self.url, self.environ)

    def connected(self) -> psycopg.Connection[tuple[object, ...]]:
        plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)

    def left_alone(self) -> None:
        """Wait until the server has noticed that a killed process is gone."""
        until = time.monotonic() + 30
        with self.connected() as connection:
            others = (
                "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'hub'"
            )
            while connection.execute(others).fetchone() != (0,):
                assert time.monotonic() < until, "a session outlives its process"
                time.sleep(0.01)

    def content(self) -> set[str]:
        """One hash per row of std, core and mart as they stand, by member records, without ids and recorded times."""
        members = """with m as (select dossier_id, string_agg(source_id || '/' || source_key, ' ' order by source_id,
                     source_key) as members from core.dossier_source group by 1)"""
        queries = [
            f"select md5('{t.name}' || (to_jsonb(t) - %s::text[])::text) from std.{t.name} t"
            for t in RECORD_TABLES.values()
        ]
        made = dict.fromkeys((DOSSIER.fullname, *(child.fullname for child in CHILD_TABLES.values())), "true")
        # How many versions there are depends on the runs; and when the hub saw an end that no source dates.
        made["mart.dossier_version"] = "t.recorded_to = 'infinity'"
        seen = """- case when to_jsonb(t) ->> 'finished_basis' = 'recorded'
                       then array['effective_finished_at', 'effective_finished_on'] else '{}' end"""
        queries += [
            f"{members} select md5('{t}' || m.members || (to_jsonb(t) - %s::text[] {seen})::text)"
            f" from {t} t join m using (dossier_id) where {current}"
            for t, current in made.items()
        ]
        left_out = [*_ORIGIN, *_MADE_NEW]
        with self.connected() as connection:
            return {
                str(row[0]) for query in queries for row in connection.execute(query.encode(), [left_out]).fetchall()
            }

    def wrong(self) -> list[Difference]:
        """What differs from the sandbox's truth."""
        with self.connected() as connection:
            return verify(self.home, connection)


class Nursery:
    """A process that has imported everything and bears runs of the stations, one at a time."""

    def __init__(self, home: Path) -> None:
        pipe, environ = subprocess.PIPE, {"HUB_HOME": str(home), "PATH": os.environ["PATH"]}
        command = [sys.executable, "-m", "tests.faults.stations"]
        with (home / "stations.log").open("a") as log:
            self._process = subprocess.Popen(
                command, env=environ, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=log, text=True, bufsize=1
            )

    def start(self, place: Place) -> int:
        """Begin a run; gives the number of its process."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{place.url} {place.raw}\n")
        return self._told()

    def ended(self) -> int:
        """Wait for the run; its exit code, negative for a signal."""
        return self._told()

    def close(self) -> None:
        """End without children."""
        self._process.communicate(timeout=60)

    def _told(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@dataclass
class Ground:
    """The sandbox below `home`, the server, and the content that an undisturbed run gives, in so many seconds."""

    home: Path
    server: embedded.Server
    nurseries: tuple[Nursery, Nursery]
    calm: set[str] = field(default_factory=set)
    seconds: float = 0
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def prepared(cls, home: Path) -> Ground:
        """A ground below an empty folder that the server's account can enter."""
        control.start(home, dossiers=DOSSIERS, profile="daily")
        ground = cls(home, embedded.ensure_running(home), (Nursery(home), Nursery(home)))
        warehouse = Warehouse(ground.server.url)
        migrate(warehouse)
        with warehouse.begin("matcher") as connection:
            load_reference(connection, load({"HUB_HOME": str(home)}).now())
        warehouse.close()
        with psycopg.connect(ground.admin, autocommit=True) as connection:
            # A killed process takes nothing from the operating system's memory: recovery need not write it out first.
            connection.execute("alter system set fsync = off")
            connection.execute("select pg_reload_conf()")
        with ground.place() as place:
            ground.nurseries[0].start(place)
            began = time.monotonic()
            assert ground.nurseries[0].ended() == 0, (home / "stations.log").read_text()
            ground.seconds = time.monotonic() - began
            assert place.wrong() == []
            ground.calm = place.content()
        return ground

    def end(self) -> None:
        """Let the nurseries go."""
        for nursery in self.nurseries:
            nursery.close()

    @property
    def admin(self) -> str:
        url = make_url(self.server.url).set(drivername="postgresql", database="postgres")
        return url.render_as_string(hide_password=False)

    def restarted(self) -> None:
        """Bring the server back, whatever has become of it."""
        self.server = embedded.ensure_running(self.home)

    @contextmanager
    def place(self) -> Iterator[Place]:
        """An empty migrated warehouse and an empty raw store."""
        name = f"hub_f{next(self._numbers)}"
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(f'create database "{name}" template hub'.encode())
        url = make_url(self.server.url).set(database=name).render_as_string(hide_password=False)
        yield Place(url, self.home / name, self.home)
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(f'drop database "{name}" with (force)'.encode())

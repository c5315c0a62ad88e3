"""REST: dossiers of about 1 KB with nested fees and supplements, page by page over real HTTP.

    rest_full_std          raw + std of all dossiers, divided by the limit's full load
    rest_full_core         raw + std + core, divided by the same
    rest_incremental_core  raw + std + core of 2 % changed, warm, divided by the limit's increment
    incremental_growth     the same increment against ten times as many dossiers, divided by that against the first
    rss_mb full_N          peak memory of the hub's process after N dossiers
Here: the order of a measurement. Not here: the source (`rest_serve.py`), the limit (`rest_limit.py`).
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

import psycopg

from bench import rest_limit as limit
from bench import rest_seed as seed
from bench import rest_serve as serve
from bench.candidate import Candidate, portal
from bench.figures import Figures, connected, note, timed, told
from hub.warehouse import embedded

CHANGED = 50  # every 50th dossier changes: 2 %


def measure(options: argparse.Namespace, home: Path) -> Figures:
    """All figures of REST."""
    figures = Figures()
    ratios, rss = figures.ratios, figures.rss
    seconds: list[float] = []
    for repeat in range(options.repeats):
        with serve.source(options.dossiers) as url:
            here = home / f"run{repeat}"
            here.mkdir(mode=0o755)
            hub = Candidate(here, **portal(url))
            print(f"run {repeat + 1}: start_s {hub.start_s:.2f}", flush=True)
            with connected(here) as connection:
                limit.prepare(connection)
                floor = timed(lambda c=connection, u=url: limit.load(c, u))
                done = hub.run()
                note(ratios, "rest_full_std", (done["raw"] + done["std"]) / floor)
                note(ratios, "rest_full_core", _all(done) / floor)
                note(rss, f"full_{options.dossiers}", done["rss_mb"])
                told("full", floor, done)
                floor, done = _increment(connection, hub, url, options, 1)
                note(ratios, "rest_incremental_core", _all(done) / floor)
                seconds.append(_all(done))
                if repeat == options.repeats - 1 and options.growth:
                    grown = _grown(connection, hub, url, options)
                    ratios["incremental_growth"] = [grown / statistics.median(seconds)]
                    rss["increment_grown"] = [hub.run()["rss_mb"]]
            hub.stop()
            embedded.stop(here)
            shutil.rmtree(here, ignore_errors=True)
    small = options.dossiers // 4
    rss[f"full_{small}"] = [_memory(home, small)]
    return figures


def _increment(
    connection: psycopg.Connection[Any], hub: Candidate, url: str, options: argparse.Namespace, generation: int
) -> tuple[float, dict[str, float]]:
    """The next generation of changes, by the limit and by the hub."""
    row = connection.execute('select max("NgayCapNhat") from raw_limit.dossier').fetchone()
    serve.change(url, generation, options.dossiers // CHANGED, CHANGED)
    floor = timed(lambda: limit.load(connection, url, row[0] if row else None))
    done = hub.run()
    told(f"increment {generation}", floor, done)
    return floor, done


def _grown(connection: psycopg.Connection[Any], hub: Candidate, url: str, options: argparse.Namespace) -> float:
    """Median seconds of the same increments after the warehouse has grown."""
    began = time.perf_counter()
    seed.grow(connection, options.growth - 1)
    for table in seed.COPIED:
        connection.execute(f"vacuum analyze {table.fullname}".encode())
    connection.execute("checkpoint")
    print(f"grown to {options.dossiers * options.growth} dossiers in {time.perf_counter() - began:.0f} s", flush=True)
    later = [_increment(connection, hub, url, options, generation)[1] for generation in (2, 3, 4)]
    return statistics.median(_all(done) for done in later)


def _memory(home: Path, dossiers: int) -> float:
    """Peak memory over a smaller source: it must not differ by the size."""
    here = home / "small"
    here.mkdir(mode=0o755)
    with serve.source(dossiers) as url:
        hub = Candidate(here, **portal(url))
        done = hub.run()
        hub.stop()
    embedded.stop(here)
    shutil.rmtree(here, ignore_errors=True)
    return done["rss_mb"]


def _all(done: dict[str, float]) -> float:
    return done["raw"] + done["std"] + done["core"]

"""`make bench`: the hub over against the raw limit, in one run on one machine.

Prints what it does, then as last lines `ratio NAME VALUE` and `rss_mb NAME VALUE` (medians).
    rest_full_std          raw + std of all dossiers, divided by the limit's full load
    rest_full_core         raw + std + core, divided by the same
    rest_incremental_core  raw + std + core of 2 % changed, warm, divided by the limit's increment
    incremental_growth     the same increment against ten times as many dossiers, divided by that against the first
    rss_mb full_N          peak memory of the hub's process after N dossiers
Options: --dossiers N (200000), --repeats N (3), --growth N (10; 0 leaves the growth out).
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from bench import limit, seed, serve
from bench.candidate import Candidate
from hub.warehouse import embedded

CHANGED = 50  # every 50th dossier changes: 2 %


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--dossiers", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--growth", type=int, default=10)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="tthc-bench-"))
    home.chmod(0o755)
    try:
        _measure(options, home)
    finally:
        for folder in home.iterdir():
            embedded.stop(folder)
        shutil.rmtree(home, ignore_errors=True)


def _measure(options: argparse.Namespace, home: Path) -> None:
    ratios: dict[str, list[float]] = {"rest_full_std": [], "rest_full_core": [], "rest_incremental_core": []}
    rss: dict[str, list[float]] = {}
    seconds: list[float] = []
    for repeat in range(options.repeats):
        with serve.source(options.dossiers) as url:
            here = home / f"run{repeat}"
            here.mkdir(mode=0o755)
            hub = Candidate(here, url)
            print(f"run {repeat + 1}: start_s {hub.start_s:.2f}", flush=True)
            with _connected(here) as connection:
                limit.prepare(connection)
                floor = _timed(lambda c=connection, u=url: limit.load(c, u))
                done = hub.run()
                ratios["rest_full_std"].append((done["raw"] + done["std"]) / floor)
                ratios["rest_full_core"].append((done["raw"] + done["std"] + done["core"]) / floor)
                rss.setdefault(f"full_{options.dossiers}", []).append(done["rss_mb"])
                _told("full", floor, done)
                floor, done = _increment(connection, hub, url, options, 1)
                ratios["rest_incremental_core"].append(_all(done) / floor)
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
    for name, values in ratios.items():
        print(f"ratio {name} {statistics.median(values):.2f}")
    for name, values in rss.items():
        print(f"rss_mb {name} {statistics.median(values):.0f}")


def _increment(
    connection: psycopg.Connection[Any], hub: Candidate, url: str, options: argparse.Namespace, generation: int
) -> tuple[float, dict[str, float]]:
    """The next generation of changes, by the limit and by the hub."""
    row = connection.execute('select max("NgayCapNhat") from raw_limit.dossier').fetchone()
    serve.change(url, generation, options.dossiers // CHANGED, CHANGED)
    floor = _timed(lambda: limit.load(connection, url, row[0] if row else None))
    done = hub.run()
    _told(f"increment {generation}", floor, done)
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
        hub = Candidate(here, url)
        done = hub.run()
        hub.stop()
    embedded.stop(here)
    shutil.rmtree(here, ignore_errors=True)
    return done["rss_mb"]


def _connected(home: Path) -> psycopg.Connection[Any]:
    url = make_url(embedded.ensure_running(home).url).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _all(done: dict[str, float]) -> float:
    return done["raw"] + done["std"] + done["core"]


def _told(what: str, floor: float, done: dict[str, float]) -> None:
    parts = ", ".join(f"{name} {done[name]:.2f}" for name in ("raw", "std", "core"))
    print(
        f"  {what}: limit {floor:.2f} s; hub {parts} s; {done['records']} records; {done['rss_mb']:.0f} MB", flush=True
    )


if __name__ == "__main__":
    main()

"""kill -9 in every station, then run again: the same content as an undisturbed run (HUB_FAULTS times, at least 4)."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from hub.warehouse.postmaster import find_postmaster
from tests.faults.conftest import Tell
from tests.faults.ground import Ground, Place
from tests.faults.stations import station_of

pytestmark = pytest.mark.faults
STATIONS = ("raw", "std", "core", "mart")  # in turn
KILLS = max(int(os.environ.get("HUB_FAULTS") or 4), len(STATIONS))
VICTIMS = ("process", "backend", "postmaster", *["process"] * 7)  # in turn


def kill_process(ground: Ground, place: Place, process: int) -> bool:
    os.kill(process, signal.SIGKILL)
    return True


def kill_backend(ground: Ground, place: Place, process: int) -> bool:
    """One of the run's own server processes; the server then ends all others and recovers by itself."""
    with place.connected() as connection:
        rows = connection.execute(
            "select pid from pg_stat_activity where datname = current_database() and application_name = 'hub'"
        ).fetchall()
        if rows:
            os.kill(int(str(rows[0][0])), signal.SIGKILL)
    return bool(rows)


def kill_postmaster(ground: Ground, place: Place, process: int) -> bool:
    found = find_postmaster(ground.server.data)
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    return True


KILL = {"process": kill_process, "backend": kill_backend, "postmaster": kill_postmaster}


def strike(ground: Ground, place: Place, victim: str, station: str, delay: float) -> bool:
    """Kill so many seconds after a station has begun; whether the run was still under way."""
    nursery = ground.nurseries[0]
    process = nursery.start(place)
    told, until = station_of(place.raw), time.monotonic() + 60
    while not told.exists() or STATIONS.index(told.read_text() or "raw") < STATIONS.index(station):
        assert time.monotonic() < until, f"the run never came to {station}"
        time.sleep(0.002)
    time.sleep(delay)
    struck = Path(f"/proc/{process}/stat").exists() and KILL[victim](ground, place, process)
    code = nursery.ended()
    assert code in (0, 1, -signal.SIGKILL)
    return struck and code != 0  # it may have been done by then


@pytest.mark.timeout(60 + 20 * KILLS)
def test_a_killed_run_is_made_good_by_the_next(ground: Ground, tell: Tell) -> None:
    rng = random.Random(20220901)
    done: Counter[str] = Counter()
    told: Counter[tuple[str, str]] = Counter()
    while done.total() < KILLS:
        victim = VICTIMS[done.total() % len(VICTIMS)]
        with ground.place() as place:
            station = STATIONS[done.total() % len(STATIONS)]
            struck = strike(ground, place, victim, station, rng.uniform(0, ground.seconds / 8))
            ground.restarted()
            place.left_alone()
            wrong = place.run()
            found = place.content()
            if not struck:
                assert (wrong, found) == ([], ground.calm)
                continue
            done[victim] += 1
            told[victim, "healed"] += not wrong and found == ground.calm and place.wrong() == []
            told[victim, "lost"] += len(ground.calm - found)
    for victim, count in done.items():
        tell(f"kill-{victim}", injected=count, noticed=count, healed=told[victim, "healed"], lost=told[victim, "lost"])


def test_two_whole_runs_at_once_do_what_one_does(ground: Ground, tell: Tell) -> None:
    with ground.place() as place:
        for nursery in ground.nurseries:
            nursery.start(place)
        assert [nursery.ended() for nursery in ground.nurseries] == [0, 0]
        place.run()
        found = place.content()
        healed = int(found == ground.calm and place.wrong() == [])
        tell("two-runs-at-once", injected=1, noticed=1, healed=healed, lost=len(ground.calm - found))

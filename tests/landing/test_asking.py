"""Who is asked now: quiet hours, sources that have long been silent, the level's time, so many at once per host."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest

from connectors.contract import Check
from connectors.errors import Refused, Unreachable
from hub import asking
from hub.asking import FAILURES, LONGEST, Deadline, Hosts, Trouble, host_of, is_quiet, open_circuit
from hub.landing import land
from hub.settings import ZONE, load
from tests.landing.memory import Hall, record

SIX = datetime(2022, 10, 1, 6, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        ("07:00-11:30", "06:59", False),
        ("07:00-11:30", "07:00", True),
        ("07:00-11:30", "11:29", True),
        ("07:00-11:30", "11:30", False),
        ("22:00-05:00", "23:10", True),
        ("22:00-05:00", "04:59", True),
        ("22:00-05:00", "05:00", False),
        ("22:00-05:00", "12:00", False),
    ],
)
def test_quiet_hours(hall: Hall, hours: str, clock: str, quiet: bool) -> None:
    source = hall.source("a")
    source = msgspec.structs.replace(source, pull=msgspec.structs.replace(source.pull, quiet=["00:00-00:01", hours]))
    hour, minute = map(int, clock.split(":"))
    assert is_quiet(source, SIX.replace(hour=hour, minute=minute)) is quiet


@pytest.mark.parametrize(
    ("rounds", "since", "open_"),
    [
        (FAILURES - 1, timedelta(0), False),
        (FAILURES, timedelta(minutes=59), True),
        (FAILURES, timedelta(minutes=60), False),
        (FAILURES + 1, timedelta(minutes=119), True),
        (FAILURES + 1, timedelta(minutes=120), False),
        (FAILURES + 60, LONGEST - timedelta(minutes=1), True),
        (FAILURES + 60, LONGEST, False),
    ],
)
def test_a_silent_source_is_asked_ever_more_rarely(hall: Hall, rounds: int, since: timedelta, open_: bool) -> None:
    told = open_circuit(hall.source("a"), Trouble(rounds, SIX - since), SIX)
    assert (told is not None) is open_
    if told is not None:
        assert f"{rounds} times in a row" in told.message and "hub run --source a" in told.message


@pytest.mark.parametrize(
    ("connection", "host"),
    [
        ({"base_url": "https://h.example.vn:8443/api"}, "h.example.vn:8443"),
        ({"url": "sftp://user:word@h.example.vn/drop"}, "h.example.vn"),
        ({"url": "/var/drop"}, ""),
        ({"server": "db.example.vn", "port": "1433"}, "db.example.vn:1433"),
        ({"driver": "SQLite3", "database": "/x.db"}, ""),
    ],
)
def test_the_host_behind_a_connection(connection: dict[str, str], host: str) -> None:
    assert host_of(connection) == host


def test_a_host_is_asked_by_so_many_at_once_and_others_do_not_wait() -> None:
    hosts, most, now, lock = Hosts(2), [0], [0], threading.Lock()

    def ask(host: str) -> None:
        with hosts.limiter(host):
            with lock:
                now[0] += host == "a"
                most[0] = max(most[0], now[0])
            time.sleep(0.02)
            with lock:
                now[0] -= host == "a"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, ["a"] * 8 + ["b"] * 2))
    assert most == [2]


def at(hall: Hall, moment: datetime) -> Hall:
    """The same hall at another time."""
    settings = load({"HUB_HOME": str(hall.settings.home), "HUB_NOW": moment.isoformat()})
    return replace(hall, settings=settings)


def test_a_source_that_is_silent_for_long_is_probed_before_it_is_read(hall: Hall) -> None:
    hall.serve("good", record(1))
    served = hall.serve("ill", *(record(n, at=n) for n in range(3)))
    served.error = Unreachable("closed port")
    for hour in range(FAILURES):
        assert at(hall, SIX + timedelta(hours=hour)).land()["ill"].outcome == "failed"
    asked = len(served.asked)

    soon = at(hall, SIX + timedelta(hours=FAILURES - 1, minutes=30)).land()
    assert (soon["ill"].outcome, soon["ill"].error_code, soon["good"].outcome) == ("skipped", "CircuitOpen", "ok")
    assert len(served.asked) == asked

    served.check = lambda: [Check("page", False, "closed port", "start it")]  # type: ignore[method-assign]
    probed = at(hall, SIX + timedelta(hours=FAILURES, minutes=1)).land()["ill"]
    assert (probed.outcome, probed.error_code) == ("failed", "Unreachable")
    assert "still silent: closed port" in str(probed.message) and len(served.asked) == asked

    served.error, served.check = None, lambda: [Check("page", True, "page 1 was read")]  # type: ignore[method-assign]
    back = at(hall, SIX + timedelta(hours=FAILURES + 3)).land()["ill"]
    assert (back.outcome, back.stored) == ("ok", 3)
    assert at(hall, SIX + timedelta(hours=FAILURES + 4)).land()["ill"].outcome == "ok"


def test_who_names_a_silent_source_asks_it_at_once(hall: Hall) -> None:
    served = hall.serve("ill", record(1))
    served.error = Unreachable("closed port")
    for _ in range(FAILURES):
        hall.land()
    served.error = None
    assert hall.land()["ill"].outcome == "skipped"
    assert hall.land(insist=True)["ill"].outcome == "ok"


def test_a_refusal_is_an_answer(hall: Hall) -> None:
    hall.serve("ill", record(1)).error = Refused("wrong login")
    assert {hall.land()["ill"].outcome for _ in range(FAILURES + 2)} == {"failed"}


def test_nobody_is_asked_in_quiet_hours_unless_named(hall: Hall) -> None:
    hall.serve("a", record(1))
    source = hall.source("a")
    source = msgspec.structs.replace(source, pull=msgspec.structs.replace(source.pull, quiet=["00:00-23:59"]))
    assert land(hall.landing(), [source]) == []
    assert hall.column("select count(*) from ops.pull") == [0]
    assert [pull.outcome for pull in land(hall.landing(insist=True), [source])] == ["ok"]


def test_what_the_time_of_the_level_does_not_cover_waits_and_is_told(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        hall.serve(name, record(1))
    monkeypatch.setattr(Deadline, "passed", lambda _, source: asking.Refrain("Deadline", "over"))
    assert {(pull.outcome, pull.error_code) for pull in hall.land().values()} == {("skipped", "Deadline")}
    monkeypatch.undo()
    assert {pull.outcome for pull in hall.land().values()} == {"ok"}


def test_the_deadline_passes(hall: Hall) -> None:
    source = hall.source("a")
    assert Deadline(None).passed(source) is None
    assert Deadline(timedelta(minutes=5)).passed(source) is None
    told = Deadline(timedelta(minutes=5), time.monotonic() - 301).passed(source)
    assert told is not None and told.message.startswith("a: the time of the level (5 min)")

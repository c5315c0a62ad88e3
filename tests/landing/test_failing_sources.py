"""One source that fails, beside good ones: they complete, it is told, and its next pull brings what it owed."""

from __future__ import annotations

import logging
import multiprocessing
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.contract import Page, StreamSpec, Window
from connectors.errors import Malformed, OverBudget, Refused, SourceError, Unreachable
from hub import ledger
from hub.errors import HubError
from hub.landing import Landing, land
from hub.settings import load
from hub.warehouse.engine import lock_key
from tests.databases import TemplateCopy
from tests.landing.disk import small_disk
from tests.landing.memory import NOW, Hall, Served, balanced, record

ERRORS = [
    Unreachable("closed port"),
    Refused("wrong login"),
    Malformed("page 3 is no JSON"),
    OverBudget("10 m are over"),
]


def province(hall: Hall, ill: str = "ill") -> Served:
    """Three good sources and one for the test to spoil, which owes 30 records."""
    for name in ("a", "b", "c"):
        hall.serve(name, *(record(n, at=n, GhiChu=name) for n in range(12)))
    return hall.serve(ill, *(record(n, at=n, GhiChu=ill) for n in range(30)))


def nothing_is_lost(hall: Hall, ill: str = "ill") -> None:
    """The next pull brings all that the source has, and the others are as they were."""
    served = hall.served[ill]
    served.error = served.refusal = served.closing = None
    pulls = hall.land()
    assert {pull.outcome for pull in pulls.values()} == {"ok"}
    hall.load()
    found = hall.rows("select source_id, count(*) from std.dossier_record group by 1 order by 1")
    assert [(row["source_id"], row["count"]) for row in found] == [("a", 12), ("b", 12), ("c", 12), (ill, 30)]
    assert hall.watermarks()[ill] == record(29, at=29).version


@pytest.mark.parametrize("error", [*ERRORS, RuntimeError("a defect"), KeyError("Lê Thị Bưởi")], ids=repr)
@pytest.mark.parametrize("after", [0, 2])
def test_a_source_that_breaks_off(hall: Hall, error: Exception, after: int) -> None:
    served = province(hall)
    served.error, served.after = error, after
    pulls = hall.land()
    assert {name: pull.outcome for name, pull in pulls.items()} == {"a": "ok", "b": "ok", "c": "ok", "ill": "failed"}
    known = isinstance(error, SourceError)
    assert pulls["ill"].error_code == (type(error).__name__ if known else "INTERNAL")
    assert "Bưởi" not in str(pulls["ill"].message)
    assert (pulls["ill"].stored, balanced(pulls["ill"])) == (after * 10, True)
    assert set(hall.watermarks()) == {"a", "b", "c"}
    nothing_is_lost(hall)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (HubError("HUB_X_PASSWORD is not set", "set it"), "HubError"),
        (Unreachable("no such host"), "Unreachable"),
        (ZeroDivisionError("a defect"), "INTERNAL"),
    ],
    ids=repr,
)
def test_a_source_that_cannot_be_connected(hall: Hall, error: Exception, code: str) -> None:
    province(hall).refusal = error
    pulls = hall.land()
    assert (pulls["ill"].outcome, pulls["ill"].error_code, pulls["ill"].fetched) == ("failed", code, 0)
    assert [pulls[name].outcome for name in "abc"] == ["ok"] * 3
    nothing_is_lost(hall)


def test_a_connector_that_cannot_be_closed_has_delivered_all_the_same(hall: Hall) -> None:
    province(hall).closing = OSError("bad file descriptor")
    assert {pull.outcome for pull in hall.land().values()} == {"ok"}
    nothing_is_lost(hall)


def test_what_a_source_says_with_nul_in_it_stops_nobody(hall: Hall) -> None:
    served = province(hall)
    served.error, served.after = Malformed("page 1 begins with \0\0"), 30
    served.refused = ("Trang 1: \0",)
    served.streams["dossier"][3] = record(3, at=3, key="k\0 3", GhiChu="ill")
    served.cursor = "2022\0"
    hall.land()
    served.error = None
    pulls = hall.land()
    assert {name: pull.outcome for name, pull in pulls.items()} == {
        "a": "ok", "b": "ok", "c": "ok", "ill": "incomplete"
    }  # fmt: skip
    served.refused = ()
    assert hall.land()["ill"].outcome == "ok"
    hall.load()
    assert hall.column("select count(*) from std.dossier_record where source_id = 'ill'") == [29]
    assert set(hall.column("select reason_code from ops.quarantine")) == {"BROKEN_ENVELOPE", "KEY_UNREADABLE"}


def test_an_error_is_told_once_in_the_log_without_values(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    province(hall).error = RuntimeError("Lê Thị Bưởi 038190004321")
    with caplog.at_level(logging.DEBUG):
        hall.land()
    assert [line.getMessage() for line in caplog.records if "ill" in line.getMessage()] == [
        "ill/dossier: RuntimeError in the connector"
    ]
    assert "Bưởi" not in caplog.text


def test_a_full_raw_store_records_nothing_and_the_next_run_has_everything(hall: Hall, tmp_path: Path) -> None:
    hall.serve("a", *(record(n, at=n, GhiChu=_noise(n)) for n in range(12)))
    hall.serve("b", *(record(n, at=n) for n in range(12)))
    with small_disk(tmp_path / "disk") as make_room:
        hall.settings = replace(hall.settings, raw_url=str(tmp_path / "disk" / "raw"))
        with pytest.raises(HubError, match=r"raw store .* cannot be written"):
            hall.land(workers=1)
        for table in ("ops.pull", "ops.batch", "ops.watermark", "ops.source"):
            assert hall.column(f"select count(*) from {table}") == [0], table
        assert hall.files() == set()
        make_room()
        assert {name: pull.stored for name, pull in hall.land().items()} == {"a": 12, "b": 12}
        assert {name: item.new for name, item in hall.load().items()} == {"a": 12, "b": 12}


def _noise(seed: int) -> str:
    return random.Random(seed).randbytes(100_000).hex()


def test_a_warehouse_that_goes_away_is_an_error_of_the_hub(hall: Hall) -> None:
    class Ending(Served):
        def pages(self, stream: StreamSpec, window: Window) -> Iterator[Page]:
            hall.column("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                        " and datname = current_database()")  # fmt: skip
            yield from super().pages(stream, window)

    hall.served["a"] = Ending({"dossier": [record(1)]})
    with pytest.raises(HubError, match=r"warehouse at .* broke off") as told:
        hall.land()
    assert "run again" in told.value.hint
    hall.serve("b")
    hall.served["a"] = Served({"dossier": [record(1)]})
    assert hall.land("a")["a"].stored == 1


def test_files_of_a_killed_pull_are_orphans_and_can_go(hall: Hall) -> None:
    hall.serve("a", record(1))
    hall.land()
    hall.serve("a", record(2))

    class Killed(BaseException):
        """As kill -9: nothing behind it runs."""

    def dies(*_: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patched, pytest.raises(Killed):
        patched.setattr("hub.ledger.record_pull", dies)
        hall.land()
    with hall.warehouse.begin("loader") as connection:
        orphans = hall.store.names() - ledger.files_in_use(connection)
    assert len(orphans) == 1
    hall.store.remove(orphans)
    assert hall.land()["a"].stored == 1
    assert {name: item.new for name, item in hall.load().items()} == {"a": 2}


def test_the_lock_of_a_source_is_free_again_whatever_happened(hall: Hall) -> None:
    served = province(hall)
    for error in (None, *ERRORS, RuntimeError()):
        served.error = error
        hall.land()
        with hall.warehouse.begin() as connection:
            free = [
                connection.execute("select pg_try_advisory_xact_lock(%s)", (lock_key(f"hub.pull.{name}"),)).fetchone()
                for name in hall.served
            ]
        assert free == [(True,)] * 4


def _pull_elsewhere(url: str, home: Path, began: object, go_on: object, told: object) -> None:
    """Another process that pulls the same source, and stops in the middle of it until it is told to go on."""

    class Waiting(Served):
        def pages(self, stream: StreamSpec, window: Window) -> Iterator[Page]:
            began.set()  # type: ignore[attr-defined]
            go_on.wait(30)  # type: ignore[attr-defined]
            yield from super().pages(stream, window)

    hall = Hall(TemplateCopy(url), load({"HUB_HOME": str(home), "HUB_NOW": NOW}))
    hall.served["a"] = Waiting({"dossier": [record(n, at=n) for n in range(5)]})
    told.put({name: pull.stored for name, pull in hall.land().items()})  # type: ignore[attr-defined]
    hall.warehouse.close()


def test_two_processes_never_pull_one_source_at_once(hall: Hall, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    began, go_on, told = context.Event(), context.Event(), context.Queue()
    other = context.Process(target=_pull_elsewhere, args=(hall.warehouse.url, tmp_path, began, go_on, told))
    other.start()
    try:
        assert began.wait(60)
        hall.serve("a", *(record(n, at=n) for n in range(5)))
        hall.serve("b", record(1))
        assert {name: pull.stored for name, pull in hall.land().items()} == {"b": 1}
        assert hall.served["a"].asked == []
    finally:
        go_on.set()
        other.join(60)
    assert told.get(timeout=10) == {"a": 5}
    assert other.exitcode == 0
    assert hall.column("select count(*) from ops.pull where source_id = 'a'") == [1]
    assert hall.land()["a"].fetched == 1  # the tie at the watermark


def test_a_slow_source_holds_nobody_back(hall: Hall) -> None:
    province(hall)
    done, release = threading.Event(), threading.Event()

    class Slow(Served):
        def pages(self, stream: StreamSpec, window: Window) -> Iterator[Page]:
            assert release.wait(30)
            yield from super().pages(stream, window)

    class Last(Served):
        def pages(self, stream: StreamSpec, window: Window) -> Iterator[Page]:
            yield from super().pages(stream, window)
            done.set()

    hall.served["ill"] = Slow(hall.served["ill"].streams)
    hall.served["z"] = Last({"dossier": [record(1)]})
    landing: Landing = hall.landing(workers=2)
    worker = threading.Thread(target=land, args=(landing, [hall.source(n) for n in ("ill", "a", "b", "c", "z")]))
    worker.start()
    try:
        assert done.wait(30)
    finally:
        release.set()
        worker.join(30)
    assert hall.column("select count(*) from ops.pull where outcome = 'ok'") == [5]

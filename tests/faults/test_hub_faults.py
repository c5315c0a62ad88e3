"""Faults of the hub itself: its raw store, its warehouse, its locks and its secrets."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from connectors.contract import Page, StreamSpec, Window
from hub import loading, loading_stream
from hub.errors import HubError
from hub.landing import land
from hub.settings import load
from hub.standardise.records import Context, Raw, Result, standardise
from hub.warehouse import embedded
from hub.warehouse.engine import lock
from tests.databases import TemplateCopy
from tests.faults.catalogue import says
from tests.faults.conftest import NOW, Tell
from tests.faults.experiment import source_of
from tests.faults.ground import Ground
from tests.faults.ill_rest import IllRest
from tests.landing.disk import small_disk
from tests.landing.memory import Hall, Served, record

pytestmark = pytest.mark.faults


def held(hall: Hall) -> int:
    """How many records std holds."""
    return int(hall.column("select count(*) from std.dossier_record")[0])


def test_a_full_raw_store(hall: Hall, tmp_path: Path, tell: Tell) -> None:
    for name in ("a", "b", "c"):
        texts = (random.Random(f"{name}{n}").randbytes(60_000).hex() for n in range(12))
        hall.serve(name, *(record(n, at=n, GhiChu=text) for n, text in enumerate(texts)))
    with small_disk(tmp_path / "disk") as make_room:
        hall.settings = replace(hall.settings, raw_url=str(tmp_path / "disk" / "raw"))
        with pytest.raises(HubError, match="cannot be written"):
            hall.land(workers=1)
        noticed = hall.column("select count(*) from ops.batch") == [0] and hall.watermarks() == {}
        make_room()
        hall.land()
        hall.load()
        lost = 36 - held(hall)
        healed = set(hall.watermarks()) == {"a", "b", "c"}
    tell("raw-store-full", injected=1, noticed=int(noticed), healed=int(healed), lost=lost)


def test_a_damaged_raw_file(hall: Hall, tell: Tell) -> None:
    for name in ("a", "b"):
        hall.serve(name, *(record(n, at=n, GhiChu=name) for n in range(12)))
        hall.land(name)
    (damaged,) = hall.column("select raw_file from ops.batch where source_id = 'a'")
    path = Path(hall.settings.raw_url) / damaged
    backup = path.read_bytes()
    noticed = healed = 0
    for spoilt in (backup[:-30], backup[: len(backup) // 2], b"", backup[:300] + b"?" + backup[301:]):
        path.write_bytes(spoilt)
        noticed += damaged in hall.load()["a"].error
    assert held(hall) == 12
    path.write_bytes(backup)
    healed = 4 * (hall.load()["a"].new == 12)
    tell("raw-file-damaged", injected=4, noticed=noticed, healed=healed, lost=24 - held(hall))


@pytest.fixture
def far_hall(ground: Ground, tmp_path: Path) -> Iterator[Hall]:
    """A hub over the server that may be stopped."""
    with ground.place() as place:
        made = Hall(TemplateCopy(place.url), load({"HUB_HOME": str(tmp_path), "HUB_NOW": NOW}))
        yield made
        made.warehouse.close()


def test_a_database_that_is_restarted_during_a_load(
    ground: Ground, far_hall: Hall, monkeypatch: pytest.MonkeyPatch, tell: Tell
) -> None:
    hall = far_hall
    for name in ("a", "b", "c"):
        hall.serve(name, *(record(n, at=n, GhiChu=name) for n in range(40)))
    hall.land()
    begun, stopped = threading.Semaphore(0), threading.Event()

    def waits(raw: Raw, context: Context) -> Result:
        begun.release()
        assert stopped.wait(60)
        return standardise(raw, context)

    told: list[str] = []

    def loads() -> None:
        try:
            told.extend(item.error for item in hall.load(workers=3).values())
        except HubError as error:
            told.append(str(error))

    with monkeypatch.context() as patched:
        patched.setattr(loading_stream, "standardise", waits)
        patched.setattr(loading, "GROUP_SOURCES", 1)
        worker = threading.Thread(target=loads)
        worker.start()
        for _ in range(3):
            assert begun.acquire(timeout=60)
        embedded.stop(ground.home)
        stopped.set()
        worker.join(60)
    ground.restarted()
    noticed = bool(told) and all("broke off" in error or "cannot be reached" in error for error in told)
    assert held(hall) == 0
    done = hall.load()
    healed = {item.new for item in done.values()} == {40}
    tell("warehouse-restarted", injected=1, noticed=int(noticed), healed=int(healed), lost=120 - held(hall))


def test_a_raw_file_that_is_gone(hall: Hall, tell: Tell) -> None:
    for name in ("a", "b"):
        hall.serve(name, *(record(n, at=n, GhiChu=name) for n in range(12)))
        hall.land(name)
    (gone,) = hall.column("select raw_file from ops.batch where source_id = 'a'")
    path = Path(hall.settings.raw_url) / gone
    aside = path.rename(path.with_suffix(".aside"))
    error = hall.load()["a"].error
    noticed = gone in error and "restore this file" in error and held(hall) == 12
    aside.rename(path)
    healed = hall.load()["a"].new == 12
    tell("raw-file-missing", injected=1, noticed=int(noticed), healed=int(healed), lost=24 - held(hall))


def test_sessions_of_the_warehouse_that_are_ended(hall: Hall, tell: Tell) -> None:
    class Ending(Served):
        def pages(self, stream: StreamSpec, window: Window) -> Iterator[Page]:
            others = "datname = current_database() and pid <> pg_backend_pid()"
            hall.column(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}")
            yield from super().pages(stream, window)

    records = [record(n, at=n) for n in range(12)]
    hall.served["a"] = Ending({"dossier": records})
    with pytest.raises(HubError) as told:
        hall.land()
    noticed = "broke off" in str(told.value) and hall.watermarks() == {}
    hall.served["a"] = Served({"dossier": records})
    hall.land()
    healed = hall.load()["a"].new == 12
    tell("warehouse-session-ended", injected=1, noticed=int(noticed), healed=int(healed), lost=12 - held(hall))


def test_a_warehouse_that_does_not_run(ground: Ground, far_hall: Hall, tell: Tell) -> None:
    far_hall.serve("a", *(record(n, at=n) for n in range(12)))
    embedded.stop(ground.home)
    with pytest.raises(HubError) as told:
        far_hall.land()
    noticed = "cannot be reached" in str(told.value) and "is the server running?" in str(told.value)
    ground.restarted()
    far_hall.land()
    healed = far_hall.load()["a"].new == 12
    tell("warehouse-down", injected=1, noticed=int(noticed), healed=int(healed), lost=12 - held(far_hall))


def test_a_source_that_another_process_pulls(hall: Hall, tell: Tell, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("a", "b"):
        hall.serve(name, *(record(n, at=n, GhiChu=name) for n in range(12)))
    with hall.warehouse.begin() as connection:
        lock(connection, "hub.pull.a")
        left = set(hall.land())
    noticed = left == {"b"} and says("pulled-elsewhere", caplog.text)
    healed = hall.land()["a"].stored == 12
    hall.load()
    tell("pulled-elsewhere", injected=1, noticed=int(noticed), healed=int(healed), lost=24 - held(hall))


def test_a_secret_that_nobody_has_set(hall: Hall, tell: Tell) -> None:
    served = IllRest()
    auth = {"kind": "basic", "fields": {"username": "hub", "password": {"env": "HUB_ILL_PASSWORD"}}}
    connection = {"base_url": served.served.host.url, "auth": auth}
    source = msgspec.structs.replace(source_of("ill", served), connection=connection)
    (pull,) = land(replace(hall.landing(), connect=None), [source])
    noticed = says("secret-missing", f"{pull.outcome} {pull.error_code} {pull.message}") and hall.watermarks() == {}
    served.served.override = lambda ask: served.served._list(ask) if "authorization" in ask.headers else None
    environ = {"HUB_HOME": str(hall.settings.home), "HUB_NOW": NOW, "HUB_ILL_PASSWORD": "bí mật 4"}
    hall.settings = load(environ)
    (pull,) = land(replace(hall.landing(), connect=None), [source])
    loading.load(hall.loading(), [source])
    served.close()
    lost = len(served.keys()) - held(hall)
    tell("secret-missing", injected=1, noticed=int(noticed), healed=int(pull.outcome == "ok"), lost=lost)

"""Faults below the hub: a full raw store, a damaged raw file, a database that is restarted in the middle of a load."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub import loading_stream
from hub.errors import HubError
from hub.settings import load
from hub.standardise.records import Context, Raw, Result, standardise
from hub.warehouse import embedded
from tests.databases import TemplateCopy
from tests.faults.conftest import NOW, Tell
from tests.faults.ground import Ground
from tests.landing.disk import small_disk
from tests.landing.memory import Hall, record

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
    tell("database-restart", injected=1, noticed=int(noticed), healed=int(healed), lost=120 - held(hall))

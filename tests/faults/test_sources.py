"""Faults of systems over real HTTP: each is noticed, stops nobody else, and costs no record once it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from connectors.contract import Connector, Window
from hub.landing import land
from hub.loading import load
from hub.settings import Settings
from hub.source import Source
from tests.connectors.http_host import Ask, Reply
from tests.connectors.served import Fault, Row, rows
from tests.connectors.served_rest import ServedRest
from tests.faults.conftest import Tell
from tests.landing.memory import Hall, record
from tests.standardise.chunk import dossier, mapping

pytestmark = pytest.mark.faults
RECORDS = 35  # four pages of ten
FOR_EVER = 1_000_000


class Served(ServedRest):
    """A system whose records the portal's mapping understands."""

    def payload(self, row: Row) -> bytes:
        return msgspec.json.encode(dossier(MaHoSo=row.key, NgayCapNhat=row.version))


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served("page_number", "body_token")
    made.rows = rows(RECORDS)
    yield made
    made.close()


@dataclass
class Beside:
    """The system that a fault strikes, and two good ones."""

    hall: Hall
    served: ServedRest

    def __post_init__(self) -> None:
        form = {"cursor_format": "%Y-%m-%dT%H:%M:%S.%f"}
        stream = msgspec.structs.replace(mapping().streams["dossier"], **form)
        self.hall.mappings["ill"] = msgspec.structs.replace(mapping(), streams={"dossier": stream})
        for name in ("a", "b"):
            self.hall.serve(name, *(record(n, at=n, GhiChu=name) for n in range(12)))

    def land(self) -> dict[str, Any]:
        def connect(source: Source, settings: Settings) -> Connector:
            return self.served.connector() if source.source_id == "ill" else self.hall.served[source.source_id]

        landing = self.hall.landing(connect=connect)
        pulls = {pull.source_id: pull for pull in land(landing, [self.hall.source(n) for n in ("a", "ill", "b")])}
        assert (pulls["a"].outcome, pulls["b"].outcome) == ("ok", "ok")
        assert set(self.hall.watermarks()) >= {"a", "b"}
        return pulls

    def lost(self) -> int:
        """How many of the system's records std does not hold after the next pull."""
        self.land()
        sources = [self.hall.source(name) for name in ("a", "ill", "b")]
        assert {item.error for item in load(self.hall.loading(), sources)} == {""}
        held = set(self.hall.column("select source_key from std.dossier_record where source_id = 'ill'"))
        return len({row.key for row in self.served.rows} - held)


LASTING: dict[str, tuple[Fault, str, int]] = {
    "socket-closed-mid-page": (Fault.CUT, "Unreachable", 20),
    "slow-host": (Fault.SLOW, "Unreachable", 20),
    "truncated-json": (Fault.GARBLED, "BrokenEnvelope", 20),
    "friendly-refusal": (Fault.ERROR_BODY, "Refused", 20),
    "wrong-total": (Fault.SHORT_TOTAL, "Incomplete", RECORDS),
    "shifting-pages": (Fault.SHIFT, "Incomplete", RECORDS),
}


@pytest.mark.parametrize("name", LASTING)
def test_a_fault_that_lasts_fails_the_pull_and_the_next_one_has_all(
    hall: Hall, served: Served, tell: Tell, name: str
) -> None:
    fault, code, delivered = LASTING[name]
    beside = Beside(hall, served)
    served.misbehave(fault, page=3, times=FOR_EVER)
    pull = beside.land()["ill"]
    noticed = pull.error_code == code and "ill" not in hall.watermarks()
    assert pull.stored >= delivered
    served.misbehave(fault, times=0)
    lost = beside.lost()
    healed = "ill" in hall.watermarks() and not lost
    tell(name, injected=1, noticed=int(noticed), healed=int(healed), lost=lost)


@pytest.mark.parametrize("name", ["socket-closed-mid-page", "slow-host", "truncated-json"])
def test_a_fault_that_passes_costs_a_repetition(hall: Hall, served: Served, tell: Tell, name: str) -> None:
    beside = Beside(hall, served)
    served.misbehave(LASTING[name][0], page=3, times=2)
    assert beside.land()["ill"].outcome == "ok"
    again = served.asked_pages.count(3) - 1
    tell(f"{name}-for-a-moment", injected=2, noticed=again, healed=again, lost=beside.lost())


def failing(status: int, calls: int) -> Callable[[Ask], Reply | None]:
    """Answers the third page so many times with a status and a page of HTML."""
    left = [calls]

    def override(ask: Ask) -> Reply | None:
        if ask.query.get("pageNumber") != "3" or not left[0]:
            return None
        left[0] -= 1
        return Reply(b"<html>Loi he thong</html>", status, {"Content-Type": "text/html"})

    return override


def test_server_errors_for_a_moment_and_for_good(hall: Hall, served: Served, tell: Tell) -> None:
    beside = Beside(hall, served)
    served.override = failing(500, FOR_EVER)
    pull = beside.land()["ill"]
    noticed = pull.error_code == "Unreachable" and pull.stored == 20 and "ill" not in hall.watermarks()
    served.override = failing(503, 2)
    lost = beside.lost()
    tell("http-500", injected=2, noticed=2 * noticed, healed=2 if "ill" in hall.watermarks() else 0, lost=lost)


def test_a_dead_host(hall: Hall, served: Served, tell: Tell) -> None:
    beside = Beside(hall, served)
    served.misbehave(Fault.DEAD)
    noticed = beside.land()["ill"].error_code == "Unreachable"
    beside.served = Served("page_number", "body_token")
    beside.served.rows = served.rows
    lost = beside.lost()
    beside.served.close()
    tell("dead-host", injected=1, noticed=int(noticed), healed=int("ill" in hall.watermarks()), lost=lost)


def test_tokens_that_expire_on_the_way(hall: Hall, served: Served, tell: Tell) -> None:
    beside = Beside(hall, served)
    served.token_calls = 2
    assert beside.land()["ill"].outcome == "ok"
    expired = served.logins - 1
    tell("token-expiry", injected=expired, noticed=expired, healed=expired, lost=beside.lost())


def test_the_next_pull_asks_from_where_the_last_whole_one_ended(hall: Hall, served: Served, tell: Tell) -> None:
    beside = Beside(hall, served)
    assert beside.land()["ill"].outcome == "ok"
    served.rows += rows(5, first=RECORDS)
    served.misbehave(Fault.CUT, page=1, times=FOR_EVER)
    since = beside.land()["ill"].since
    served.misbehave(Fault.CUT, times=0)
    lost = beside.lost()
    healed = hall.watermarks()["ill"] == served.rows[-1].version
    tell("cut-increment", injected=1, noticed=int(since == rows(RECORDS)[-1].version), healed=int(healed), lost=lost)
    assert Window(since).until is None

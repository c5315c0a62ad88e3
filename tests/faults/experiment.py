"""One experiment: a system is struck, the hub pulls; the system is well again, the hub pulls again.

Here: the rounds of an experiment, the healthy neighbour, what was said and what came of it. Not here: systems
(`ill_*.py`) and faults (`strikes_*.py`). In each round the system is a new source, so that one warehouse serves all
rounds; the sources take turns in one worker or have one each, so that the neighbour waits behind a fault or stands
beside it.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

import pytest

from connectors.contract import Connector
from connectors.patience import Clock, Retry
from connectors.rest import RestConnector
from hub import ledger
from hub.landing import land
from hub.loading import CLASSES, Loaded, load
from hub.mapping import Mapping
from hub.settings import Settings
from hub.source import Family, Pull, Source
from schemas.tables.std import RECORD_TABLES
from tests.connectors.served_rest import ServedRest
from tests.faults.catalogue import place, says
from tests.faults.told import Account
from tests.landing.memory import Hall
from tests.standardise.chunk import DOSSIER

ROUNDS = int(os.environ.get("HUB_FAULTS") or 1)
BUDGET_S = 3.0  # of the neighbour, and what any source may take beyond its own on a machine that others use
QUICK = Retry(attempts=3, backoff_s=0.02, floor_s=0.02, ceiling_s=0.1)
FAST = Clock(sleep=lambda seconds: None)  # for waits that no source can set
NEIGHBOUR = "neighbour"
_OWN = ["source_id", "batch_id", "raw_row", "recorded_at", "version", "version_at", "payload_hash"]


class Ill(Protocol):
    """A system that faults strike. budget_s: what a pull of it may take while it is struck."""

    family: Family
    secrets: tuple[str, ...]
    budget_s: float

    def begin(self, name: str) -> Mapping:
        """The system as it should be, to be read as a new source of this name; gives its mapping."""
        ...

    def connect(self, source: Source, settings: Settings) -> Connector[Any]: ...

    def keys(self) -> set[str]:
        """What it holds, when it is well."""
        ...


# Strikes until its first `yield` and heals after it; a second one keeps what the healed system needs. The chance says
# where it strikes, so that rounds differ.
Strike = Callable[[Any, Random], Generator[None]]


@dataclass
class Seen:
    """What one pull of the system did and said."""

    pulls: list[ledger.Pull]
    loaded: dict[str, Loaded]
    evidence: str
    seconds: float  # until the system's pull was over
    neighbour: ledger.Pull
    neighbour_seconds: float


@dataclass
class Ward:
    """A hub, and the neighbour that must not suffer. calm: what an undisturbed pull of each family gives."""

    hall: Hall
    caplog: pytest.LogCaptureFixture
    neighbour: ServedRest
    calm: dict[type, set[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def strike(self, name: str, ill: Ill, strike: Strike) -> Account:
        """Strike so many times as asked for; what is wrong is told in `problems`."""
        calm, noticed, healed, lost = self._undisturbed(ill), 0, 0, 0
        for number in range(ROUNDS):
            source = source_of(f"{name}-{number}", ill)
            course = strike(ill, Random(f"{name} {number}"))
            next(course)
            struck = self.pull(source, ill, workers=1 + (place(name)[1] + number) % 2)
            before = {name for name in self.hall.watermarks() if name == source.source_id}
            next(course, None)
            well = self.pull(source, ill, workers=2)
            course.close()
            found = self.content(source.source_id)
            noticed += self._is_noticed(name, ill, struck, bool(before))
            healed += self._is_healed(source, ill, well, found == calm)
            lost += len(calm - found)
        return Account(name, ROUNDS, noticed, healed, lost)

    def pull(self, source: Source, ill: Ill, workers: int = 2) -> Seen:
        """Raw and std of the system and its neighbour."""
        ends: dict[str, float] = {}

        def connect(asked: Source, settings: Settings) -> Connector[Any]:
            if asked.source_id == NEIGHBOUR:
                own = {"name": NEIGHBOUR, "budget_s": BUDGET_S, "read_timeout_s": BUDGET_S}
                return _Timed(self.neighbour.source(clock=Clock(), **own), ends)
            return ill.connect(asked, settings)

        self.caplog.clear()
        beside = self.hall.source(NEIGHBOUR)
        with self.caplog.at_level(logging.INFO, "connectors"), self.caplog.at_level(logging.INFO, "hub"):
            began = time.monotonic()
            landed = land(self.hall.landing(connect=connect, workers=workers), [source, beside])
            seconds = time.monotonic() - began
            loaded = {item.source_id: item for item in load(self.hall.loading(), [source, beside])}
        pulls = [pull for pull in landed if pull.source_id != NEIGHBOUR]
        (other,) = (pull for pull in landed if pull.source_id == NEIGHBOUR)
        evidence = self._evidence(source.source_id, pulls, loaded)
        return Seen(pulls, loaded, evidence, seconds, other, ends[NEIGHBOUR] - began)

    def content(self, source_id: str) -> set[str]:
        """One text per std row of a source, without what each pull and each version has of its own."""
        queries = (
            f"select '{table.name} ' || (to_jsonb(t) - %s::text[])::text as row from {table.fullname} t"
            " where source_id = %s"
            for table in RECORD_TABLES.values()
        )
        return {text for query in queries for text in self.hall.column(query, _OWN, source_id)}

    def _undisturbed(self, ill: Ill) -> set[str]:
        if type(ill) not in self.calm:
            source = source_of(f"calm-{ill.family}-{type(ill).__name__}", ill)
            seen = self.pull(source, ill)
            assert {pull.outcome for pull in seen.pulls} == {"ok"}, seen.evidence
            held = self.hall.column("select source_key from std.dossier_record where source_id = %s", source.source_id)
            assert set(held) == ill.keys() and held, seen.evidence
            self.calm[type(ill)] = self.content(source.source_id)
        return self.calm[type(ill)]

    def _is_noticed(self, name: str, ill: Ill, seen: Seen, moved: bool) -> bool:
        """It was said in words, without secrets; the watermark stayed unless all came; nobody waited too long."""
        whole = all(pull.outcome == "ok" for pull in seen.pulls)
        waited = ill.budget_s if seen.neighbour_seconds else 0
        wrong = {
            "it is not said": not says(name, seen.evidence),
            "a traceback is told": "Traceback" in seen.evidence,
            "a secret is told": any(secret in seen.evidence for secret in (*ill.secrets, DOSSIER["SoGiayToChuHoSo"])),
            "a defect is told": "INTERNAL" in seen.evidence,
            "the watermark moved": moved and not whole,
            "the neighbour failed": seen.neighbour.outcome != "ok" or not seen.neighbour.fetched,
            "the neighbour waited": seen.neighbour_seconds > waited + BUDGET_S,
            "the pull took too long": seen.seconds > ill.budget_s + BUDGET_S,
            "the load failed": any(item.error for item in seen.loaded.values()),
        }
        found = [what for what, is_so in wrong.items() if is_so]
        if found:
            times = f"{seen.seconds:.2f} s, the neighbour {seen.neighbour_seconds:.2f} s"
            self.problems.append(f"{name}: {', '.join(found)} ({times}):\n{seen.evidence}")
        return not found

    def _is_healed(self, source: Source, ill: Ill, seen: Seen, same: bool) -> bool:
        whole = all(pull.outcome == "ok" for pull in seen.pulls)
        held = set(self.hall.column("select source_key from std.dossier_record where source_id = %s", source.source_id))
        if same and whole and held == ill.keys():
            return True
        told = f"outcome {'ok' if whole else 'not ok'}, content {'equal' if same else 'differs'}"
        self.problems.append(f"{source.source_id} is not healed: {told}, {len(held)} keys:\n{seen.evidence}")
        return False

    def _evidence(self, source_id: str, pulls: list[ledger.Pull], loaded: dict[str, Loaded]) -> str:
        """All that the hub said and wrote about a source."""
        lines = [f"{pull.outcome} {pull.error_code or ''} {pull.message or ''}" for pull in pulls]
        lines += [sentence for pull in pulls for sentence in pull.refused]
        lines += [f"loaded {item} {getattr(loaded[source_id], item)}" for item in CLASSES if source_id in loaded]
        for query in (
            "select concat_ws(' ', 'quarantine', reason_code, sentence) from ops.quarantine where source_id = %s",
            "select concat_ws(' ', 'file', outcome, code, reason, name) from ops.file where source_id = %s",
            "select concat_ws(' ', 'drift', kind, path) from ops.drift where source_id = %s",
            "select concat_ws(' ', 'watermark', cursor) from ops.watermark where source_id = %s",
        ):
            lines += self.hall.column(query, source_id)
        return "\n".join(lines + [f"log {line.getMessage()}" for line in self._logged()])

    def _logged(self) -> list[logging.LogRecord]:
        ours = [line for line in self.caplog.records if line.name.startswith(("connectors", "hub"))]
        return [line for line in ours if NEIGHBOUR not in line.getMessage()]


class _Timed(RestConnector):
    """Remembers when it was given back."""

    def __init__(self, source: Any, ends: dict[str, float]) -> None:
        super().__init__(source)
        self._ends = ends

    def close(self) -> None:
        super().close()
        self._ends[NEIGHBOUR] = time.monotonic()


def source_of(name: str, ill: Ill) -> Source:
    """The system as a declared source."""
    use = ill.begin(name)
    pull = Pull(page_size=10)
    return Source(name, "commune", ill.family, use, "H56.40", {}, pull, None, None, True, "sources.yml", 1)

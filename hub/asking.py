"""Whether a source may be asked now, and how many may be asked at once.

Here: quiet hours, the circuit breaker, the deadline of a level, the limit per host. Not here: asking
(`hub/landing.py`), patience within one pull (the connector's own retries and budget).

A commune's old machine serves clerks first: some hours are theirs alone. A host that has been down for days must not
cost each run its time-outs, and must not be forgotten either: after `FAILURES` rounds without an answer it is asked
ever more rarely, first by one probe. What is not asked is written into the ledger with its reason, except in quiet
hours, which are no trouble. Whoever names a source insists: then neither quiet hours nor the breaker hold.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import psycopg

from hub.settings import ZONE
from hub.source import Source

FAILURES = 5  # rounds without any answer, after which a source is asked more rarely
LONGEST = timedelta(hours=6)  # and so often at least it is asked all the same
PER_HOST = 4  # requests at once to one host, whatever the number of sources that live there


@dataclass(frozen=True)
class Refrain:
    """Why a source is not asked: a code and a sentence for the ledger."""

    code: str
    message: str


@dataclass(frozen=True)
class Trouble:
    """Rounds in which a source did not answer since it last did, and when the last one began."""

    rounds: int
    last_at: datetime


def troubles(connection: psycopg.Connection[Any]) -> dict[str, Trouble]:
    """The sources that have not answered since their last complete pull."""
    rows = connection.execute(
        """
        with answered as (
            select source_id, max(pull_id) as pull_id from ops.pull where outcome in ('ok', 'incomplete') group by 1
        ), silent as (
            select p.source_id, p.stream, count(*) as rounds, max(p.started_at) as last_at
            from ops.pull p left join answered a using (source_id)
            where p.outcome = 'failed' and p.error_code in ('Unreachable', 'OverBudget')
              and p.pull_id > coalesce(a.pull_id, 0)
            group by 1, 2
        )
        select source_id, max(rounds), max(last_at) from silent group by 1
        """
    ).fetchall()
    return {source_id: Trouble(rounds, last_at) for source_id, rounds, last_at in rows}


def is_quiet(source: Source, now: datetime) -> bool:
    """Whether `now` lies in the hours that the source keeps for its own people; "22:00-05:00" goes over midnight."""
    clock = now.astimezone(ZONE).strftime("%H:%M")
    for hours in source.pull.quiet:
        first, _, last = hours.partition("-")
        inside = first <= clock < last if first <= last else clock >= first or clock < last
        if inside:
            return True
    return False


def open_circuit(source: Source, trouble: Trouble | None, now: datetime) -> Refrain | None:
    """The reason to leave a silent source alone for now; None when it may be asked or probed again."""
    if trouble is None or trouble.rounds < FAILURES:
        return None
    wait = min(source.pull.every * 2 ** min(trouble.rounds - FAILURES, 16), LONGEST)
    again = trouble.last_at + wait
    if now >= again:
        return None
    return Refrain(
        "CircuitOpen",
        f"{source.source_id}: no answer {trouble.rounds} times in a row; it is asked again from "
        f"{again.astimezone(ZONE):%Y-%m-%d %H:%M}. `hub run --source {source.source_id}` asks at once",
    )


@dataclass
class Deadline:
    """The time of one run of a level: sources that were not begun by then wait for the next."""

    span: timedelta | None
    began: float = field(default_factory=time.monotonic)

    def passed(self, source: Source) -> Refrain | None:
        """The reason to leave a source to the next run, None while there is time."""
        if self.span is None or time.monotonic() - self.began < self.span.total_seconds():
            return None
        minutes = self.span.total_seconds() / 60
        told = (
            f"{source.source_id}: the time of the level ({minutes:.0f} min) was over before it was this source's turn"
        )
        return Refrain("Deadline", told)


@dataclass(frozen=True)
class Permits:
    """What is known at the start of a run about who may be asked."""

    troubles: dict[str, Trouble]
    deadline: Deadline
    now: datetime

    def refrain(self, source: Source) -> Refrain | None:
        """The reason not to ask a source whose turn has come."""
        trouble = self.troubles.get(source.source_id)
        return self.deadline.passed(source) or open_circuit(source, trouble, self.now)

    def is_half_open(self, source: Source) -> bool:
        """Whether one probe goes first: a source that was silent so often would cost all its time-outs."""
        trouble = self.troubles.get(source.source_id)
        return trouble is not None and trouble.rounds >= FAILURES


class Hosts:
    """So many requests at once to one host, shared by all workers of a run."""

    def __init__(self, per_host: int = PER_HOST) -> None:
        self._per_host = per_host
        self._lock = threading.Lock()
        self._free: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(self._per_host))

    def limiter(self, host: str) -> AbstractContextManager[object]:
        """Entered around each request; may be entered again and again."""
        with self._lock:
            return self._free[host]


def host_of(connection: dict[str, Any]) -> str:
    """The machine behind a connection whose secrets are filled in; "" for a folder of this machine."""
    for name in ("base_url", "url"):
        if isinstance(address := connection.get(name), str):
            return urlsplit(address).netloc.rpartition("@")[2]
    server, port = connection.get("server", ""), connection.get("port", "")
    return f"{server}:{port}" if server else ""

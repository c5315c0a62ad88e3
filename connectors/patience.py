"""Time, chance and patience: what every family that asks a server waits by.

Here: the clock that tests replace, how often a failing request is tried and how long to wait between, the budget
of one pull. Not here: what counts as a failure (`errors`) and how a request is sent (each family's own).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time and chance come from. `sleep` None waits for real, and wakes up when the pull is given up."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] | None = None
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a failing request is tried, and how long to wait between.

    floor_s and ceiling_s bound what a source asks for (Retry-After): 0 would burn all attempts at once, 86400 would
    sleep for a day.
    """

    attempts: int = 5
    backoff_s: float = 1.0
    floor_s: float = 1.0
    ceiling_s: float = 120.0

    def wait_s(self, attempt: int, chance: float, asked_s: float | None = None) -> float:
        """How long to wait after the failed `attempt` (from 1); `chance` is from 0 to 1."""
        # Half of it by chance, so that 600 pulls that failed together do not come back together.
        backoff = min(self.ceiling_s, self.backoff_s * 2.0 ** (attempt - 1)) * (0.5 + chance / 2)
        return backoff if asked_s is None else max(backoff, min(max(asked_s, self.floor_s), self.ceiling_s))


@dataclass(slots=True)
class Deadline:
    """Whether the time of a request or a query ran out."""

    passed: bool = False


@contextmanager
def at_most(seconds: float, cut: Callable[[], None]) -> Iterator[Deadline]:
    """Call `cut`, which ends what the block waits for, when the block takes longer."""
    deadline = Deadline()

    def expire() -> None:
        deadline.passed = True
        cut()

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()


class Budget:
    """The time of one pull, and the sign that nobody waits for it any more."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + seconds
        self.given_up = threading.Event()

    def left_s(self) -> float:
        """Seconds until the end; negative after it."""
        return self._end - self._clock.monotonic()

    def pause(self, seconds: float) -> None:
        """Wait, unless the pull is given up meanwhile."""
        if self._clock.sleep is None:
            self.given_up.wait(seconds)
        else:
            self._clock.sleep(seconds)

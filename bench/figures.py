"""What a benchmark found, and how one run of limit and candidate is timed and told.

Here: figures by name, one value per repeat. Not here: what is measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from hub.warehouse import embedded


@dataclass
class Figures:
    """ratios: hub ÷ limit.   limits: records per second of the limit.   rss: megabytes of the hub's process."""

    ratios: dict[str, list[float]] = field(default_factory=dict)
    limits: dict[str, list[float]] = field(default_factory=dict)
    rss: dict[str, list[float]] = field(default_factory=dict)

    def add(self, other: Figures) -> None:
        """Take over what another benchmark found."""
        self.ratios |= other.ratios
        self.limits |= other.limits
        self.rss |= other.rss


def note(figures: dict[str, list[float]], name: str, value: float) -> None:
    """One more value of a figure."""
    figures.setdefault(name, []).append(value)


def timed(work: Callable[[], object]) -> float:
    """The seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def std(done: dict[str, float]) -> float:
    """Seconds of raw and std."""
    return done["raw"] + done["std"]


def told(what: str, floor: float, done: dict[str, float]) -> None:
    """Print one pair."""
    parts = ", ".join(f"{name} {done[name]:.2f}" for name in ("raw", "std", "core") if done[name])
    print(
        f"  {what}: limit {floor:.2f} s; hub {parts} s; {done['records']} records; {done['rss_mb']:.0f} MB", flush=True
    )


def connected(home: Path, database: str = "hub") -> psycopg.Connection[Any]:
    """A session of the superuser at the embedded server of a home."""
    url = make_url(embedded.ensure_running(home).url).set(drivername="postgresql", database=database)
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

"""The simulated province as the hub sees it over several days, scored against its truth.

    sandbox_<era>_<measure>   the least of three seeds; for review_share the greatest
Here: which provinces, how their days pass, and the worst of them. Not here: what a measure means
(`hub/sandbox/score.py`). A province stands in a home of its own that is removed at the end. The seeds serve nothing
else: no code was tuned on them. `rough` begins before the reform of 2025-07-01 and goes across it; `daily` stays in
2022.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from hub.application import Hub
from hub.census import declared
from hub.running import run
from hub.sandbox import control
from hub.sandbox.one_stop import LEVELS
from hub.sandbox.verify import scores
from hub.settings import load
from hub.warehouse import embedded

SEEDS = (41, 42, 43)
FULL, QUICK = 70_000, 1_000  # dossiers of a province; 70,000 make over 200,000 records
# days that pass before each further run; those of `rough` go across the reform
ERAS: dict[str, tuple[str, datetime | None, tuple[int, ...]]] = {
    "daily": ("daily", None, (1, 1, 3)),
    "rough": ("rough", None, (2, 2, 6, 1, 1)),
    "present": ("rough", datetime(2026, 10, 1, 6), (1, 1, 3)),
}
COUNTED = ("rough", 3)  # the evening before the reform, after which the old offices' systems answer nobody
FAILED = "the run over the simulated province failed: hub status says where"


def measure(
    quick: bool, eras: Sequence[str] = (), seeds: Sequence[int] = (), dossiers: int | None = None
) -> Iterator[tuple[str, float]]:
    """Measures by name over all eras and seeds, or those told. quick: one seed and a small province."""
    for era in eras or ERAS:
        worst: dict[str, float] = {}
        for seed in seeds or (SEEDS[:1] if quick else SEEDS):
            for name, value in _province(era, seed, dossiers or (QUICK if quick else FULL)):
                choose = max if name == "review_share" else min
                worst[name] = choose(worst.get(name, value), value)
        for name, value in worst.items():
            yield f"sandbox_{era}_{name}", value


def _province(era: str, seed: int, dossiers: int) -> list[tuple[str, float]]:
    profile, first_day, strides = ERAS[era]
    home = Path(tempfile.mkdtemp(prefix="tthc-truth-"))
    home.chmod(0o755)  # the sandbox's SQL servers run under an account of their own
    try:
        control.start(home, dossiers, profile, seed, first_day, LEVELS)
        _run(home)
        for n, days in enumerate(strides, 1):
            control.advance(home, days)
            _run(home, counted=n == len(strides) or (era, n) == COUNTED)
        hub = Hub(load({"HUB_HOME": str(home)}))
        try:
            if not run(hub).success:
                raise SystemExit(FAILED)
            with hub.warehouse.begin() as connection:
                found = scores(home, connection)
        finally:
            hub.close()
        print(f"# {era}, seed {seed}, {dossiers:,} dossiers", *(f"{n} {v:.6g}" for n, v in found), file=sys.stderr)
        return found
    finally:
        control.stop(home)
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def _run(home: Path, *, counted: bool = False) -> None:
    """A night: everything is pulled; then, when `counted`, each source is asked what it holds, by which alone is found
    what vanished."""
    hub = Hub(load({"HUB_HOME": str(home)}))
    try:
        outcome = run(hub)
        if not outcome.success:
            raise SystemExit(FAILED)
        if counted:
            hub.census(declared(hub.chosen()), repair=True)
    finally:
        hub.close()

"""Chained procedures: which dossier of the simulated province continues which, and the truth of it.

Here: `Chains`, which makes a later dossier of a district the next leg of a finished one of a commune below it, for the
same applicant (xã → huyện, as chains ran before 2025). Not here: how a dossier lives (`lives.py`) and how a system says
where it comes from: only OpenCPS tells the number of the origin (`opencps_sql.py`). Nothing is drawn from the world's
own chances, so that a world without chains stays what it was. The hook is one line after a life has been made:
`chains.follow(life)`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from random import Random

import polars as pl

from hub.sandbox.dossier import Life
from hub.sandbox.mischief import FOREIGN

LINK_SCHEMA = {"true_id": pl.Int64, "next_true_id": pl.Int64}
_SPOILING = {"unknown_status", "unknown_status_late", "unreadable_received", "deleted_everywhere", "deleted_portal"}


class Chains:
    """Joins lives into chains as they are made. `share`: how many of the dossiers that could continue one do (0 to 1).
    `tells`: whether a life stands in a system that says which number it continues."""

    def __init__(self, seed: int, share: float, tells: Callable[[Life], bool]) -> None:
        self._seed, self._share, self._tells = seed, share, tells
        self._finished: dict[str, list[Life]] = defaultdict(list)
        self.links: list[tuple[int, int]] = []

    def follow(self, life: Life) -> Life:
        """The life, as the next leg of a chain where one waits for it: it names its origin and has its applicant.

        A chain begins with a commune's dossier that every system tells rightly and that was finished before the next
        was submitted; each dossier is continued once at most.
        """
        if life.traits & (FOREIGN | _SPOILING):
            return life
        district = _district(life.agency.code)
        if life.agency.level == "commune":
            if life.finished_at is not None and life.in_portal:
                self._finished[district].append(life)
        elif life.agency.level == "district" and self._tells(life) and self._chance(life) < self._share:
            self._continue(life, self._finished[district])
        return life

    def _chance(self, life: Life) -> float:
        return Random(f"chain {self._seed} {life.ordinal}").random()

    def _continue(self, life: Life, waiting: list[Life]) -> None:
        for n, origin in enumerate(waiting):
            if origin.finished_at is not None and origin.finished_at < life.submitted_at:
                life.origin_number, life.applicant = origin.number, origin.applicant
                self.links.append((origin.ordinal, life.ordinal))
                del waiting[n]
                return

    def frame(self) -> pl.DataFrame:
        """The truth: `true_id` is continued by `next_true_id`."""
        return pl.DataFrame(self.links, schema=LINK_SCHEMA, orient="row")


def _district(code: str) -> str:
    """The part of an agency's code (V1V2V3.Z1Z2.Y1Y2.M) that a district shares with the communes below it."""
    return code.split(".")[2]

"""Chained procedures: which dossier of the simulated province continues which, and the truth of it.

Here: `Chains`, which makes a later dossier of a district the next leg of a finished one of a commune below it, for the
same applicant (xã → huyện, as chains ran before 2025). Not here: how a dossier lives (`lives.py`) and how a system says
where it comes from: only OpenCPS tells the number of the origin (`opencps_sql.py`), so that there are no chains once
districts are dissolved. Nothing is drawn from the world's own chances: a world without chains stays what it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

import polars as pl

from hub.sandbox.dossier import Life
from hub.sandbox.mischief import FOREIGN, ROUGH
from hub.sandbox.people import Applicant
from hub.sandbox.said import Said

LINK_SCHEMA = {"true_id": pl.Int64, "next_true_id": pl.Int64}
SHARES = dict.fromkeys(ROUGH, 0.3)  # of the dossiers that could continue another, by profile; none elsewhere
_SPOILING = {"unknown_status", "unknown_status_late", "unreadable_received", "deleted_everywhere", "deleted_portal"}


@dataclass(frozen=True, slots=True)
class _Origin:
    """What of a finished dossier its next leg needs."""

    ordinal: int
    number: str
    applicant: Applicant
    ended_at: datetime


class Chains:
    """Joins lives into chains as they are made. `share`: how many of the dossiers that could continue one do (0 to 1).
    `tells`: whether a life stands in a system that says which number it continues."""

    def __init__(self, seed: int, share: float, tells: Callable[[Life], bool]) -> None:
        self._seed, self._share, self._tells = seed, share, tells
        self._finished: dict[str, list[_Origin]] = defaultdict(list)
        self._known: set[int] = set()
        self._followers: set[int] = set()
        self.links: list[tuple[int, int]] = []

    def follow(self, life: Life) -> Life:
        """The life, as the next leg of a chain where one waits for it: it names its origin and has its applicant.

        A chain begins with a commune's dossier that every system tells rightly and that was finished before the next
        was submitted; each dossier is continued once at most.
        """
        if not self._share or life.traits & (FOREIGN | _SPOILING):
            return life
        if life.agency.level == "commune":
            if life.finished_at is not None and life.in_portal:
                ended_at = life.finish_recorded_at or life.finished_at
                self._finished[_district(life.agency.code)].append(
                    _Origin(life.ordinal, life.number, life.applicant, ended_at)
                )
        elif life.agency.level == "district" and self._tells(life) and self._chance(life) < self._share:
            self._continue(life, self._finished[_district(life.agency.code)])
        return life

    def see(self, life: Life, readable: list[Said]) -> None:
        """Notes what readable records show of a life: its own number, and, in a district's living row, its origin's."""
        if any(said.number == life.number for said in readable):
            self._known.add(life.ordinal)
        if life.origin_number and any(s.source_id.startswith("district-") and not s.deleted_at for s in readable):
            self._followers.add(life.ordinal)

    def frame(self) -> pl.DataFrame:
        """The truth, as far as records show it: `true_id` is continued by `next_true_id`."""
        shown = [(a, b) for a, b in self.links if a in self._known and b in self._followers]
        return pl.DataFrame(shown, schema=LINK_SCHEMA, orient="row")

    def _chance(self, life: Life) -> float:
        return Random(f"chain {self._seed} {life.ordinal}").random()

    def _continue(self, life: Life, waiting: list[_Origin]) -> None:
        for n, origin in enumerate(waiting):
            if origin.ended_at < life.submitted_at:
                life.origin_number, life.applicant = origin.number, origin.applicant
                self.links.append((origin.ordinal, life.ordinal))
                del waiting[n]
                return


def _district(code: str) -> str:
    """The part of an agency's code (V1V2V3.Z1Z2.Y1Y2.M) that a district shares with the communes below it; "" in codes
    of another form, which come after the districts."""
    return "".join(code.split(".")[2:3])

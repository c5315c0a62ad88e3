"""The reform of 1 July 2025: districts dissolved, communes merged under new codes, open dossiers handed over.

Here: who takes over a dossier, and when. Not here: which systems stand on a day (`one_stop.py`), lives (`lives.py`),
what the old and the new office show (`keeping.py`). A handed-over dossier keeps its number and is one dossier: the old
system shows it as it was on the last evening, that of the successor from the next morning on. Land of a district goes
to the department, everything else to the commune that takes the place of one of its communes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hub.sandbox.dossier import Life
from hub.sandbox.lives import LAND
from hub.sandbox.places import REFORM, Agency, seed_rows

MORNING = datetime(2025, 7, 1, 7, 30)
EVENING = datetime(2025, 6, 30, 23)
SOON = timedelta(days=365)
LAND_OFFICE = "Sở Nông nghiệp và Môi trường"
_ENDED = (3, 7, 10)


def crosses(first: date, last: date) -> bool:
    """Whether the reform lies after the first day and not after the last."""
    return first < REFORM <= last


class Successors:
    """Who takes over from whom in a province that goes across the reform, or may within a year; else nobody.

    What will be handed over is known before: what a system shows of it must not change once the day has come.
    """

    def __init__(self, first: date, last: date) -> None:
        self._active = crosses(first, max(last, first + SOON))
        self._has_come = crosses(first, last)
        day = REFORM.isoformat()
        rows = [row for row in seed_rows("agencies.csv") if (row["valid_to"] or "9") > day > (row["valid_from"] or "0")]
        rows += [row for row in seed_rows("agencies.csv") if row["valid_from"] == day]
        self._new = {row["agency_code"]: Agency(row["agency_code"], row["name"], row["level"], True) for row in rows}
        self._land = next((agency for agency in self._new.values() if agency.name == LAND_OFFICE), None)
        self._heirs = {
            row["from_agency_code"]: row["to_agency_code"]
            for row in seed_rows("agency_succession.csv")
            if row["on_date"] == day and row["is_default"] == "1"
        }
        self._districts: dict[str, list[str]] = {}
        for row in seed_rows("agencies.csv"):
            if row["level"] == "commune" and row["valid_to"] == day:
                self._districts.setdefault(row["parent_agency_code"], []).append(row["agency_code"])

    def hand_over(self, life: Life) -> None:
        """Gives an open dossier of an office that ends to its successor: adds its moment, later `life.handed`."""
        if not self._active or life.submitted_at >= EVENING:
            return
        done = [step.status for step in life.steps if (step.recorded_at or step.at) <= EVENING]
        heir = self._heir(life)
        if heir is None or (done and done[-1] in _ENDED) or (life.deleted_at and life.deleted_at <= EVENING):
            return
        at = MORNING + timedelta(seconds=life.ordinal % 1800)
        life.moments = sorted({*life.moments, at})
        if self._has_come:
            life.handed = (at, heir)

    def _heir(self, life: Life) -> Agency | None:
        code = life.agency.code
        if life.agency.level == "district":
            if life.procedure.field in LAND and self._land is not None:
                return self._land
            communes = self._districts.get(code, [])
            code = communes[life.ordinal % len(communes)] if communes else ""
        return self._new.get(self._heirs.get(code, ""))

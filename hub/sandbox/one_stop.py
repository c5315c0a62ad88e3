"""Which one-stop system holds a dossier, and what a system of its vendor is able to tell of it.

Here: the systems of departments, districts and communes on a day, their vendors, and the narrowing of a view to the
columns, elements or titles that a vendor has. Not here: how rows and files look (`td.py`, `opencps_sql.py`,
`xml_packages.py`, `registers.py`). Vendors go by the order of districts: every third district runs OpenCPS, the
others the province's own product; the communes of every third district, another third, keep a workbook.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from hub.errors import HubError
from hub.sandbox.dossier import Life, Supplement, changed
from hub.sandbox.places import Agency, seed_rows
from hub.sandbox.said import Said

BASE_LEVELS = ("portal", "national")
ONE_STOP_LEVELS = ("province", "district", "commune")
LEVELS = (*BASE_LEVELS, *ONE_STOP_LEVELS)
LATE = timedelta(hours=26)
_FOREIGN = frozenset({"foreign_number", "foreign_receipt"})  # the national copy has another number than the office
_LEVEL_OF = {"department": "province", "district": "district", "commune": "commune"}


@dataclass(frozen=True, slots=True)
class OneStop:
    """One system: its source, whose it is, its vendor (td_rest, td_sql, opencps, xml, register), its place in a list.

    `district_code` is the district itself or the one that a commune lies in. `first`, `last`: ISO days of its office,
    the last is the first on which it is gone; "" for not known.
    """

    source_id: str
    level: str
    vendor: str
    agency: Agency
    slug: str
    district_code: str
    ordinal: int
    first: str = ""
    last: str = ""

    def stands_on(self, day: date) -> bool:
        """Whether its office exists on that day."""
        return (self.first or "0") <= day.isoformat() < (self.last or "9")


class OneStops:
    """The systems of the given levels on a day, with those that come until another, and who holds what."""

    def __init__(self, today: date, levels: Sequence[str], until: date | None = None) -> None:
        self.today = today
        rows = _standing(today)
        known = {row["agency_code"] for row in rows}
        rows += [row for row in _standing(until or today) if row["agency_code"] not in known]
        districts = sorted({row["agency_code"] for row in seed_rows("agencies.csv") if row["level"] == "district"})
        places = {code: n for n, code in enumerate(districts)}
        self.systems: dict[str, OneStop] = {}
        self._parents = {row["agency_code"]: row["parent_agency_code"] for row in rows if row["level"] == "branch"}
        for row in rows:
            level = _LEVEL_OF.get(row["level"], "")
            if level in levels:
                code = row["agency_code"]
                district = code if level == "district" else row["parent_agency_code"]
                self.systems[code] = OneStop(
                    source_id=f"{level}-{code}",
                    level=level,
                    vendor=_vendor(level, places.get(district, 0)),
                    agency=Agency(code, row["name"], row["level"], named_once=True),
                    slug=row["slug"],
                    district_code=district,
                    ordinal=len(self.systems),
                    first=row["valid_from"],
                    last=row["valid_to"],
                )

    def of(self, agency: Agency) -> OneStop | None:
        """The system in which this agency keeps its dossiers; branches use that of their department."""
        return self.systems.get(self._parents.get(agency.code, agency.code))

    def by_vendor(self, vendor: str) -> list[OneStop]:
        """All systems of one vendor, by agency code."""
        return [system for system in self.systems.values() if system.vendor == vendor]


def _standing(day: date) -> list[dict[str, str]]:
    iso = day.isoformat()
    rows = [row for row in seed_rows("agencies.csv") if (row["valid_from"] or "0") <= iso < (row["valid_to"] or "9")]
    return sorted(rows, key=lambda row: row["agency_code"])


def checked_levels(levels: Sequence[str]) -> tuple[str, ...]:
    """The levels in their fixed order. Raises HubError on an unknown one or when portal or national is missing."""
    unknown = [level for level in levels if level not in LEVELS]
    if unknown or not set(BASE_LEVELS) <= set(levels):
        raise HubError(
            f"sandbox: no province with levels {', '.join(levels)}",
            hint=f"portal and national always, and any of {', '.join(ONE_STOP_LEVELS)}",
        )
    return tuple(level for level in LEVELS if level in levels)


def identifier(kind: str, number: object) -> str:
    """A stable uniqueidentifier in its lower-case text form."""
    digest = hashlib.md5(f"{kind} {number}".encode(), usedforsecurity=False).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def settle(life: Life, system: OneStop, edges: frozenset[str]) -> None:
    """Where a dossier stands besides its one-stop system: the portal knows what was handed in online.

    What a register lists without a number stands nowhere else, nor does a number of the office's own counting in a
    system that has no room for another's: nothing could say that two records are one dossier.
    """
    together = life.traits & {"foreign_number", "foreign_receipt", "deleted_portal", "migrated"}
    if life.channel != 2 and not together:
        life.in_portal = False
    if system.vendor == "register" and life.channel == 2:
        life.in_portal = True
    if "numberless" in edges or (system.vendor in ("opencps", "register") and life.traits & _FOREIGN):
        life.in_portal = life.in_national = False


def tells(system: OneStop, life: Life, said: Said, edges: frozenset[str], now: datetime) -> Said | None:
    """What a reader can know of this view at `now`; None when such a system does not list the dossier yet."""
    return _TELLS[system.vendor](life, changed(said, agency_code=life.agency.code), edges, now)


def _td(life: Life, said: Said, edges: frozenset[str], now: datetime) -> Said:
    """The dossier's row has room for the last request for papers only; accompanying papers are not listed."""
    last = said.supplements[-1:]
    fees = said.fees
    if "late_child" in edges and life.received_at and life.received_at + LATE > now:
        fees = []
    return changed(
        said,
        apologised_at=None,
        key=identifier("dossier", life.ordinal),
        # what the product sent to the national side under a number of its making, it writes back into the row
        alt_number=life.invented_number if life.traits & _FOREIGN else said.alt_number,
        supplements=[Supplement(s.requested_at, s.completed_at, None, None) for s in last],
        others=[],
        fees=fees,
    )


def _opencps(life: Life, said: Said, edges: frozenset[str], now: datetime) -> Said:
    """No soft deletion, no time of refusal, payments instead of a payment code; applicants are citizens or business."""
    return changed(
        said,
        apologised_at=None,
        key=str(100_001 + life.ordinal),
        alt_number="",
        receipt_no="",
        rejected_at=None,
        deleted_at=None,
        online_payment=None,
        digitised=None,
        applicant_type=1 if life.applicant.type == 1 else 2,
        supplements=[Supplement(s.requested_at, s.completed_at, None, None) for s in said.supplements],
        components=[changed(paper, digitised=None) for paper in (*said.components, *said.others)],
        others=[],
    )


def _xml(life: Life, said: Said, edges: frozenset[str], now: datetime) -> Said:
    """The national message has no element for a deletion or a rating."""
    return changed(said, alt_number="", deleted_at=None, rated_at=None)


def _register(life: Life, said: Said, edges: frozenset[str], now: datetime) -> Said | None:
    """Days of receipt, appointment and return; the status is concluded: returned is 10, anything else 4."""
    if said.received_at is None:
        return None
    return changed(
        said,
        apologised_at=None,
        number=None if "numberless" in edges else said.number,
        alt_number="",
        receipt_no="",
        status=10 if said.returned_at else 4,
        implied=True,
        submitted_at=None,
        received_at=_day(said.received_at),
        due_at=_day(said.due_at),
        finished_at=None,
        returned_at=_day(said.returned_at),
        rejected_at=None,
        rated_at=None,
        deleted_at=None,
        online_payment=None,
        procedure_code=said.procedure_code if _is_told_by_name(life) else None,
        field_name=None,
        channel=1,
        applicant_type=None,
        digitised=None,
        fees=[],
        supplements=[],
        components=[],
        others=[],
        results=[],
        steps=[],
    )


def _is_told_by_name(life: Life) -> bool:
    return _letters(life.procedure.name) in _named_once()


@cache
def _named_once() -> frozenset[str]:
    names = Counter(_letters(row["name"]) for row in seed_rows("procedures.csv"))
    return frozenset(name for name, count in names.items() if count == 1)


@cache
def _letters(name: str) -> str:
    """A name without its punctuation: two procedures that differ by a full stop alone are told by no name."""
    return re.sub(r"\W+", " ", name.casefold()).strip()


def _day(moment: datetime | None) -> datetime | None:
    return datetime.combine(moment.date(), time()) if moment else None


def _vendor(level: str, district: int) -> str:
    if level == "province":
        return "td_rest"
    if level == "district":
        return "opencps" if district % 3 == 2 else "td_sql"
    return "register" if district % 3 == 1 else "xml"


_TELLS: dict[str, Callable[[Life, Said, frozenset[str], datetime], Said | None]] = {
    "td_rest": _td,
    "td_sql": _td,
    "opencps": _opencps,
    "xml": _xml,
    "register": _register,
}

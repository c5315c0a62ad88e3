"""A dossier as it truly is: one `Life` with everything that belongs to it.

Here: values, and `changed`, which copies one. Not here: how a life comes about (`lives.py`) and what a system says of
it (`said.py`). Times are naive and local (Asia/Ho_Chi_Minh); money is whole đồng.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from hub.sandbox.people import Applicant
from hub.sandbox.places import Agency, Procedure

Value = TypeVar("Value")
_Form = tuple[dict[str, int], Callable[[Any], tuple[Any, ...]]]
_FORMS: dict[type[Any], _Form] = {}


def changed(value: Value, **values: Any) -> Value:
    """A copy of a dataclass value with other values, as `dataclasses.replace` but many times as fast."""
    kind = type(value)
    places, read = _FORMS.get(kind) or _form(kind)
    parts = list(read(value))
    for name, other in values.items():
        parts[places[name]] = other
    return type(value)(*parts)


def _form(kind: type[Any]) -> _Form:
    names = [field.name for field in fields(kind)]
    form = _FORMS[kind] = {name: n for n, name in enumerate(names)}, attrgetter(*names)
    return form


@dataclass(frozen=True, slots=True)
class Step:
    """One processing step; `status` is what the dossier has become by it. `recorded_at`: when not at once."""

    at: datetime
    status: int
    text: str
    officer: str
    title: str
    department: str
    started_at: datetime
    due_at: datetime | None
    recorded_at: datetime | None = None


@dataclass(slots=True)
class Supplement:
    """A request for missing papers; open while `completed_at` is None."""

    requested_at: datetime
    completed_at: datetime | None
    previous_due_at: datetime | None
    new_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee in whole đồng; `paid_at` is None when it was never paid."""

    code: str
    name: str
    kind: str
    amount: int
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A submitted component, an accompanying paper or a result; `url` is empty when there is no file, `digitised` None
    where a system does not tell."""

    code: str
    name: str
    url: str
    digitised: bool | None
    reuse: int


@dataclass(frozen=True, slots=True)
class View:
    """How one copy differs from the truth (`disagreements.py`).

    applicant: as its clerks typed it. unnumbered: it shows `number` in place of the dossier's, None for none, and no
    reference. swapped: the time whose day and month stand in each other's place. shift: days by which its receipt
    is off.
    """

    applicant: Applicant | None = None
    unnumbered: bool = False
    number: str | None = None
    swapped: str = ""
    shift: int = 0


@dataclass(slots=True)
class Life:
    """A dossier from submission to its end.

    views: how single systems see it. deeds: misconduct, and what looks like it (`misconduct.py`). due_move: when a due
    date was moved without a supplement, and where to. finish_recorded_at: when not at the time it is dated.
    handed: when and to whom its office gave it.
    """

    ordinal: int
    traits: frozenset[str]
    agency: Agency
    processor: Agency
    procedure: Procedure
    applicant: Applicant
    number: str
    invented_number: str
    receipt_no: str
    channel: int
    return_method: int
    submitted_at: datetime
    in_portal: bool
    in_national: bool
    portal_delay: timedelta
    national_delay: timedelta
    origin_number: str = ""  # of the dossier that this one continues
    due_at: datetime | None = None
    received_at: datetime | None = None
    rejected_at: datetime | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    rated_at: datetime | None = None
    deleted_at: datetime | None = None
    score: int = 0
    online_payment: int = 0
    digitised: bool = False
    vneid: bool = False
    steps: list[Step] = field(default_factory=list)
    supplements: list[Supplement] = field(default_factory=list)
    fees: list[Fee] = field(default_factory=list)
    components: list[Paper] = field(default_factory=list)
    others: list[Paper] = field(default_factory=list)
    results: list[Paper] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    deeds: frozenset[str] = frozenset()
    due_move: tuple[datetime, datetime] | None = None
    finish_recorded_at: datetime | None = None
    apologised_at: datetime | None = None
    handed: tuple[datetime, Agency] | None = None

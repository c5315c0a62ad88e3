"""Who is guilty of what in a world, as far as systems show it: the truth about behaviour.

Here: gathering it life by life, the frame (true_id, kind), and of which of its rows no reader could know. Not here:
deeds (`misconduct.py`), how the hub finds them (`assets/sql/mart/behaviour_<kind>.sql`). Hidden are a due date that
moved in a register, which tells neither papers nor stops; an appointment that a stop may have moved before anybody
read it; a late dossier whose copies contradict each other in the dates by which it is late, whose one copy may have day
and month of the appointment exchanged, or of which its feed has told nothing since; a finish dated back that only a
folder or a copy which falsifies tells; a closing in a rush that only such a copy tells or of which a copy errs in the
date, and a rush at the edge of what counts as many; a finish before receipt that only such a copy tells, or that lies
after it with day and month in each other's place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import polars as pl

from hub.sandbox.dossier import Life
from hub.sandbox.said import SYSTEMS, Said, swapped
from hub.sandbox.truth import ZONE, Truth, real_steps
from hub.sandbox.verdicts import verdicts

KINDS = (
    "due_moved_after_due",
    "result_before_receipt",
    "bulk_closing",
    "finish_backdated",
    "appointment_beyond_limit",
    "repeated_supplement",
    "refusal_without_reason",
    "overdue_without_apology",
    "vanished_dossier",
)
LEAST_BULK, CLEARLY_BULK = 8, 12  # a rush of fewer is none; one between them is at the edge of what counts as many
_VANISHED = "vanished_dossier"
_RUSH = timedelta(minutes=2)  # at most between two closings of a rush
_TRACED = ("portal", "province", "district")  # levels whose versions tell when something was recorded
_DATES = {"received_at", "due_at", "finished_at", "returned_at"}


class Guilt:
    """Gathers the truth about behaviour while the world is built: who is guilty, and of whom no reader could know."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []
        self._doubtful: set[tuple[int, str]] = set()
        self._closings: dict[tuple[str, date], list[tuple[datetime, int, bool]]] = defaultdict(list)
        self._long: set[int] = set()
        self._feeds: dict[str, dict[int, datetime]] = defaultdict(dict)
        self._apologising: set[str] = set()
        self._apologised: set[int] = set()
        self._elsewhere: set[int] = set()
        self._known: set[int] = set()
        self._rows: list[tuple[int, str]] = []

    def see(self, life: Life, readable: list[Said], packages: list[str]) -> None:
        """Notes what readable records show of a life, which speak no more once deleted; `packages`: the sources that
        have room for apologies."""
        if not readable:
            return
        self._known.add(life.ordinal)
        living = [said for said in readable if said.deleted_at is None]
        for kind, shows in _SHOWN.items():
            if (kind in life.deeds or kind == "repeated_supplement") and shows(life, living):
                self._found.append((life.ordinal, kind))
        for kind, is_hidden in _HIDDEN.items():
            if is_hidden(life, living):
                self._doubtful.add((life.ordinal, kind))
        if any(said.source_id not in SYSTEMS for said in living):
            self._elsewhere.add(life.ordinal)
        if life.finished_at is not None and any(said.finished_at for said in living):
            place = life.agency.code, life.finished_at.date()
            self._closings[place].append((life.finished_at, life.ordinal, "bulk_closing" in life.deeds))
        if "appointment_beyond_limit" in life.deeds:
            self._long.add(life.ordinal)
        for said in living:
            if said.source_id in packages:
                self._feeds[said.source_id][life.ordinal] = said.updated_at
                if said.apologised_at:
                    self._apologising.add(said.source_id)
                    self._apologised.add(life.ordinal)

    def vanished(self, life: Life) -> None:
        """The row of this dossier is gone from its system: guilt, unless another office's system lists it."""
        self._found.append((life.ordinal, _VANISHED))

    def rows(self, overdue: dict[int, datetime], limited: set[int]) -> list[tuple[int, str]]:
        """(true_id, kind). overdue: by the form's rule and by more than a stopped clock explains, with the moment after
        which a feed would have told an apology; limited: promised for later than a limit in force allows."""
        found = [row for row in self._found if row[0] in self._known]
        found = [(true_id, kind) for true_id, kind in found if kind != _VANISHED or true_id not in self._elsewhere]
        for closings in self._closings.values():
            for members in _rushes(closings):
                found += [(true_id, "bulk_closing") for true_id in members]
                if len(members) < CLEARLY_BULK:
                    self._doubtful |= {(true_id, "bulk_closing") for true_id in members}
        found += [(true_id, "appointment_beyond_limit") for true_id in self._long & limited]
        told: set[int] = set()
        for feed in self._apologising:
            silent = {n: at for n, at in self._feeds[feed].items() if n in overdue and n not in self._apologised}
            found += [(true_id, "overdue_without_apology") for true_id in silent]
            told |= {true_id for true_id, at in silent.items() if at > overdue[true_id]}
        # a feed sends what changed: one that has told nothing since may have apologised meanwhile
        self._doubtful |= {row for row in found if row[1] == "overdue_without_apology" and row[0] not in told}
        self._rows = sorted(set(found))
        return self._rows

    def doubtful(self) -> list[tuple[int, str]]:
        """Of the rows that `rows` gave last, those which no record can tell."""
        return sorted(self._doubtful & set(self._rows))


def _rushes(closings: list[tuple[datetime, int, bool]]) -> Iterator[list[int]]:
    """The dossiers of each rush of a day with one who closes in bulk: also those that only happen to be in it."""
    rush: list[tuple[datetime, int, bool]] = []
    for closing in [*sorted(closings), (datetime.max, 0, False)]:
        if rush and closing[0] - rush[-1][0] > _RUSH:
            if len(rush) >= LEAST_BULK and any(is_deed for _, _, is_deed in rush):
                yield [true_id for _, true_id, _ in rush]
            rush = []
        rush.append(closing)


def _moved(life: Life, readable: list[Said]) -> bool:
    shown = next((said.due_at for said in readable if said.due_at), None)
    return shown is not None and life.due_move is not None and shown.date() == life.due_move[1].date()


def _result_first_shows(life: Life, readable: list[Said]) -> bool:
    return any(s.finished_at and s.received_at and s.finished_at < s.received_at for s in readable)


def _is_early_for_certain(life: Life, living: list[Said]) -> bool:
    """A record that falsifies nothing ends before it begins, also with day and month in each other's place: who mistook
    them is not told from who dated it so."""
    early = [said for said in living if said.source_id != "national" and _result_first_shows(life, [said])]
    return bool(early) and not all(_fits_exchanged(said) for said in early)


def _fits_exchanged(said: Said) -> bool:
    """Whether the exchanged finish lies between the receipt and all that came after the finish."""
    other = swapped(said.finished_at) if said.finished_at else None
    closing = [step.at for step in said.steps if step.status in (9, 10)]
    later = min(at for at in (said.updated_at, said.returned_at, *closing) if at)
    return bool(other and said.received_at and said.received_at.date() <= other.date() <= later.date())


def _finish_shows(life: Life, readable: list[Said]) -> bool:
    return any(said.finished_at for said in readable)


def _is_untraced(life: Life, living: list[Said]) -> bool:
    """No system that falsifies nothing and whose versions tell when it was recorded, shows the finish."""
    return not any(said.finished_at and said.source_id.partition("-")[0] in _TRACED for said in living)


def _is_copy_alone(life: Life, living: list[Said]) -> bool:
    """A copy that falsifies accuses nobody, and what errs in the date is in no rush."""
    errs = any(said.true and "finished_at" in said.true for said in living)
    return errs or all(said.source_id == "national" for said in living if said.finished_at)


def _repeated_shows(life: Life, readable: list[Said]) -> bool:
    asked = ([step.status for step in real_steps(said)].count(5) for said in readable)
    return any(len(said.supplements) > 1 for said in readable) or any(count > 1 for count in asked)


def _dates_err(life: Life, living: list[Said]) -> bool:
    """Copies contradict each other in the dates by which a dossier is late, or one alone tells the appointment, which
    with day and month in each other's place would not have passed when that copy last told of the dossier."""
    dues = [said.due_at for said in living if said.due_at]
    other = swapped(dues[0]) if len(dues) == 1 else None
    is_borne = any(paper.new_due_at in dues for said in living for paper in said.supplements)
    ended = life.finished_at or max((said.updated_at for said in living), default=datetime.min)
    contradict = any(said.true and _DATES & said.true.keys() for said in living)
    return contradict or bool(other and not is_borne and other.date() >= ended.date())


def _is_in_register(life: Life, living: list[Said]) -> bool:
    """A register tells neither papers nor stops: a date that these moved looks the same there. A copy that falsifies
    accuses nobody, and who took the dossier over has never told the old date."""
    heir = life.handed[1].code if life.handed else "-"
    told = [said for said in living if said.source_id != "national" and not said.source_id.endswith(heir)]
    return not told or any(said.implied for said in told)


def _was_stopped(life: Life, living: list[Said]) -> bool:
    """A stop may have moved the appointment before anybody read the first one."""
    return any(step.status in (6, 8) for step in life.steps)


_HIDDEN: dict[str, Callable[[Life, list[Said]], bool]] = {
    "due_moved_after_due": _is_in_register,
    "appointment_beyond_limit": _was_stopped,
    "finish_backdated": _is_untraced,
    "result_before_receipt": lambda life, living: not _is_early_for_certain(life, living),
    "bulk_closing": _is_copy_alone,
    "overdue_without_apology": _dates_err,
}
_SHOWN: dict[str, Callable[[Life, list[Said]], bool]] = {
    "due_moved_after_due": _moved,
    "result_before_receipt": _result_first_shows,
    "finish_backdated": _finish_shows,
    "refusal_without_reason": lambda life, readable: any(said.status == 3 for said in readable),
    "repeated_supplement": _repeated_shows,
}


def behaviours(guilt: Guilt, truth: Truth, now: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who is guilty (true_id, kind), and of whom no record could tell it (true_id, field: the kind), at `now` (naive).

    Nobody is guilty of what happened to a deleted dossier. Lateness goes by what is true, also where copies err.
    """
    outcomes = verdicts(truth.dossiers, truth.frames["undetermined"].clear(), now)
    late = outcomes.filter(pl.col("rule_id") == "ii06a_td_v1", pl.col("outcome").is_in(["overdue", "overdue_open"]))
    moved = truth.frames["undetermined"].filter(pl.col("field") == "original_due_at")["true_id"].implode()
    stood_still = (pl.col("stops").list.len() > 0) & pl.col("due_at").eq_missing(pl.col("original_due_at"))
    counted = late.join(truth.dossiers, on="true_id").filter(~stood_still | pl.col("true_id").is_in(moved))
    told = pl.when(pl.col("outcome") == "overdue").then(pl.duration()).otherwise(pl.duration(days=1))
    since = counted.select("true_id", pl.col("due_at").dt.convert_time_zone(ZONE).dt.replace_time_zone(None) + told)
    limited = truth.frames["due_dates"].join(truth.dossiers, on="true_id")
    beyond = limited.filter(pl.col("due_at").dt.date() > pl.col("legal_due_at").dt.date())
    rows = guilt.rows(dict(since.rows()), set(beyond["true_id"]))
    found = pl.DataFrame(rows, schema=truth.frames["behaviours"].schema, orient="row").unique().sort(pl.all())
    deleted = truth.dossiers.filter(pl.col("is_deleted"))
    is_alive = ~pl.col("true_id").is_in(deleted["true_id"].implode())
    found = found.filter(is_alive | (pl.col("kind") == _VANISHED))
    hidden = pl.DataFrame(guilt.doubtful(), schema=found.schema, orient="row").join(found, on=found.columns)
    return found, hidden.rename({"kind": "field"})

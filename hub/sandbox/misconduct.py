"""Misconduct at desks, with innocents that look alike: what is done to a life.

Here: deeds, drawn apart by seed and ordinal in the profiles `rough`. Not here: who is guilty by what systems show
(`guilt.py`), how copies disagree (`disagreements.py`) and repeated requests for papers or vanished rows, which lives
and systems have anyway. A deed counts only when a system shows it. Kinds that need two readings (a due date that
moved, a finish that was recorded late) happen after the first day. Beside the guilty stand a due date moved before it
passed, a finish recorded later on its own day, closings in bulk in the middle of a period, long appointments under a
limit not in force, a due date moved while the clock was stopped.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from hub.sandbox.dossier import Life, changed
from hub.sandbox.mischief import FATES, ROUGH
from hub.sandbox.places import Agency, WorkingDays, plain_limits

_BULK_AT = time(16, 30)
_FATES = frozenset(FATES) - {"late_push"}


@dataclass(frozen=True, slots=True)
class Batch:
    """An office that closes what lies on its desks within minutes of `day`; guilty just before a period ends."""

    day: date
    guilty: bool


class Misconduct:
    """Does it to lives in the order of ordinals; silent in every other profile."""

    def __init__(self, seed: int, profile: str, today: datetime, work: WorkingDays, busiest: list[Agency]) -> None:
        self._active = profile in ROUGH
        self._strength = {"rough-light": 0.5, "rough-heavy": 2.0}.get(profile, 1.0)
        self._seed = seed
        self._today = today
        self._work = work
        self._batches: dict[str, Batch] = {}
        self._in_batch: Counter[str] = Counter()
        end = _period_end(today.date(), work)
        for n, agency in enumerate(busiest):
            day = end if n < 2 else work.days[work.days.index(end) - 6]
            self._batches[agency.code] = Batch(day, n < 2)

    def befall(self, life: Life) -> None:
        """Changes a life whose systems read it plainly; what is done stands in `life.deeds`."""
        if not self._active or life.traits & _FATES:
            return
        rng = Random(f"misconduct {self._seed} {life.ordinal}")
        self._apologise(life, rng)
        for deed, share in (
            (self._batch, 1.0),
            (self._refuse, 0.3),
            (self._result_first, 0.006),
            (self._backdate, 0.4),
            (self._move_due, 0.15),
            (self._appoint_late, 0.012),
        ):
            if rng.random() < share * self._strength and deed(life, rng):
                break
        known = {life.submitted_at, *(step.recorded_at or step.at for step in life.steps)}
        extra = (life.rated_at, life.deleted_at, life.apologised_at, life.due_move and life.due_move[0])
        life.moments = sorted(known | {moment for moment in extra if moment})

    def _batch(self, life: Life, rng: Random) -> bool:
        batch = self._batches.get(life.agency.code)
        if batch is None or life.supplements or not life.finished_at or not life.received_at:
            return False
        before = [step for step in life.steps if step.status in (1, 2, 4)]
        if life.received_at.date() >= batch.day or before[-1].at.date() >= batch.day:
            return False
        if abs(life.finished_at.date() - batch.day) > timedelta(days=25):
            return False
        count = self._in_batch[life.agency.code]
        if count >= 40:
            return False
        self._in_batch[life.agency.code] += 1
        at = datetime.combine(batch.day, _BULK_AT) + timedelta(seconds=20 * count + rng.randrange(10))
        ending = next(step for step in life.steps if step.status == 9)
        later = [step for step in life.steps if step.status == 10 and step.at.date() > batch.day]
        if life.returned_at and not later:
            life.returned_at = life.rated_at = None
        life.finished_at = at
        clerk = before[-1]
        life.steps = [*before, changed(ending, at=at, officer=clerk.officer, title=clerk.title), *later]
        life.deeds = frozenset({"bulk_closing" if batch.guilty else "closed in bulk within a period"})
        return True

    def _refuse(self, life: Life, rng: Random) -> bool:
        if life.rejected_at is None or life.agency.level == "district":
            return False
        life.steps[-1] = changed(life.steps[-1], text="")
        life.deeds = frozenset({"refusal_without_reason"})
        return True

    def _result_first(self, life: Life, rng: Random) -> bool:
        if not life.finished_at or not life.received_at:
            return False
        ending = next(step for step in life.steps if step.status == 9)
        life.finish_recorded_at = ending.at
        life.finished_at = life.received_at - timedelta(days=rng.randrange(1, 4), minutes=rng.randrange(1, 60))
        life.deeds = frozenset({"result_before_receipt"})
        return True

    def _backdate(self, life: Life, rng: Random) -> bool:
        """The finish is dated before the day on which it was recorded; the innocent record it later the same day."""
        if not life.finished_at or not self._today < life.finished_at < self._today + timedelta(days=4):
            return False
        n = next(n for n, step in enumerate(life.steps) if step.status == 9)
        real, before = life.steps[n].at, life.steps[n - 1].at
        guilty = real - before > timedelta(days=5)
        dated = before + timedelta(hours=3) if guilty else real - timedelta(minutes=50)
        if guilty:
            dated = self._work_time(max(dated.date(), (real - timedelta(days=9)).date()), rng)
        if not before < dated or (guilty and (real.date() - dated.date()).days < 4):
            return False
        life.steps = [*life.steps[:n], changed(life.steps[n], at=dated, recorded_at=real)]
        life.finished_at, life.finish_recorded_at = dated, real
        life.returned_at = life.rated_at = None
        life.deeds = frozenset({"finish_backdated" if guilty else "recorded the same day"})
        return True

    def _move_due(self, life: Life, rng: Random) -> bool:
        """On one of the first days the due date of an open dossier moves, after it passed or before."""
        tomorrow = (self._today + timedelta(hours=6)).date()  # today itself, in a world that begins in the morning
        at = self._work_time(self._work.after(tomorrow, rng.randrange(2)), rng)
        ending = life.finished_at or datetime.max
        if life.supplements or life.due_at is None or life.received_at is None or ending < at + timedelta(hours=1):
            return False
        if life.received_at > self._today - timedelta(days=1) or any(
            s.at > self._today and s.at < at for s in life.steps
        ):
            return False
        if life.steps[-1].status == 7 or life.due_at.date() == at.date():
            return False
        passed = life.due_at < min(at, self._today)
        if not passed and life.due_at < at:
            return False
        guilty = passed and not _stood_still(life)
        base = max(at.date(), life.due_at.date())
        life.due_move = (at, datetime.combine(self._work.after(base, rng.randrange(3, 8)), time(17)))
        life.deeds = frozenset(
            {"due_moved_after_due" if guilty else "moved while stopped" if passed else "moved in time"}
        )
        return True

    def _appoint_late(self, life: Life, rng: Random) -> bool:
        """An appointment longer than the catalogue's limit, which is law only where it was in force."""
        if life.due_at is None or life.received_at is None or life.procedure.limit is None or life.supplements:
            return False
        if life.procedure.code not in plain_limits() or life.received_at.time() > time(17):
            return False
        if life.received_at.date() not in self._work:
            return False
        due = datetime.combine(
            self._work.after(life.received_at.date(), life.procedure.limit + rng.randrange(4, 12)), time(17)
        )
        life.steps = [changed(step, due_at=due if step.due_at else None) for step in life.steps]
        life.due_at = due
        life.deeds = frozenset({"appointment_beyond_limit"})
        return True

    def _apologise(self, life: Life, rng: Random) -> None:
        """Most that will be late are told so on the day they were promised for; only some systems write it down."""
        due, ending = life.due_at, life.finished_at or life.returned_at or datetime.max
        if due is None or life.supplements or life.received_at is None or due.date() <= life.received_at.date():
            return
        if ending.date() > due.date() and life.steps[-1].status != 7 and rng.random() < 0.8:
            life.apologised_at = due - timedelta(minutes=rng.randrange(20, 90))

    def _work_time(self, day: date, rng: Random) -> datetime:
        return datetime.combine(self._work.after(day, 0), time(8)) + timedelta(minutes=rng.randrange(180))


def _stood_still(life: Life) -> bool:
    """Whether a stop without papers (status 6 or 8) lasted beyond the due date, so that nothing was late."""
    ends = [*(step.at for step in life.steps[1:]), datetime.max]
    due = life.due_at or datetime.max
    return any(step.status in (6, 8) and end >= due for step, end in zip(life.steps, ends, strict=True))


def _period_end(today: date, work: WorkingDays) -> date:
    """The last working day of the last reporting month (15th to 14th) that ended a week before `today` or earlier."""
    day = (
        (today - timedelta(days=7)).replace(day=14)
        if (today - timedelta(days=7)).day >= 14
        else (today.replace(day=1) - timedelta(days=1)).replace(day=14)
    )
    while day not in work:
        day -= timedelta(days=1)
    return day

"""Misconduct on lives made by hand: who is guilty, who only looks like it, and what the systems show of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import polars as pl
import pytest

from hub.sandbox.dossier import Life, Paper, Step
from hub.sandbox.guilt import CLEARLY_BULK, KINDS, LEAST_BULK, Guilt
from hub.sandbox.misconduct import Misconduct
from hub.sandbox.one_stop import LEVELS, OneStops, tells
from hub.sandbox.opencps_sql import Site
from hub.sandbox.people import Applicant
from hub.sandbox.places import Agency, Procedure, WorkingDays, plain_limits
from hub.sandbox.said import Said, says
from hub.sandbox.world import World, build

TODAY = datetime(2022, 10, 3, 6)
WORK = WorkingDays(date(2022, 5, 1), date(2023, 2, 1))
DESK = Agency("000.00.04.H56", "Sở Tư pháp", "department", named_once=True)
DAY = timedelta(days=1)


def life(received: datetime, due: datetime, finished: datetime | None, ordinal: int = 1) -> Life:
    """A dossier handed in at the desk, taken up an hour later; status 9 when it is finished."""

    def step(at: datetime, status: int) -> Step:
        return Step(at, status, "Bước", "Lê Văn An", "Chuyên viên", "Phòng", received, due)

    steps = [step(received, 2), step(received + timedelta(hours=1), 4)]
    made = Life(
        ordinal, frozenset(), DESK, DESK, Procedure(next(iter(plain_limits())), "Thủ tục", "Lĩnh vực", 5),
        Applicant(1, "Lê Thị Bình", "038190000001", "0321234567", "", ""), f"{DESK.code}-220901-{ordinal:04d}",
        "", "", 1, 0, received - timedelta(minutes=5), True, True, timedelta(0), timedelta(0),
    )  # fmt: skip
    made.received_at, made.due_at, made.finished_at = received, due, finished
    made.steps = [*steps, step(finished, 9)] if finished else steps
    made.moments = [made.submitted_at, *(step.at for step in made.steps)]
    return made


@pytest.fixture
def desk() -> Misconduct:
    return Misconduct(1, "rough", TODAY, WORK, [DESK])


def shown(made: Life, source_id: str = "portal") -> list[Said]:
    """The last view of a system."""
    made.moments = sorted({*made.moments, *(step.recorded_at or step.at for step in made.steps)})
    return [says(made, source_id, len(made.moments) - 1)]


def kinds(made: Life, readable: list[Said]) -> list[str]:
    guilt = Guilt()
    guilt.see(made, readable, [])
    return [kind for _, kind in guilt.rows({}, set())]


Deed = Callable[[Life, Random], bool]


def test_a_due_date_that_moves_after_it_passed_is_guilty_and_before_it_is_not(desk: Misconduct) -> None:
    late = life(TODAY - 20 * DAY, TODAY - 5 * DAY, None)
    early = life(TODAY - 20 * DAY, TODAY + 9 * DAY, None)
    for made, expected in ((late, ["due_moved_after_due"]), (early, [])):
        assert desk._move_due(made, Random(1))
        assert made.due_move is not None
        made.moments.append(made.due_move[0])
        before = says(made, "portal", len(made.moments) - 2)
        (after,) = shown(made)
        assert before.due_at == made.due_at and after.due_at == made.due_move[1] > TODAY
        assert kinds(made, [after]) == expected
        assert kinds(made, [before]) == []


def test_a_finish_is_backdated_by_days_or_recorded_late_on_its_own_day(desk: Misconduct) -> None:
    slow = life(TODAY - 20 * DAY, TODAY - 5 * DAY, TODAY + DAY + timedelta(hours=4))
    quick = life(TODAY, TODAY + 5 * DAY, TODAY + timedelta(hours=8))
    for made, expected in ((slow, ["finish_backdated"]), (quick, [])):
        real = made.finished_at
        assert real is not None and desk._backdate(made, Random(2))
        assert made.finished_at is not None and made.finished_at < real
        (said,) = shown(made)
        assert said.updated_at == real and said.finished_at == made.finished_at
        assert kinds(made, [said]) == expected
        guilt = Guilt()  # a folder has no version of its own, and a copy that falsifies accuses nobody
        guilt.see(made, [replace(said, source_id="commune-000.01.31.H56"), replace(said, source_id="national")], [])
        assert [kind for _, kind in guilt.rows({}, set())] == [kind for _, kind in guilt.doubtful()] == expected


def test_rows_of_a_backdated_finish_are_stamped_when_it_was_recorded() -> None:
    """A row or a change that bears the pretended time is one that no pull would ask for."""
    system = OneStops(TODAY.date(), LEVELS).by_vendor("opencps")[0]
    dated, recorded = TODAY - 6 * DAY, TODAY + DAY
    made = life(TODAY - 9 * DAY, TODAY + 3 * DAY, dated)
    made.steps[-1] = replace(made.steps[-1], recorded_at=recorded)
    made.finish_recorded_at = recorded
    made.results = [Paper("KQ", "KetQua.pdf", "https://tep.example.vn/1", None, 0)]
    made.moments = [made.submitted_at, *(step.recorded_at or step.at for step in made.steps)]
    said = tells(system, made, says(made, system.source_id, len(made.moments) - 1), frozenset(), TODAY + 2 * DAY)
    assert said is not None
    site = Site(system)
    site.add(made, said, frozenset())
    *_, before, ending = site.tables["opencps_dossieraction"]
    (result,) = site.tables["opencps_dossierfile"]
    assert min(row["modifiedDate"] for row in (before, ending, result)) >= recorded


def test_a_result_before_receipt_is_seen_only_when_it_was_recorded(desk: Misconduct) -> None:
    made = life(TODAY - 20 * DAY, TODAY - 10 * DAY, TODAY - 12 * DAY)
    assert desk._result_first(made, Random(1))
    assert says(made, "portal", 1).finished_at is None
    (said,) = shown(made)
    assert said.finished_at is not None and said.received_at is not None and said.finished_at < said.received_at
    assert kinds(made, [said]) == ["result_before_receipt"]


def test_a_finish_before_receipt_that_may_be_a_mistake_is_hidden() -> None:
    """Dated 5 April, received on the 8th, handed over in May: it may be 4 May, unless a step closed it before. And a
    copy that falsifies accuses nobody."""
    made = life(datetime(2022, 4, 8, 9), datetime(2022, 4, 28, 17), datetime(2022, 5, 9, 10))
    made.deeds = frozenset({"result_before_receipt"})
    guilty = [(1, "result_before_receipt")]
    for source_id, closed, hidden in (("portal", 9, guilty), ("portal", 3, []), ("national", 3, guilty)):
        made.steps[-1] = replace(made.steps[-1], at=datetime(2022, 5, closed, 10))
        (said,) = shown(made, source_id)
        said = replace(said, finished_at=datetime(2022, 4, 5, 9), returned_at=datetime(2022, 5, 12, 8))
        guilt = Guilt()
        guilt.see(made, [said], [])
        assert guilt.rows({}, set()) == guilty
        assert guilt.doubtful() == hidden


def test_bulk_closing_needs_many(desk: Misconduct) -> None:
    end = datetime(2022, 9, 14)
    lives = [life(end - 10 * DAY, end - 5 * DAY, end + (n - 5) * DAY, n) for n in range(CLEARLY_BULK)]
    assert all(desk._batch(made, Random(n)) for n, made in enumerate(lives))
    closed = [made.finished_at for made in lives if made.finished_at]
    assert max(closed) - min(closed) < timedelta(minutes=10)
    by_chance = life(end - 10 * DAY, end - 5 * DAY, max(closed) + timedelta(seconds=30), 90)
    apart = life(end - 10 * DAY, end - 5 * DAY, max(closed) + timedelta(minutes=5), 91)
    for count, guilty in ((CLEARLY_BULK, CLEARLY_BULK + 1), (LEAST_BULK - 1, LEAST_BULK), (LEAST_BULK - 2, 0)):
        guilt = Guilt()
        for made in [*lives[len(lives) - count :], by_chance, apart]:
            guilt.see(made, shown(made), [])
        rows = guilt.rows({}, set())
        assert {kind for _, kind in rows} <= {"bulk_closing"}
        assert len(rows) == guilty  # who closes in between belongs to it
        assert guilt.doubtful() == ([] if guilty > CLEARLY_BULK else rows)


def test_a_batch_within_a_period_is_innocent() -> None:
    others = [replace(DESK, code=f"000.00.0{n}.H56") for n in (1, 2)]
    desk = Misconduct(1, "rough", TODAY, WORK, [*others, DESK])
    made = life(datetime(2022, 8, 30), datetime(2022, 9, 3), datetime(2022, 9, 9))
    assert desk._batch(made, Random(1))
    assert made.finished_at is not None and made.finished_at.date() < date(2022, 9, 10)
    assert kinds(made, shown(made)) == []


def test_a_refusal_without_reason_leaves_no_text_anywhere(desk: Misconduct) -> None:
    made = life(TODAY - 9 * DAY, TODAY, None)
    made.rejected_at, made.received_at = made.steps[0].at, None
    made.steps = [replace(made.steps[0], status=3)]
    assert desk._refuse(made, Random(1))
    assert made.steps[-1].text == ""
    assert kinds(made, shown(made)) == ["refusal_without_reason"]


def test_long_appointments_are_judged_by_a_limit_in_force_alone(desk: Misconduct) -> None:
    made = life(TODAY - 10 * DAY, TODAY - 4 * DAY, None)
    assert desk._appoint_late(made, Random(1))
    assert made.due_at is not None and WORK.between((TODAY - 10 * DAY).date(), made.due_at.date()) > 5
    guilt = Guilt()
    guilt.see(made, shown(made), [])
    assert guilt.rows({}, set()) == []
    assert guilt.rows({}, {1}) == [(1, "appointment_beyond_limit")]


def test_silence_is_guilty_only_beside_apologies_of_the_same_feed() -> None:
    silent, sorry = life(TODAY - 20 * DAY, TODAY - 9 * DAY, None, 1), life(TODAY - 20 * DAY, TODAY - 9 * DAY, None, 2)
    sorry.apologised_at = TODAY - 9 * DAY
    sorry.moments.append(sorry.apologised_at)
    for others, expected in (([sorry], [(1, "overdue_without_apology")]), ([], [])):
        guilt = Guilt()
        for made in [silent, *others]:
            guilt.see(made, shown(made, "commune-1"), ["commune-1"])
        assert guilt.rows({1: TODAY - 9 * DAY, 2: TODAY - 9 * DAY}, set()) == expected
        assert guilt.doubtful() == expected  # the feed has told nothing since the due date


def test_a_feed_that_has_told_since_leaves_no_doubt() -> None:
    silent, sorry = life(TODAY - 20 * DAY, TODAY - 9 * DAY, TODAY - 5 * DAY, 1), life(TODAY, TODAY, None, 2)
    sorry.apologised_at = TODAY + DAY
    sorry.moments.append(sorry.apologised_at)
    guilt = Guilt()
    for made in (silent, sorry):
        guilt.see(made, shown(made, "commune-1"), ["commune-1"])
    assert guilt.rows({1: TODAY - 9 * DAY}, set()) == [(1, "overdue_without_apology")]
    assert guilt.doubtful() == []


def test_copies_that_err_in_the_dates_hide_lateness() -> None:
    late, sorry = life(TODAY - 20 * DAY, TODAY - 9 * DAY, TODAY - 5 * DAY, 1), life(TODAY, TODAY, None, 2)
    sorry.apologised_at = TODAY + DAY
    sorry.moments.append(sorry.apologised_at)
    (said,) = shown(late, "commune-1")
    guilt = Guilt()
    guilt.see(late, [replace(said, true={"due_at": said.due_at}, due_at=TODAY)], ["commune-1"])
    guilt.see(sorry, shown(sorry, "commune-1"), ["commune-1"])
    assert guilt.rows({1: TODAY - 9 * DAY}, set()) == guilt.doubtful() == [(1, "overdue_without_apology")]


def test_an_appointment_that_one_copy_tells_may_be_day_and_month_exchanged() -> None:
    """8 September, ended on the 12th: it may be 9 August, which is no excuse; 9 October told as 10 September is one."""
    sorry = life(TODAY, TODAY, None, 2)
    sorry.apologised_at = TODAY + DAY
    sorry.moments.append(sorry.apologised_at)
    silent = [(1, "overdue_without_apology")]
    for due, copies, hidden in ((8, 1, []), (10, 1, silent), (10, 2, [])):
        late = life(datetime(2022, 8, 1), datetime(2022, 9, due, 17), datetime(2022, 9, 12, 9), 1)
        guilt = Guilt()
        guilt.see(late, (shown(late, "commune-1") + shown(late))[:copies], ["commune-1"])
        guilt.see(sorry, shown(sorry, "commune-1"), ["commune-1"])
        assert guilt.rows({1: datetime(2022, 9, due, 17)}, set()) == silent
        assert guilt.doubtful() == hidden


def test_a_date_that_moves_in_a_register_is_hidden(desk: Misconduct) -> None:
    made = life(TODAY - 20 * DAY, TODAY - 9 * DAY, None)
    assert desk._move_due(made, Random(1))
    made.moments.append(made.due_move[0] if made.due_move else TODAY)
    (said,) = shown(made)
    moved = [(1, "due_moved_after_due")]
    for implied, source_id, hidden in ((True, "commune-1", moved), (False, "national", moved), (False, "portal", [])):
        guilt = Guilt()
        guilt.see(made, [replace(said, implied=implied, source_id=source_id)], [])
        assert guilt.rows({}, set()) == [(1, "due_moved_after_due")]
        assert guilt.doubtful() == hidden


def test_a_date_that_moves_while_the_clock_stands_still_is_innocent(desk: Misconduct) -> None:
    made = life(TODAY - 20 * DAY, TODAY - 9 * DAY, None)
    made.steps.append(replace(made.steps[-1], at=TODAY - 15 * DAY, status=6))
    assert desk._move_due(made, Random(1))
    assert made.deeds == {"moved while stopped"}
    made.moments.append(made.due_move[0] if made.due_move else TODAY)
    assert kinds(made, shown(made)) == []


def test_what_only_a_deleted_record_shows_is_nobodys_guilt() -> None:
    made = life(TODAY - 20 * DAY, TODAY, None)
    made.steps += [replace(made.steps[-1], at=TODAY - n * DAY, status=status) for n, status in ((8, 5), (6, 4), (4, 5))]
    (said,) = shown(made)
    assert kinds(made, [said]) == ["repeated_supplement"]
    assert kinds(made, [replace(said, deleted_at=TODAY)]) == []


@pytest.fixture(scope="module")
def world() -> World:
    return build(seed=3, dossiers=1500, profile="rough-heavy", days=3, levels=LEVELS)


def test_a_world_has_every_kind_that_its_era_can_have(world: World) -> None:
    found = world.truth.frames["behaviours"]
    assert set(found["kind"]) >= set(KINDS) - {"appointment_beyond_limit"}  # no limit was in force in 2022
    assert set(found["kind"]) <= set(KINDS)
    assert found["true_id"].is_in(world.truth.dossiers["true_id"].implode()).all()


def test_finishes_before_receipt_are_all_in_the_truth(world: World) -> None:
    frame = world.truth.dossiers.filter(~pl.col("is_deleted"), pl.col("finished_at") < pl.col("received_at"))
    guilty = world.truth.frames["behaviours"].filter(pl.col("kind") == "result_before_receipt")
    assert frame.height > 0
    assert set(frame["true_id"]) <= set(guilty["true_id"])


def test_clean_worlds_know_repeated_requests_alone(clean: World) -> None:
    assert set(clean.truth.frames["behaviours"]["kind"]) == {"repeated_supplement"}

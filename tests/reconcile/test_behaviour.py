"""What history tells of behaviour, kind by kind: rows in, accusations out, innocent look-alikes beside them."""

from __future__ import annotations

from typing import Any

import pytest

from hub import marts
from tests.mart.rows import at
from tests.reconcile.office import ONE_DAY, TWO_HOURS, S, accused, all_of, night, pulled, told
from tests.reconcile.rows import Province


def test_due_moved_after_due(office: Province) -> None:
    due, later = {"due_at": "2022-09-15 17:00"}, {"due_at": "2022-09-22 17:00"}
    keys = ("after", "read", "before", "stopped", "sorry", "copy", "earlier", "late-read", "other", "register", "waits")
    for key in keys:
        source = {"copy": "national", "other": "commune-1", "register": "commune-2"}.get(key, S)
        told(office, source, key, "2022-09-13 08:00", **due)
    office.child(S, "supplement", "w1", "waits", requested_at="2022-09-13 08:00")
    night(office, "2022-09-14 01:00")
    # the system still showed the old date when it was read after it had passed; then something else happened too
    pulled(office, S, "2022-09-17 01:00")
    told(office, S, "unrelated", "2022-09-17 00:30")
    night(office, "2022-09-17 01:00")
    told(office, S, "after", "2022-09-19 09:00", **later)
    told(office, S, "read", "2022-09-19 10:00", **later, status=9, finished_at="2022-09-19 09:00")
    told(office, S, "before", "2022-09-15 09:00", **later)
    told(office, S, "stopped", "2022-09-19 09:00", **later)
    office.child(S, "supplement", "b1", "stopped", requested_at="2022-09-14 08:00", completed_at="2022-09-19 08:00")
    told(office, S, "sorry", "2022-09-19 09:00", **later)
    office.child(S, "apology", "x1", "sorry", apologised_at="2022-09-15 10:00", new_due_at="2022-09-22 17:00")
    told(office, "national", "copy", "2022-09-19 09:00", **later)
    told(office, S, "earlier", "2022-09-19 09:00", due_at="2022-09-14 17:00")
    # a register tells of no supplement; papers that were asked for before have not come
    told(office, "commune-2", "register", "2022-09-19 09:00", **later)
    told(office, S, "waits", "2022-09-19 09:00", **later)
    # moved in time, told in time by its own version, read late
    told(office, S, "late-read", "2022-09-15 16:00", **later)
    # another system joins with another date
    told(office, S, "other", "2022-09-19 09:00", **later)
    night(office, "2022-09-20 01:00")
    assert accused(office, "due_moved_after_due") == {"after", "read"}


def test_finish_backdated(office: Province) -> None:
    for key in ("back", "known", "same-day", "late-read", "unread", "handed", "weekend", "copy"):
        told(office, "national" if key == "copy" else S, key, "2022-09-12 09:00")
    night(office, "2022-09-13 01:00")
    done = {"status": 9, "finished_at": "2022-09-13 10:00"}
    told(office, S, "same-day", "2022-09-13 16:00", **done)
    told(office, "portal", "known", "2022-09-13 10:00", **done)  # somebody had written it down by then
    told(office, S, "unrelated", "2022-09-15 16:00")
    pulled(office, S, "2022-09-16 01:00")
    night(office, "2022-09-16 01:30")
    told(office, S, "back", "2022-09-19 15:00", **done)
    told(office, S, "known", "2022-09-19 15:00", **done)
    told(office, S, "late-read", "2022-09-13 10:05", **done)  # the hub read it a week later
    # nobody read in between: a later version may be that of anything
    told(office, S, "unread", "2022-09-19 15:00", status=9, finished_at="2022-09-15 16:30")
    told(office, S, "weekend", "2022-09-19 08:00", status=9, finished_at="2022-09-16 16:30")
    told(
        office,
        S,
        "handed",
        "2022-09-19 15:00",
        status=10,
        finished_at="2022-09-16 10:00",
        returned_at="2022-09-19 15:00",
    )
    told(office, "national", "copy", "2022-09-19 15:00", **done)
    told(office, S, "first", "2022-09-19 15:00", **done)  # nobody knows that it was open
    night(office, "2022-09-20 01:00")
    assert all_of(office) == {("finish_backdated", "back")}
    evidence = office.rows("select evidence ->> 'working_days', evidence ->> 'proof' from mart.behaviour")
    assert evidence == [("4", "read_after")]


@pytest.mark.parametrize(("between", "guilty"), [("2022-09-15 16:00", True), ("2022-09-12 18:00", False)])
def test_a_folder_is_read_when_a_file_came_that_was_made_in_between(
    office: Province, between: str, guilty: bool
) -> None:
    feed = "commune-1"
    told(office, feed, "back", "2022-09-12 09:00")
    told(office, feed, "moved", "2022-09-12 09:00", due_at="2022-09-13 11:00")
    office.child(feed, "step", "s1", "other", step_at="2022-09-12 09:00", status=4)
    night(office, "2022-09-13 01:00")
    told(office, feed, "other", between)
    pulled(office, feed, "2022-09-16 01:00")
    night(office, "2022-09-16 01:30")
    told(office, feed, "back", "2022-09-19 15:00", status=9, finished_at="2022-09-13 10:00")
    told(office, feed, "moved", "2022-09-19 15:00", due_at="2022-09-22 17:00")
    night(office, "2022-09-20 01:00")
    expected = {("finish_backdated", "back"), ("due_moved_after_due", "moved")} if guilty else set()
    assert all_of(office) == expected


def test_a_source_that_is_usually_late_does_not_date_back(office: Province) -> None:
    keys = [f"k{n:02d}" for n in range(30)]
    for key in keys:
        told(office, S, key, "2022-09-12 09:00")
    night(office, "2022-09-13 01:00")
    for n, key in enumerate(keys):
        told(office, S, key, "2022-09-19 15:00", status=9, finished_at=f"2022-09-13 {8 + n // 6:02d}:{n % 6 * 10:02d}")
    night(office, "2022-09-20 01:00")
    assert all_of(office) == set()


@pytest.mark.parametrize(("backlog", "expected"), [(False, {"back"}), (True, set())])
def test_a_folder_s_first_file_says_nothing_of_how_late_its_clerks_write(
    office: Province, backlog: bool, expected: set[str]
) -> None:
    """It brings what was closed in weeks. What came later than it might have come does say it."""
    feed, keys = "commune-1", [f"k{n:02d}" for n in range(30)]
    for n, key in enumerate(keys):
        told(office, feed, key, "2022-09-12 09:00", status=9, received_at="2022-08-01 08:00",
             finished_at=f"2022-08-{1 + n:02d} 10:00")  # fmt: skip
    told(office, feed, "back", "2022-09-12 09:00")
    night(office, "2022-09-13 01:00")
    told(office, feed, "other", "2022-09-15 16:00")
    pulled(office, feed, "2022-09-16 01:00")
    night(office, "2022-09-16 01:30")
    told(office, feed, "back", "2022-09-19 15:00", status=9, finished_at="2022-09-13 10:00")
    for n in range(30) if backlog else ():
        told(office, feed, f"late{n:02d}", "2022-09-19 15:00", status=9, finished_at="2022-09-13 11:00")
    night(office, "2022-09-20 01:00")
    assert accused(office, "finish_backdated") == expected


def test_a_register_beside_it_does_not_hide_that_a_system_dated_back(office: Province) -> None:
    """The register implies what the portal tells: who told the dossier as open is who tells it as finished."""
    register = {"flags": ["implied_status"], "received_precision": "d", "received_at": "2022-09-12 00:00"}
    told(office, "commune-2", "back", "2022-09-12 10:00", **register)
    told(office, "portal", "back", "2022-09-12 09:00")
    night(office, "2022-09-13 01:00")
    told(office, "portal", "other", "2022-09-15 16:00")
    pulled(office, "portal", "2022-09-16 01:00")
    night(office, "2022-09-16 01:30")
    told(office, "portal", "back", "2022-09-19 15:00", status=9, finished_at="2022-09-13 10:00")
    night(office, "2022-09-20 01:00")
    assert all_of(office) == {("finish_backdated", "back")}


def test_appointment_beyond_limit(office: Province) -> None:
    law_ = {"procedure_code": ONE_DAY}
    told(office, S, "long", "2022-09-12 09:00", **law_, due_at="2022-09-14 17:00")
    told(office, S, "right", "2022-09-12 09:00", **law_, due_at="2022-09-13 17:00")
    told(office, S, "evening", "2022-09-12 09:00", **law_, due_at="2022-09-13 18:00")
    told(office, S, "unknown", "2022-09-12 09:00", procedure_code="1.777777", due_at="2022-12-14 17:00")
    told(office, S, "hours", "2022-09-12 09:00", procedure_code=TWO_HOURS, due_at="2022-09-12 16:00")
    told(office, S, "swapped", "2022-09-12 09:00", **law_, received_at="2022-05-09 08:00", due_at="2022-10-05 17:00")
    # a supplement moved it, and what it was before is told
    told(office, S, "stopped", "2022-09-12 09:00", **law_, due_at="2022-09-20 17:00")
    moved = {"previous_due_at": "2022-09-13 17:00", "new_due_at": "2022-09-20 17:00"}
    office.child(
        S, "supplement", "b", "stopped", requested_at="2022-09-13 08:00", completed_at="2022-09-19 08:00", **moved
    )
    # another record was received a day later: nobody can tell
    told(office, S, "doubt", "2022-09-12 09:00", **law_, due_at="2022-09-14 17:00")
    told(
        office, "portal", "doubt", "2022-09-12 09:00", **law_, received_at="2022-09-13 08:00", due_at="2022-09-14 17:00"
    )
    night(office, "2022-09-20 01:00")
    assert accused(office, "appointment_beyond_limit") == {"long", "hours"}


def test_overdue_without_apology(office: Province) -> None:
    late = {"due_at": "2022-09-14 17:00", "status": 9, "finished_at": "2022-09-16 10:00"}
    for key in ("late", "sorry"):
        told(office, S, key, "2022-09-16 11:00", **late)
    office.child(S, "apology", "x", "sorry", apologised_at="2022-09-14 10:00")
    told(office, S, "right", "2022-09-16 11:00", **late | {"finished_at": "2022-09-14 18:00"})
    told(office, S, "open", "2022-09-19 11:00", due_at="2022-09-14 17:00")
    told(office, S, "untold", "2022-09-13 11:00", due_at="2022-09-14 17:00")  # nothing was told since
    told(office, "commune-1", "no-feed", "2022-09-16 11:00", **late)
    told(office, S, "waits", "2022-09-16 11:00", due_at="2022-09-14 17:00", status=5)
    night(office, "2022-09-20 01:00")
    assert all_of(office) == {("overdue_without_apology", "late"), ("overdue_without_apology", "open")}
    # an apology that comes later clears it
    told(office, S, "late", "2022-09-20 11:00", **late)
    office.child(S, "apology", "y", "late", apologised_at="2022-09-14 10:00")
    night(office, "2022-09-21 01:00")
    assert all_of(office) == {("overdue_without_apology", "open")}


def test_a_first_apology_shows_who_else_might_have_had_one(office: Province) -> None:
    late = {"due_at": "2022-09-14 17:00", "status": 9, "finished_at": "2022-09-16 10:00"}
    feed = "commune-1"
    told(office, feed, "late", "2022-09-16 11:00", **late)
    # another record speaks against it: a later appointment, or an earlier finish
    for key, other in (("promised", {"due_at": "2022-09-16 17:00"}), ("done", {"finished_at": "2022-09-14 10:00"})):
        told(office, feed, key, "2022-09-16 11:00", **late)
        told(office, "national", key, "2022-09-16 11:00", **late | other)
    # late only because it was received after its end
    told(
        office,
        feed,
        "repaired",
        "2022-09-16 11:00",
        **late | {"finished_at": "2022-09-14 10:00", "received_at": "2022-09-15 08:00"},
    )
    night(office, "2022-09-20 01:00")
    assert all_of(office) - {("result_before_receipt", "repaired")} == set()
    told(office, feed, "sorry", "2022-09-20 11:00", **late)
    office.child(feed, "apology", "x", "sorry", apologised_at="2022-09-14 10:00")
    night(office, "2022-09-21 01:00")
    assert accused(office, "overdue_without_apology") == {"late"}


def test_who_took_over_late_dossiers_is_not_who_was_silent(office: Province) -> None:
    """The feed that held it when it became late counts, and only if it tells apologies."""
    old, heir = "commune-1", "commune-2"
    for key, due in (("before", "2022-09-14 17:00"), ("after", "2022-09-20 17:00")):
        told(office, old, key, "2022-09-16 11:00", due_at=due)
        told(office, heir, key, "2022-09-22 11:00", due_at=due)
    told(office, old, "sorry", "2022-09-16 11:00", due_at="2022-09-14 17:00")
    office.child(old, "apology", "x", "sorry", apologised_at="2022-09-14 10:00")
    night(office, "2022-09-23 01:00")
    assert accused(office, "overdue_without_apology") == {"before"}


def test_vanished_dossier(office: Province) -> None:
    for source, key in ((S, "gone"), ("portal", "gone"), (S, "moved"), (S, "back"), (S, "deleted")):
        told(office, source, key, "2022-09-13 10:00")
    told(office, "commune-1", "moved", "2022-09-13 11:00")
    night(office, "2022-09-14 01:00")
    with office.warehouse.begin() as connection:
        for key in ("gone", "moved", "back"):
            connection.execute(
                "insert into ops.tombstone (source_id, record_type, source_key, reason, stream, batch_id, told_at) "
                "values (%s, 'dossier', %s, 'vanished', 'dossier', 1, %s)",
                (S, key, at("2022-09-15 02:00")),
            )
        connection.execute(
            "update std.dossier_record set is_deleted = true, deletion = 'vanished' "
            "where source_id = %s and source_key in ('gone', 'moved')",
            (S,),
        )
        connection.execute(
            "update std.dossier_record set is_deleted = true, deletion = 'source' where source_key = 'deleted'"
        )
    told(office, S, "unrelated", "2022-09-15 10:00")
    night(office, "2022-09-16 01:00")
    assert all_of(office) == {("vanished_dossier", "gone")}


def test_bulk_closing(office: Province) -> None:
    def close(key: str, moment: str, **values: Any) -> None:
        told(
            office,
            S,
            key,
            moment,
            **{"received_at": "2022-08-01 08:00", "status": 9, "finished_at": moment, "receiving_agency_code": "H56.1"}
            | values,
        )

    with office.warehouse.begin() as connection:
        for n in (1, 2):
            connection.execute(
                "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
                "values (%s, %s, '-infinity', 'infinity', 'x', 'district', 'x')",
                (n, f"H56.{n}"),
            )
    for n in range(10):
        close(f"rush{n}", f"2022-09-13 16:{40 + n}")  # a VPCP month ends on the 14th
        close(f"middle{n}", f"2022-09-21 16:{40 + n}")
        # a desk that always closes in batches
        for day in ("2022-08-23", "2022-09-06", "2022-09-13"):
            close(f"batch{day}{n}", f"{day} 16:{40 + n}", receiving_agency_code="H56.2")
    for hour in range(8, 12):
        close(f"beside{hour}", f"2022-09-13 {hour:02d}:00")
    night(office, "2022-09-22 01:00")
    assert accused(office, "bulk_closing") == {f"rush{n}" for n in range(10)}


def test_nothing_new_writes_nothing_and_a_full_refresh_agrees(office: Province) -> None:
    told(office, S, "twice", "2022-09-19 09:00")
    for n, moment in enumerate(("2022-09-13 08:00", "2022-09-19 08:00")):
        office.child(S, "supplement", f"twice{n}", "twice", requested_at=moment, completed_at="2022-09-19 09:00")
    night(office, "2022-09-20 01:00")
    assert accused(office, "repeated_supplement") == {"twice"}
    with office.warehouse.begin("matcher") as connection:
        assert marts.refresh(connection, at("2022-09-20 01:00"))["behaviour"] == 0
    with office.warehouse.begin("matcher") as connection:
        assert marts.refresh(connection, at("2022-09-20 01:00"), full=True)["behaviour"] == 0

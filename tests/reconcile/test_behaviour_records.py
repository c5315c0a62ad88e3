"""What the records of a dossier tell of behaviour by themselves, with look-alikes that are innocent beside them."""

from __future__ import annotations

from tests.mart.rows import at
from tests.reconcile.office import S, accused, all_of, night, told
from tests.reconcile.rows import Province


def test_result_before_receipt(office: Province) -> None:
    late = {"received_at": "2022-09-20 08:00", "status": 9}
    told(office, S, "before", "2022-09-20 09:00", **late, finished_at="2022-09-16 10:00")
    told(office, S, "minutes", "2022-09-20 09:00", **late, finished_at="2022-09-20 07:50")
    told(office, S, "day", "2022-09-20 09:00", **late, finished_at="2022-09-20", finished_precision="d")
    told(
        office,
        S,
        "swapped",
        "2022-09-20 09:00",
        received_at="2022-08-20 08:00",
        status=9,
        finished_at="2022-08-09 10:00",
    )
    # another record bears out another receipt
    told(office, S, "denied", "2022-09-20 09:00", **late, finished_at="2022-09-16 10:00")
    told(office, "portal", "denied", "2022-09-20 09:00", received_at="2022-09-15 08:00")
    told(office, "national", "copy", "2022-09-20 09:00", **late | {"status": 4}, finished_at="2022-09-16 10:00")
    # a copy that falsifies statuses is believed where nothing else tells the finish and every record is closed
    told(office, "national", "alone", "2022-09-20 09:00", **late, finished_at="2022-09-16 10:00")
    told(office, "national", "register", "2022-09-20 09:00", **late, finished_at="2022-09-16 10:00")
    told(office, "commune-2", "register", "2022-09-21 00:30", **late | {"status": 10}, returned_at="2022-09-20 16:00")
    told(office, "national", "doubted", "2022-09-20 09:00", **late, finished_at="2022-09-16 10:00")
    told(office, "commune-2", "doubted", "2022-09-21 00:30", **late | {"status": 4})
    # the day inside the number: after the result, that of the submission, or one that bears out another receipt
    result = {"finished_at": "2022-09-16 10:00"}
    told(office, S, "number-after", "2022-09-20 09:00", **late | result, number_date=at("2022-09-19").date())
    number = {"number_date": at("2022-09-15").date()}
    online = late | result | number | {"submitted_at": "2022-09-15 22:00", "channel": 2}
    told(office, S, "submitted", "2022-09-20 09:00", **online)
    told(office, S, "at-the-desk", "2022-09-20 09:00", **online | {"channel": 1})
    told(office, S, "step-before", "2022-09-20 09:00", **online)
    office.child(S, "step", "e0", "step-before", status=2, step_at="2022-09-16 08:00", has_step_text=True)
    told(office, S, "number-before", "2022-09-20 09:00", **late | result | number)
    # nothing ends on 9 December that was told in September
    early = {"received_at": "2022-09-13 08:00", "status": 9, "number_date": at("2022-09-13").date()}
    told(office, S, "not-swapped", "2022-09-20 09:00", **early, finished_at="2022-09-12 10:00")
    told(office, S, "swapped-end", "2022-12-20 09:00", **early, finished_at="2022-09-12 10:00")
    # nor what a step closed in September
    told(office, S, "stepped", "2022-12-20 09:00", **early, finished_at="2022-09-12 10:00")
    office.child(S, "step", "e1", "stepped", status=9, step_at="2022-09-19 10:00", has_step_text=True)
    # received on 11 September, as the number says of the day of its submission, or not yet when it was told
    exchanged = {"status": 9, "finished_at": "2022-09-14 10:00", "number_date": at("2022-09-11").date()}
    for key, version in (("exchanged", "2022-11-20 09:00"), ("from-the-future", "2022-09-20 09:00")):
        told(office, S, key, version, **exchanged, received_at="2022-11-09 08:00", submitted_at="2022-09-11 08:00")
    night(office, "2022-09-21 01:00")
    guilty = {"before", "alone", "register", "number-after", "submitted", "not-swapped", "stepped"}
    assert accused(office, "result_before_receipt") == guilty


def test_a_record_that_errs_in_both_its_dates_is_cleared_by_one_that_is_in_order(office: Province) -> None:
    """Receipt two days off, day and month of the finish exchanged: the other's dates bear out neither."""
    errs = {"received_at": "2022-04-04 15:10", "finished_at": "2022-03-04 10:00"}
    order = {"received_at": "2022-04-02 15:10", "finished_at": "2022-04-03 10:00"}
    for key, other in (("cleared", order), ("same", errs)):
        told(office, S, key, "2022-05-21 23:30", status=9, **errs)
        told(office, "portal", key, "2022-04-03 10:20", status=9, **other)
    office.child(S, "step", "e", "same", status=9, step_at="2022-04-03 10:00", has_step_text=True)
    night(office, "2022-06-20 01:00")
    assert accused(office, "result_before_receipt") == {"same"}


def test_repeated_supplement(office: Province) -> None:
    for key, times in (
        ("twice", ("2022-09-13 08:00", "2022-09-19 08:00")),
        ("once", ("2022-09-13 08:00",)),
        ("papers", ("2022-09-13 08:00", "2022-09-13 08:00")),
        ("minutes", ("2022-09-13 08:00", "2022-09-13 08:10")),
    ):
        told(office, S, key, "2022-09-19 09:00")
        for n, moment in enumerate(times):
            office.child(S, "supplement", f"{key}{n}", key, requested_at=moment, completed_at="2022-09-19 09:00")
    # the office keeps the last request alone, the portal both; or each has one of its own
    for key, moments in (("elsewhere", ("2022-09-13 08:00", "2022-09-19 08:00")), ("made-up", ("2022-09-13 08:00",))):
        for source in (S, "portal"):
            told(office, source, key, "2022-09-19 09:00")
        office.child(S, "supplement", f"{key}-s", key, requested_at="2022-09-19 08:00")
        for n, moment in enumerate(moments):
            office.child("portal", "supplement", f"{key}{n}", key, requested_at=moment)
    # only steps tell: it waited, went on, waited again; or was handed on while it waited
    for key, statuses in (("steps", (2, 5, 4, 5)), ("handed-on", (2, 5, 5, 4))):
        told(office, S, key, "2022-09-19 09:00")
        for n, status in enumerate(statuses):
            office.child(S, "step", f"{key}{n}", key, status=status, step_at=f"2022-09-1{3 + n} 08:00")
    night(office, "2022-09-20 01:00")
    assert all_of(office) == {("repeated_supplement", key) for key in ("twice", "elsewhere", "steps")}


def test_refusal_without_reason(office: Province) -> None:
    no = {"status": 3, "received_at": None, "rejected_at": "2022-09-13 10:00"}
    told(office, S, "mute", "2022-09-13 10:00", **no, has_note=False)
    told(office, S, "noted", "2022-09-13 10:00", **no, has_note=True)
    told(office, S, "reasoned", "2022-09-13 10:00", **no, has_note=False, has_rejection_reason=True)
    told(office, S, "unable", "2022-09-13 10:00", **no)
    told(office, S, "step", "2022-09-13 10:00", **no, has_note=False)
    for key, has in (("mute", False), ("step", True)):
        office.child(S, "step", f"s-{key}", key, status=3, step_at="2022-09-13 10:00", has_step_text=has)
    told(office, S, "waits", "2022-09-13 10:00", **no, has_note=False)  # its step has not come yet
    night(office, "2022-09-20 01:00")
    assert all_of(office) == {("refusal_without_reason", "mute")}


def test_a_sole_date_that_may_be_day_and_month_exchanged_makes_nobody_late(office: Province) -> None:
    """Two records, a request for papers or a step that tell the same day do; so does a date that helps neither way."""
    done = {"received_at": "2022-06-01 08:00", "status": 9}
    due = done | {"due_at": "2022-07-09 17:00", "finished_at": "2022-08-16 10:00"}  # or 7 September
    finish = done | {"due_at": "2022-06-20 17:00", "finished_at": "2022-09-06 10:00"}  # or 9 June
    cases = {
        "due": due, "due-two": due, "due-asked": due, "due-early": due | {"due_at": "2022-08-07 17:00"},
        "finish": finish, "finish-two": finish, "finish-step": finish,
        "finish-late": finish | {"due_at": "2022-06-08 17:00"},
    }  # fmt: skip
    for key, values in cases.items():
        told(office, S, key, "2022-09-16 11:00", **values)
    told(office, "portal", "due-two", "2022-09-16 11:00", **due)
    told(office, "portal", "finish-two", "2022-09-16 11:00", **finish)
    moved = {"previous_due_at": "2022-06-08 17:00", "new_due_at": "2022-07-09 17:00"}
    office.child(S, "supplement", "b", "due-asked", requested_at="2022-06-02 08:00",
                 completed_at="2022-06-09 08:00", **moved)  # fmt: skip
    office.child(S, "step", "s", "finish-step", step_at="2022-09-06 10:00", status=9)
    told(office, S, "sorry", "2022-09-16 11:00", due_at="2022-09-14 17:00")
    office.child(S, "apology", "x", "sorry", apologised_at="2022-09-14 10:00")
    night(office, "2022-09-20 01:00")
    assert accused(office, "overdue_without_apology") == {
        "due-two", "due-asked", "due-early", "finish-two", "finish-step", "finish-late"
    }  # fmt: skip


def test_a_clock_that_was_stopped_stays_so_when_the_same_appointment_is_told_better(office: Province) -> None:
    for key, day in (("by-day", "2022-09-10 00:00"), ("exchanged", "2022-10-09 17:00"), ("moved", "2022-09-09 17:00")):
        told(office, S, key, "2022-09-08 08:00", due_at=day, due_precision="d" if key == "by-day" else "s",
             received_at="2022-09-01 08:00")  # fmt: skip
        office.child(S, "step", f"{key}1", key, step_at="2022-09-07 08:00", status=6)
        office.child(S, "step", f"{key}2", key, step_at="2022-09-08 08:00", status=4)
    told(office, S, "sorry", "2022-09-16 11:00", due_at="2022-09-14 17:00")
    office.child(S, "apology", "x", "sorry", apologised_at="2022-09-14 10:00")
    night(office, "2022-09-09 01:00")
    for key in ("by-day", "exchanged", "moved"):
        told(office, S, key, "2022-09-16 11:00", due_at="2022-09-10 17:00", received_at="2022-09-01 08:00")
        told(office, "portal", key, "2022-09-16 11:00", due_at="2022-09-10 17:00", received_at="2022-09-01 08:00")
        office.child(S, "step", f"{key}1", key, step_at="2022-09-07 08:00", status=6)
        office.child(S, "step", f"{key}2", key, step_at="2022-09-08 08:00", status=4)
    night(office, "2022-09-20 01:00")
    assert accused(office, "overdue_without_apology") == {"moved"}

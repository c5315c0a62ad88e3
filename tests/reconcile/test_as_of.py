"""Two times that never mix: when it happened, and when the warehouse knew."""

from __future__ import annotations

from tests.mart.rows import at
from tests.reconcile.rows import Province

S = "district-380"


def state(province: Province, event: str, recorded: str = "") -> list[tuple[int, str]]:
    """Status and its basis of each dossier, in the order of its number."""
    return province.rows(
        "select status, status_basis from core.dossier_as_of(%s, %s) order by dossier_no",
        at(event),
        at(recorded) if recorded else "infinity",
    )


def test_event_time_and_recorded_time(province: Province) -> None:
    open_ = {"submitted_at": "2022-09-11 20:00", "received_at": "2022-09-12 08:00"}
    province.dossier(S, "a", **open_, status=4)
    province.reconcile("2022-09-13 01:00")
    done = {"status": 10, "finished_at": "2022-09-14 10:00", "returned_at": "2022-09-16 09:00"}
    province.dossier(S, "a", **open_ | done)
    province.child(S, "supplement", "b", "a", requested_at="2022-09-12 10:00", completed_at="2022-09-13 10:00")
    province.reconcile("2022-09-20 01:00")
    assert state(province, "2022-09-10") == []
    assert state(province, "2022-09-12 07:00") == [(1, "submitted_at")]
    assert state(province, "2022-09-12 09:00") == [(2, "received_at")]
    assert state(province, "2022-09-12 12:00") == [(5, "stops")]
    assert state(province, "2022-09-13 12:00") == [(4, "stops")]
    assert state(province, "2022-09-15") == [(9, "finished_at")]
    assert state(province, "2022-09-17") == [(10, "returned_at")]
    # nothing of that was known before
    assert state(province, "2022-09-17", "2022-09-15") == [(2, "received_at")]
    assert state(province, "2022-09-17", "2022-09-12") == []


def test_steps_tell_what_no_date_does(province: Province) -> None:
    province.dossier(S, "a", received_at="2022-09-12 08:00", status=4)
    for n, (moment, status) in enumerate((("2022-09-12 09:00", 4), ("2022-09-13 09:00", 6), ("2022-09-14 09:00", 4))):
        province.child(S, "step", f"s{n}", "a", step_at=moment, status=status)
    province.reconcile("2022-09-20 01:00")
    assert state(province, "2022-09-12 10:00") == [(4, "step")]
    assert state(province, "2022-09-13 10:00") == [(6, "step")]
    assert state(province, "2022-09-15") == [(4, "step")]

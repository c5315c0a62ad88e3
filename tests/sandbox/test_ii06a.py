"""Form II.06a from the truth: the identities of the form, and one dossier of each kind in its column."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from hub.sandbox.ii06a import COLUMNS, expected_ii06a, periods_before
from hub.sandbox.truth import DOSSIER_SCHEMA, TIMES, ZONE
from hub.sandbox.world import World

START, END = date(2022, 6, 15), date(2022, 9, 14)


def form(*dossiers: dict[str, Any], as_of: date | None = None) -> dict[str, int]:
    """The sums of the form for dossiers given by what is special about them; times as "MM-DD" at noon."""
    rows = []
    for number, special in enumerate(dossiers):
        row = {"true_id": number, "channel": 1, "status": 4, "is_deleted": False, "stops": [], "received_at": "07-01"}
        row |= special
        for name in TIMES:
            row[name] = _noon(row.get(name))
        row["stops"] = [{"start": _noon(start), "end": _noon(end)} for start, end in row["stops"]]
        rows.append(row)
    frame = pl.DataFrame(rows, schema=DOSSIER_SCHEMA).with_columns(
        *(pl.col(name).dt.replace_time_zone(ZONE) for name in TIMES),
        pl.col("stops").list.eval(
            pl.struct(pl.element().struct[part].dt.replace_time_zone(ZONE) for part in ("start", "end"))
        ),
    )
    return expected_ii06a(frame, START, END, as_of).select(COLUMNS).sum().row(0, named=True)


def _noon(day: str | None) -> datetime | None:
    return datetime.fromisoformat(f"2022-{day}T12:00") if day else None


CLOSED = {"status": 10, "due_at": "07-10"}


@pytest.mark.parametrize(
    ("dossier", "columns"),
    [
        ({**CLOSED, "finished_at": "07-09"}, {"resolved_early", "received_direct_postal"}),
        ({**CLOSED, "finished_at": "07-10"}, {"resolved_on_time", "received_direct_postal"}),
        ({**CLOSED, "finished_at": "07-11"}, {"resolved_overdue", "received_direct_postal"}),
        ({**CLOSED, "due_at": None, "finished_at": "07-11"}, {"resolved_on_time", "received_direct_postal"}),
        ({**CLOSED, "finished_at": "07-09", "channel": 2}, {"resolved_early", "received_online"}),
        ({**CLOSED, "finished_at": "07-09", "received_at": "06-14"}, {"resolved_early", "carried_over"}),
        ({**CLOSED, "finished_at": "06-14", "received_at": "06-10"}, set()),  # done before the period
        ({**CLOSED, "finished_at": "09-15"}, {"open_overdue", "received_direct_postal"}),  # done after it
        ({**CLOSED, "returned_at": "07-11"}, {"resolved_overdue", "received_direct_postal"}),
        ({**CLOSED, "closed_step_at": "07-09"}, {"resolved_early", "received_direct_postal"}),
        ({**CLOSED}, {"open_overdue", "received_direct_postal"}),  # seen closed only by the hub, later
        ({**CLOSED, "finished_at": "06-20"}, {"resolved_early", "received_direct_postal"}),  # before its receipt
        ({"status": 7, "due_at": "07-10", "withdrawn_at": "08-20"}, {"resolved_on_time", "received_direct_postal"}),
        ({"due_at": "09-14"}, {"open_within_due", "received_direct_postal"}),
        ({"due_at": "09-13"}, {"open_overdue", "received_direct_postal"}),
        ({"due_at": None}, {"open_within_due", "received_direct_postal"}),
        ({"status": 5, "due_at": "07-10", "stops": [("07-05", None)]}, {"open_within_due", "received_direct_postal"}),
        ({"due_at": "07-10", "stops": [("07-05", "09-20")]}, {"open_within_due", "received_direct_postal"}),
        ({"due_at": "07-10", "stops": [("07-05", "09-14")]}, {"open_overdue", "received_direct_postal"}),
        ({"due_at": "07-10", "stops": [("09-15", None)]}, {"open_overdue", "received_direct_postal"}),
        ({"received_at": "09-15"}, set()),
        ({"status": 1, "received_at": None, "submitted_at": "07-01"}, set()),
        ({"status": 3}, set()),
        ({"is_deleted": True}, set()),
        ({"received_at": None, "dossier_no": "000.05.31.H56-220601-0001"}, {"open_within_due", "carried_over"}),
        ({"received_at": None, "submitted_at": "06-01"}, {"open_within_due", "carried_over"}),
    ],
)  # fmt: skip
def test_each_dossier_stands_in_its_columns(dossier: dict[str, Any], columns: set[str]) -> None:
    counts = form(dossier)
    totals = {"intake_total", "resolved_total", "open_total"}
    assert {name for name, count in counts.items() if count and name not in totals} == columns
    assert counts["intake_total"] == bool(columns)


def test_judged_later_than_the_period(daily: World) -> None:
    late = {"due_at": "09-20"}
    assert form(late, as_of=date(2022, 9, 30))["open_overdue"] == 1
    assert form(late)["open_within_due"] == 1


def test_identities_hold_for_every_agency_field_and_period(daily: World, clean: World) -> None:
    c = {name: pl.col(name) for name in COLUMNS}
    identities = [
        c["intake_total"] == c["received_online"] + c["received_direct_postal"] + c["carried_over"],
        c["resolved_total"] == c["resolved_early"] + c["resolved_on_time"] + c["resolved_overdue"],
        c["open_total"] == c["open_within_due"] + c["open_overdue"],
        c["intake_total"] == c["resolved_total"] + c["open_total"],
    ]
    for world in (daily, clean):
        for start, end in periods_before(world.today.date()):
            rows = expected_ii06a(world.truth.dossiers, start, end)
            assert rows.height > 50
            assert all((rows.select(COLUMNS).sum() > 0).row(0)), "every column of the form is used"
            assert rows.filter(~pl.all_horizontal(identities)).is_empty()


def test_periods_are_the_last_complete_ones() -> None:
    assert periods_before(date(2022, 10, 1)) == [
        (date(2022, 6, 15), date(2022, 9, 14)),
        (date(2022, 8, 15), date(2022, 9, 14)),
        (date(2022, 9, 1), date(2022, 9, 30)),
    ]
    assert periods_before(date(2022, 1, 3))[0] == (date(2021, 9, 15), date(2021, 12, 14))

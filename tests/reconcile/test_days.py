"""Agencies and limits as they were on the day of the dossier, not as they are today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.mart.rows import at
from tests.reconcile.rows import CLOCK_RULES, Province

BIRTH, SHOP = "1.001193", "1.001612"
NO = "000.00.31.H56-220915-0001"
OLD, NEW, ENDED = 11, 12, 21


@pytest.fixture
def province(province: Province) -> Province:
    """One code that is another unit since 2025-07-01, one that has ended; three weeks with a day off."""
    agencies = [
        (OLD, "H56.31.1", "-infinity", "2025-07-01"),
        (NEW, "H56.31.1", "2025-07-01", "infinity"),
        (ENDED, "H56.31", "-infinity", "2025-07-01"),
    ]
    limits = [
        (BIRTH, 0, "2022-09-01", "2022-09-20", 3, "working_day"),
        (BIRTH, 2, "2022-09-01", "2022-09-20", 5, "working_day"),
        (SHOP, 0, "2022-09-01", "infinity", 8, "working_day"),
        (SHOP, 2, "2022-09-01", "infinity", 1, "working_day"),
        (SHOP, 3, "2022-09-01", "infinity", 8, "hour"),
    ]
    with province.warehouse.begin() as connection:
        for agency in agencies:
            connection.execute(
                "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
                "values (%s, %s, %s, %s, 'x', 'commune', '')",
                agency,
            )
        for limit in limits:
            connection.execute("insert into core.procedure_time_limit values (%s, %s, '', %s, %s, %s, %s, 'x')", limit)
        working = 0
        for n in range(30):
            day = date(2022, 9, 5) + timedelta(days=n)
            open_ = day.weekday() < 5 and day != date(2022, 9, 16)
            working += open_
            connection.execute(
                "insert into core.calendar_day values (%s, '-infinity', 'infinity', %s, false, null, %s, %s)",
                (day, open_, day >= date(2022, 9, 26), working),
            )
        connection.execute(CLOCK_RULES)
    return province


# (record, agency)
AGENCIES: list[tuple[dict[str, Any], int]] = [
    ({"received_at": "2025-06-30 23:59"}, OLD),
    ({"received_at": "2025-07-01 00:00"}, NEW),
    ({"received_at": None, "submitted_at": "2025-06-30 23:59"}, OLD),
    ({"received_at": "2025-07-01 00:00", "submitted_at": "2025-06-30 23:59"}, NEW),
    ({"received_at": None, "number_date": date(2025, 7, 1)}, NEW),
    ({"receiving_agency_code": "H56.31"}, ENDED),
    ({"receiving_agency_code": "H56.31", "received_at": "2025-07-01 08:00"}, 0),
    ({"receiving_agency_code": "H56.99"}, 0),
    ({"receiving_agency_code": None}, 0),
]


def test_an_agency_is_the_one_that_bore_the_code_on_the_day(province: Province) -> None:
    for n, (values, _) in enumerate(AGENCIES):
        province.dossier("portal", f"{NO}{n}", **{"receiving_agency_code": "H56.31.1"} | values)
    province.reconcile()
    found = [province.golden("portal", f"{NO}{n}")["receiving_agency_id"] for n in range(len(AGENCIES))]
    assert list(zip([values for values, _ in AGENCIES], found, strict=True)) == AGENCIES


# (record, legal_due_at); Friday the 16th is a day off
LIMITS: list[tuple[dict[str, Any], str | None]] = [
    ({"received_at": "2022-09-12 08:00"}, "2022-09-15 17:00"),
    ({"received_at": "2022-09-14 16:59"}, "2022-09-20 17:00"),
    # on a day off the count begins on the next working day
    ({"received_at": "2022-09-10 08:00"}, "2022-09-14 17:00"),
    ({"received_at": "2022-09-16 08:00"}, "2022-09-21 17:00"),
    # the channel's own limit stands before that of any channel, whichever is longer
    ({"received_at": "2022-09-12 08:00", "channel": 2}, "2022-09-20 17:00"),
    ({"received_at": "2022-09-12 08:00", "channel": 1}, "2022-09-15 17:00"),
    ({"received_at": "2022-09-12 08:00", "procedure_code": SHOP, "channel": 2}, "2022-09-13 17:00"),
    ({"received_at": "2022-09-12 08:00", "procedure_code": SHOP, "channel": 1}, "2022-09-23 17:00"),
    ({"received_at": "2022-09-12 08:00", "procedure_code": SHOP, "channel": 3}, "2022-09-13 08:00"),
    ({"received_at": "2022-09-19 23:59"}, "2022-09-22 17:00"),
    ({"received_at": "2022-09-20 00:00"}, None),
    # nothing is promised before the receipt, by another procedure, or beyond the announced calendar
    ({"received_at": None, "submitted_at": "2022-09-12 08:00"}, None),
    ({"received_at": "2022-09-12 08:00", "procedure_code": "1.012817"}, None),
    ({"received_at": "2022-09-19 08:00", "channel": 2}, None),
]


def test_a_legal_limit_is_one_that_was_in_force_at_the_receipt(province: Province) -> None:
    for n, (values, _) in enumerate(LIMITS):
        province.dossier("portal", f"{NO}{n}", **{"procedure_code": BIRTH} | values)
    province.reconcile()
    found = [province.golden("portal", f"{NO}{n}")["legal_due_at"] for n in range(len(LIMITS))]
    expected = [at(due) if due else None for _, due in LIMITS]
    assert list(zip(LIMITS, found, strict=True)) == list(zip(LIMITS, expected, strict=True))

"""Dossiers that an office handed over: whose word counts, who received it, and what a wrong day of receipt spoils."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mart.rows import at
from tests.reconcile.rows import Province

OLD, HEIR, LAND = "district-31", "commune-7", "province-2"
NO = "000.00.31.H56-250620-0007"
RECEIVED: dict[str, Any] = {
    "dossier_no": NO, "number_form": "tt01", "number_agency_code": "000.00.31.H56", "number_date": "2025-06-20",
    "received_at": "2025-06-20 08:00", "channel": 1, "status": 4,
}  # fmt: skip


@pytest.fixture
def reformed(province: Province) -> Province:
    """A district that ended with June 2025, the commune and the department that go on, and one name in both eras."""
    with province.warehouse.begin() as connection:
        connection.cursor().executemany(
            "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
            "values (%s, %s, %s, %s, 'x', %s, '')",
            [
                (1, "000.00.31.H56", "-infinity", "2025-07-01", "district"),
                (2, "H56.7", "2025-07-01", "infinity", "commune"),
                (3, "000.00.02.H56", "2025-03-01", "infinity", "department"),
            ],
        )
    return province


def told(province: Province, source: str, key: str, version: str, **values: Any) -> None:
    province.dossier(source, key, **RECEIVED | {"version_at": version} | values)


def settled(province: Province) -> None:
    """Core as it stands once the district's system has ended."""
    province.load("2025-07-04 06:00")
    with province.warehouse.begin() as connection:
        connection.execute("update ops.source set valid_to = '2025-07-01' where source_id = %s", (OLD,))
    province.reconcile("2025-07-04 06:00")


def test_what_an_ended_office_last_said_stands_behind_who_took_over(reformed: Province) -> None:
    # its system shows for ever what it showed on its last evening, with a receipt that looks late
    told(reformed, OLD, "old", "2025-06-30 20:00", received_at="2025-12-06 08:00", return_method=1)
    told(reformed, HEIR, "new", "2025-07-03 08:00", status=10, finished_at="2025-07-02 10:00")
    told(reformed, "national", "copy", "2025-07-03 09:00", status=9, return_method=0)
    settled(reformed)
    golden = reformed.golden(HEIR, "new")
    assert (golden["status"], golden["told_by"]) == (10, HEIR)
    assert golden["return_method"] == 1  # but before what was pushed


def test_an_office_that_ends_is_believed_until_another_tells_of_the_dossier(reformed: Province) -> None:
    told(reformed, OLD, "old", "2025-06-30 20:00", status=9, finished_at="2025-06-30 10:00")
    told(reformed, HEIR, "new", "2025-06-29 08:00")  # a neighbour that knew of it before
    settled(reformed)
    assert reformed.golden(OLD, "old")["status"] == 9


@pytest.mark.parametrize(
    ("received_at", "receiver"),
    [("2025-06-20 08:00", 1), ("2025-07-01 08:00", 3)],
    ids=["received before", "handed in before, received by who took over"],
)
def test_the_office_in_the_number_received_it_if_it_stood_then(
    reformed: Province, received_at: str, receiver: int
) -> None:
    online = {"channel": 2, "received_at": received_at}
    told(reformed, "portal", "p", "2025-06-21 08:00", **online, receiving_agency_code="000.00.31.H56")
    told(reformed, LAND, "new", "2025-07-03 08:00", **online, receiving_agency_code="000.00.02.H56")
    settled(reformed)
    assert reformed.golden(LAND, "new")["receiving_agency_id"] == receiver
    assert reformed.golden(LAND, "new")["holder_agency_id"] == 3


def test_an_agency_found_on_a_wrong_day_of_receipt_gives_way(reformed: Province) -> None:
    """By its name on 6 December another agency is found than on 12 June."""
    number = {"number_date": "2025-06-12", "dossier_no": "000.00.31.H56-250612-0001"}
    wrong = number | {"received_at": "2025-12-06 08:00", "processing_agency_code": "H56.7"}
    told(reformed, OLD, "old", "2025-12-20 20:00", **wrong)
    told(reformed, "portal", "p", "2025-06-21 08:00", **number, received_at="2025-06-12 08:00",
         processing_agency_code="000.00.31.H56")  # fmt: skip
    reformed.reconcile("2025-12-21 06:00")
    assert reformed.golden(OLD, "old")["processing_agency_id"] == 1
    assert reformed.rows("select field, reason from core.provenance where reason = 'receipt_errs'") == [
        ("processing_agency_code", "receipt_errs")
    ]


def test_a_day_that_two_tell_is_not_before_receipt_because_one_errs_in_its_receipt(reformed: Province) -> None:
    told(reformed, HEIR, "register", "2025-07-03 08:00", due_at="2025-06-27 00:00", due_precision="d")
    told(reformed, "national", "copy", "2025-07-03 09:00", received_at="2025-12-06 08:00", due_at="2025-06-27 17:00")
    reformed.reconcile("2025-07-04 06:00")
    assert reformed.golden(HEIR, "register")["due_at"] == at("2025-06-27 17:00")


def test_who_tells_a_dossier_is_whose_status_holds(reformed: Province) -> None:
    told(reformed, HEIR, "register", "2025-07-03 08:00", status=10, flags=["implied_status"])
    told(reformed, "portal", "p", "2025-07-02 09:00", status=9)
    reformed.reconcile("2025-07-04 06:00")
    golden = reformed.golden(HEIR, "register")
    assert (golden["status"], golden["told_by"], golden["told_at"]) == (9, "portal", at("2025-07-02 09:00"))

"""Whose value stands: field group by field group, with nothing, with deletions, between equals, and what lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hub.reconcile.survivorship import declared
from schemas.tables.base import EVENT_TIMES, precision_of
from schemas.tables.std import DOSSIER_RECORD
from tests.mart.rows import at
from tests.reconcile.rows import Province

LEVELS = ("portal", "national", "province", "district", "commune")
# Who is believed, best first. One-stop systems handle the dossier, the portal sees submission and payment, the
# national copy is lossy.
HANDLING = ("province", "district", "commune", "portal", "national")
ONLINE = ("portal", "province", "district", "commune", "national")
TRUST = {
    "number": HANDLING,
    "procedure": HANDLING,
    "identity": HANDLING,
    "processing": HANDLING,
    "submission": ONLINE,
    "payment": ONLINE,
}
GOLDEN = {
    "applicant_id_hash": "applicant_id",
    "applicant_name_masked": "applicant_masked",
    "online_payment": "paid_online",
    "has_digitised_component": "digitised",
}
# Golden columns that are no copy of the field: seen by other tests.
DERIVED = {"number_date", "online_payment", "has_digitised_component"}
NO = "000.00.31.H56-220915-0001"


def told(field: str, level: str) -> Any:
    """A value of the field's type that only this level tells."""
    n = LEVELS.index(level)
    kind = DOSSIER_RECORD.c[field].type
    if isinstance(kind, sa.TIMESTAMP):
        return at("2022-09-15 08:00") + timedelta(days=n)
    if isinstance(kind, sa.Date):
        return at("2022-09-15").date() + timedelta(days=n)
    if isinstance(kind, sa.Boolean):
        return n % 2 == 0
    if isinstance(kind, (sa.Integer, sa.SmallInteger)):
        return n + 1
    if isinstance(kind, sa.LargeBinary):
        return bytes([n + 1]) * 16
    return [level] if field == "flags" else f"{field} {level}"


def shown(field: str, level: str) -> Any:
    value = told(field, level)
    return value.hex() if isinstance(value, bytes) else value


@pytest.fixture
def agencies(province: Province) -> Province:
    """An agency for every code that a level tells; its number says the field and the level."""
    with province.warehouse.begin() as connection:
        for f, field in enumerate(("submission_agency_code", "receiving_agency_code", "processing_agency_code")):
            for level in LEVELS:
                connection.execute(
                    "insert into core.agency values (%s, %s, '-infinity', 'infinity', 'x', 'commune', null, null, null,"
                    " null, '', null)",
                    (f * 10 + LEVELS.index(level) + 1, told(field, level)),
                )
    return province


@pytest.mark.parametrize("name", TRUST)
def test_every_field_of_a_group(agencies: Province, name: str) -> None:
    """Five systems tell five values of each field; one after the other falls silent, the most trusted first."""
    fields = [field for field in declared().groups[name].fields if field != "flags"]
    for gone in range(len(LEVELS)):
        for level in LEVELS:
            values = {field: told(field, level) if level in TRUST[name][gone:] else None for field in fields}
            values |= {precision_of(field): level[0] for field in values if field in EVENT_TIMES}
            agencies.dossier(level, level, **{"dossier_no": None, "portal_no": NO} | values)
        agencies.reconcile()
        golden, best = agencies.golden("portal", "portal"), TRUST[name][gone]
        assert golden["source_count"] == len(LEVELS)
        for field in set(fields) - DERIVED:
            if field.endswith("_agency_code"):
                agency = 10 * "srp".index(field[0]) + LEVELS.index(best) + 1
                assert (field, golden[field.removesuffix("code") + "id"]) == (field, agency)
            else:
                assert (field, golden[GOLDEN.get(field, field)]) == (field, shown(field, best))
            if field in EVENT_TIMES:
                assert (field, golden[precision_of(field)]) == (field, best[0]), "a precision follows its time"


def test_every_field_has_one_group_and_every_group_is_seen_here() -> None:
    groups = declared().groups
    assert set(groups) == set(TRUST)
    assert {name: tuple(group.prefer) for name, group in groups.items()} == TRUST


def test_payment_and_digitisation_become_answers(province: Province) -> None:
    cases = [(0, False), (1, True), (2, True), (3, False), (None, None)]
    for payment, _ in cases:
        province.dossier("portal", f"p{payment}", online_payment=payment, has_digitised_component=payment == 0)
    province.reconcile()
    found = [province.golden("portal", f"p{payment}") for payment, _ in cases]
    assert [row["paid_online"] for row in found] == [answer for _, answer in cases]
    assert [row["digitised"] for row in found] == [True, False, False, False, False]


def test_flags_are_those_of_the_handling_system(province: Province) -> None:
    province.dossier("portal", NO, flags=["phone_missing", "unknown_agency"])
    province.dossier("national", NO, flags=["national:status_9"])
    province.dossier("portal", "alone", flags=[])
    province.reconcile()
    assert province.golden("national", NO)["flags"] == ["phone_missing", "unknown_agency"]
    assert province.golden("portal", "alone")["flags"] == []


def test_portal_against_national(province: Province) -> None:
    province.dossier("portal", NO, status=5, submitted_at="2022-09-14 20:00", channel=2)
    province.dossier(
        "national", NO, status=9, submitted_at="2022-09-15 08:00", channel=1, finished_at="2022-09-16 09:00"
    )
    province.reconcile()
    golden = province.golden("national", NO)
    assert (golden["status"], golden["submitted_at"], golden["channel"]) == (5, at("2022-09-14 20:00"), 2)
    assert golden["finished_at"] == at("2022-09-16 09:00"), "what only the copy knows is better than nothing"


# (what each of two districts says beside its place, which of them is believed)
EQUALS: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "the later event": ({"finished_at": "2022-09-18 08:00"}, {"finished_at": "2022-09-19 08:00"}, 2),
    "an event before none": ({"finished_at": "2022-09-18 08:00"}, {}, 1),
    "a date that is due is no event": ({"due_at": "2022-12-01 08:00"}, {"finished_at": "2022-09-16 08:00"}, 2),
    "then the later version": ({"version_at": "2022-09-18 08:00"}, {"version_at": "2022-09-17 08:00"}, 1),
    "a version before none": ({}, {"version_at": "2022-09-17 08:00"}, 2),
    "then the name of the source": ({}, {}, 1),
}


@pytest.mark.parametrize("case", EQUALS)
def test_between_two_of_one_level(province: Province, case: str) -> None:
    first, second, best = EQUALS[case]
    province.dossier("district-2", NO, field_name="2", **second)
    province.dossier("district-1", NO, field_name="1", **first)
    province.reconcile()
    assert province.golden("district-1", NO)["field_name"] == str(best)


def test_a_deleted_record_is_silent(province: Province) -> None:
    province.dossier("portal", NO, status=4, field_name="Hộ tịch", due_at="2022-09-20 17:00", is_deleted=True)
    province.child("portal", "fee", "phí", NO, amount=8000)
    province.dossier("national", NO, status=9, field_name="Đất đai")
    province.reconcile()
    golden = province.golden("portal", NO)
    assert (golden["status"], golden["field_name"], golden["due_at"]) == (9, "Đất đai", None)
    assert (golden["is_deleted"], golden["source_count"]) == (False, 2)
    assert province.children("national", NO, "fee") == []
    assert province.rows("select * from core.conflict") == []


def test_when_all_are_deleted_the_last_image_stays(province: Province) -> None:
    live: dict[str, Any] = {"status": 4, "field_name": "Hộ tịch", "due_at": "2022-09-20 17:00"}
    province.dossier("portal", NO, **live)
    province.child("portal", "fee", "phí", NO, amount=8000)
    province.dossier("national", NO, status=9, field_name="Đất đai", is_deleted=True)
    province.reconcile()
    before = province.golden("portal", NO)
    province.dossier("portal", NO, **live, is_deleted=True)
    province.reconcile("2022-10-02 06:00")
    after = province.golden("portal", NO)
    changed = {name for name, value in after.items() if value != before[name]}
    assert changed == {"is_deleted", "last_recorded_at"}
    assert after["is_deleted"]
    assert province.children("national", NO, "fee") == [("portal", "phí")]


def test_losing_values_are_kept_and_personal_ones_are_not_told(province: Province) -> None:
    personal = {"applicant_name_masked": "N.V.A.", "applicant_id_hash": b"a" * 16}
    province.dossier("portal", NO, status=5, channel=2, due_at="2022-09-20 17:00", **personal)
    province.dossier(
        "national",
        NO,
        status=9,
        channel=2,
        applicant_name_masked="N.V.B.",
        applicant_id_hash=b"b" * 16,
        field_name="Đất đai",
    )
    province.reconcile()
    found = province.rows(
        "select field, value, kept_value, source_id, source_key, kept_source_id, kept_source_key from core.conflict "
        "order by field"
    )
    lost, kept = ("national", NO), ("portal", NO)
    assert found == [
        ("applicant_id_hash", None, None, *lost, *kept),
        ("applicant_name_masked", None, None, *lost, *kept),
        ("status", "9", "5", *lost, *kept),
    ]
    written = province.written()["core.conflict"]
    province.dossier("portal", NO, status=5, channel=2, due_at="2022-09-20 17:00", **personal, set_count=2)
    province.reconcile()
    assert province.written()["core.conflict"] == written
    province.dossier("national", NO, status=5, channel=3)
    province.reconcile()
    assert province.rows("select field, value, kept_value from core.conflict") == [("channel", "3", "2")]


def test_times_are_compared_as_moments(province: Province) -> None:
    province.dossier("portal", NO, received_at="2022-09-15 08:00", due_at="2022-09-20 17:00")
    province.dossier("national", NO, received_at="2022-09-15 08:00", due_at="2022-09-20 17:00:01")
    province.reconcile()
    assert province.rows("select field from core.conflict") == [("due_at",)]


def test_conflicts_leave_with_their_record(province: Province) -> None:
    province.dossier("portal", NO, status=5)
    province.dossier("national", NO, status=9)
    province.reconcile()
    assert province.rows("select count(*) from core.conflict") == [(1,)]
    province.dossier("national", NO, status=9, dossier_no="000.00.31.H56-220915-0009")
    province.reconcile()
    assert province.rows("select count(*) from core.conflict") == [(0,)]

"""Which of two sources' values stands when one of them cannot be, or can only be a slip; and where core keeps that."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from hub.reconcile.disagreement import compared
from tests.mart.rows import at
from tests.reconcile.rows import Province

NO = "000.00.31.H56-220905-0001"
D, C, P, N = "district-380", "commune-1", "portal", "national"
DESK: dict[str, Any] = {"channel": 1, "number_date": "2022-09-05", "version_at": "2022-11-30 08:00"}
LATER = DESK | {"received_at": "2022-09-05 08:30", "due_at": "2022-09-20 17:00"}

# (what, field, the district's record, which is trusted most, the portal's, what stands, its source, kind, size)
Case = tuple[str, str, dict[str, Any], dict[str, Any], str, str, str, float]
CASES: list[Case] = [
    ("finished before receipt", "finished_at", LATER | {"finished_at": "2022-09-01 10:00"},
     LATER | {"finished_at": "2022-09-12 10:00"}, "2022-09-12 10:00", P, "impossible", 11.0),
    ("due before receipt", "due_at", LATER | {"due_at": "2022-08-20 17:00"}, LATER, "2022-09-20 17:00", P,
     "impossible", 31.0),
    ("submitted after receipt", "submitted_at", LATER | {"submitted_at": "2022-09-05 07:00"},
     LATER | {"submitted_at": "2022-09-08 08:00"}, "2022-09-05 07:00", D, "impossible", 3.04167),
    ("finished after its own version", "finished_at", LATER | {"finished_at": "2023-09-12 10:00"},
     LATER | {"finished_at": "2022-09-12 10:00"}, "2022-09-12 10:00", P, "impossible", 365.0),
    ("the same day, known only as a day", "finished_at",
     LATER | {"finished_at": "2022-09-12 00:00", "finished_precision": "d"},
     LATER | {"finished_at": "2022-09-12 10:00"}, "2022-09-12 10:00", P, "precision", 0.41667),
    ("a day against an exact time of another day is no slip", "finished_at",
     LATER | {"finished_at": "2022-09-13 00:00", "finished_precision": "d"},
     LATER | {"finished_at": "2022-09-12 10:00"}, "2022-09-13 00:00", D, "differs", 0.58333),
    ("receipt with day and month exchanged: the number tells", "received_at",
     LATER | {"received_at": "2022-05-09 08:30"},
     LATER, "2022-09-05 08:30", P, "swapped_day_month", 119.0),
    ("due with day and month exchanged, and so before receipt", "due_at",
     LATER | {"due_at": "2022-07-10 17:00"}, LATER | {"due_at": "2022-10-07 17:00"},
     "2022-10-07 17:00", P, "swapped_day_month", 89.0),
    ("exchanged, and only one knows the hour", "due_at",
     LATER | {"due_at": "2022-11-10 00:00", "due_precision": "d"}, LATER | {"due_at": "2022-10-11 17:00"},
     "2022-10-11 17:00", P, "swapped_day_month", 29.29167),
    ("exchanged, and nothing speaks for either: the order of trust", "due_at", LATER | {"due_at": "2022-11-10 17:00"},
     LATER | {"due_at": "2022-10-11 17:00"}, "2022-11-10 17:00", D, "swapped_day_month", 30.0),
    ("the number was given at the desk on the other day", "received_at", LATER | {"received_at": "2022-09-06 08:30"},
     LATER, "2022-09-05 08:30", P, "number_day", 1.0),
    ("an online dossier is numbered before it is received", "received_at",
     LATER | {"received_at": "2022-09-06 08:30", "channel": 2}, LATER | {"channel": 2}, "2022-09-06 08:30", D,
     "differs", 1.0),
    ("a second's difference", "due_at", LATER | {"due_at": "2022-09-20 17:00:01"}, LATER, "2022-09-20 17:00:01", D,
     "rounding", 0.00001),
]  # fmt: skip


def record(values: dict[str, Any]) -> dict[str, Any]:
    return {"dossier_no": NO, "status": 4} | values


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_what_cannot_be_gives_way(province: Province, case: Case) -> None:
    _, field, first, second, stands, source, kind, size = case
    province.dossier(D, "1", **record(first))
    province.dossier(P, "2", **record(second))
    province.reconcile()
    assert province.golden(D, "1")[field] == at(stands)
    rows = province.rows("select kind, size, kept_source_id from core.conflict where field = %s", field)
    assert rows == [(kind, size, source)]
    ((origin, reason),) = province.rows("select source_id, reason from core.provenance where field = %s", field)
    assert origin == source
    trusted = P if field == "submitted_at" else D
    assert (reason is None) == (source == trusted)


def test_two_sources_outvote_one_about_the_receipt(province: Province) -> None:
    online = LATER | {"channel": 2, "received_at": "2022-09-07 08:30"}
    province.dossier(D, "1", **record(online | {"received_at": "2022-09-08 08:30"}))
    province.dossier(P, "2", **record(online))
    province.dossier(N, "3", **record(online))
    province.reconcile()
    assert province.golden(D, "1")["received_at"] == at("2022-09-07 08:30")
    assert province.rows("select source_id, kind, size from core.conflict") == [(D, "outvoted", 1.0)]


def test_what_the_push_overwrites_gives_way_and_is_flagged_where_nothing_else_is(province: Province) -> None:
    pushed = {"status": 9, "submitted_at": "2022-09-05 08:30", "online_payment": 1}
    flags = ["national:status_9", "national:submitted_is_received", "national:payment_1_3"]
    province.dossier(N, "1", **record(LATER | pushed), flags=flags)
    province.reconcile()
    assert (province.golden(N, "1")["status"], province.golden(N, "1")["flags"]) == (9, flags)
    province.dossier(C, "2", **record(LATER | {"status": 4, "submitted_at": "2022-09-05 08:00", "online_payment": 3}))
    province.reconcile("2022-10-02 06:00")
    golden = province.golden(N, "1")
    assert (golden["status"], golden["submitted_at"], golden["paid_online"]) == (4, at("2022-09-05 08:00"), False)
    kinds = province.rows("select field, kind from core.conflict order by field")
    assert kinds == [("online_payment", "distortion"), ("status", "differs"), ("submitted_at", "distortion")]


def test_who_took_a_dossier_over_holds_it_and_did_not_receive_it(province: Province) -> None:
    with province.warehouse.begin() as connection:
        connection.cursor().executemany(
            "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
            "values (%s, %s, %s, %s, 'x', %s, '')",
            [
                (1, "H.district", "-infinity", "2025-07-01", "district"),
                (2, "H.commune", "2025-07-01", "infinity", "commune"),
            ],
        )
    number = {
        "dossier_no": "000.00.31.H56-250620-0007",
        "number_form": "tt01",
        "number_date": "2025-06-20",
        "status": 4,
    }
    received = number | {"received_at": "2025-06-20 08:00", "channel": 1}
    province.dossier("portal", "old", **received, receiving_agency_code="H.district", version_at="2025-06-21 08:00")
    province.dossier(C, "new", **received, receiving_agency_code="H.commune", version_at="2025-07-03 08:00")
    province.reconcile("2025-07-04 06:00")
    golden = province.golden(C, "new")
    assert province.id_of(C, "new") == province.id_of("portal", "old")
    assert (golden["receiving_agency_id"], golden["holder_agency_id"]) == (1, 2)
    told = province.rows("select field, kind, source_id from core.conflict")
    assert told == [("receiving_agency_code", "handed_over", C)]
    # a later push of the old agency by someone else does not take it back
    province.dossier("national", "copy", **received, receiving_agency_code="H.district", version_at="2025-08-01 08:00")
    province.reconcile("2025-08-02 06:00")
    assert province.golden(C, "new")["holder_agency_id"] == 2


def test_origins_are_told_where_several_sources_speak_and_written_once(province: Province) -> None:
    province.dossier(D, "1", **record(LATER), procedure_name="Khai sinh")
    province.dossier(P, "2", **record(LATER | {"channel": 2}), field_name="Hộ tịch")
    batches = province.load()
    province.again(batches)
    told = dict(province.rows("select field, source_id from core.provenance"))
    assert told["status"] == D
    assert told["channel"] == P  # the portal sees the submission
    assert not {"procedure_name", "field_name"} & set(told)  # told by one alone
    before = province.written()
    province.again(batches)
    assert province.written() == before
    province.dossier(P, "2", dossier_no="000.00.31.H56-220905-0002", status=4)
    province.reconcile("2022-10-02 06:00")
    assert province.rows("select count(*) from core.value_origin") == [(0,)]


NAMES = {
    ("Nguyễn Văn An", "Nguyen Van An"): ("tones", 2.0),
    ("Nguyễn Văn An", "Nguyễn Văn Anh"): ("typing", 1.0),
    ("Nguyễn Văn An", "Nguyễn An"): ("shortened", 4.0),
    ("Nguyễn Văn An", "Trần Thị Bưởi"): ("differs", 12.0),
    ("Nguyễn Văn An", None): ("differs", None),
}
NUMBERS = {
    ("038190004321", "38190004321"): ("missing_digits", 1.0),
    ("038190004321", "038190003421"): ("transposed", 1.0),
    ("038190004321", "038190004821"): ("typing", 1.0),
    ("038190004321", "172345678"): ("differs", 11.0),
}


@pytest.mark.parametrize(("field", "pairs"), [("applicant_name_masked", NAMES), ("applicant_id_hash", NUMBERS)])
def test_how_personal_values_differ(field: str, pairs: dict[Any, tuple[str, float | None]]) -> None:
    sides = pl.DataFrame(
        [(field, *pair) for pair in pairs],
        schema={"field": pl.String, "lost": pl.String, "kept": pl.String},
        orient="row",
    )
    found = dict(zip(pairs, compared(sides).rows(), strict=True))
    assert {pair: told[0] for pair, told in found.items()} == {pair: told[0] for pair, told in pairs.items()}
    assert {pair: told[1] for pair, told in found.items()} == {pair: told[1] for pair, told in pairs.items()}
    assert (
        compared(sides.select("field", lost="kept", kept="lost"))["kind"].to_list() == compared(sides)["kind"].to_list()
    )


def test_personal_conflicts_keep_kind_and_size_alone(province: Province) -> None:
    for n, (source, number, name) in enumerate(((D, "038190004321", "Lê Thị Bưởi"), (P, "38190004321", "Lê Thị Buoi"))):
        clear = bytes([n]) * 16
        hashes = {"applicant_id_hash": number.encode(), "applicant_name_hash": name.encode(), "clear_hash": clear}
        province.dossier(source, str(n), **record(LATER), **hashes, applicant_name_masked="L.T.B.")
        with province.warehouse.begin() as connection:
            connection.execute(
                "insert into vault.dossier_record (source_id, source_key, clear_hash, applicant_name, applicant_id_no) "
                "values (%s, %s, %s, %s, %s)",
                (source, str(n), clear, name, number),
            )
    province.reconcile()
    rows = province.rows("select field, kind, size, value, kept_value from core.conflict order by field")
    assert rows == [
        ("applicant_id_hash", "missing_digits", 1.0, None, None),
        ("applicant_name_masked", "tones", 2.0, None, None),
    ]

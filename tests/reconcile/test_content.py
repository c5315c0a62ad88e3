"""Twins without a common number, found by content alone: who is looked at, joined, asked about, in any order."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from hub.reconcile import gathering
from tests.reconcile.rows import Province

P, N, D = "portal", "national", "district-380"
A, B = "000.00.31.H56-220915-0001", "000.00.31.H56-220915-0002"
AN: dict[str, Any] = {
    "applicant_id_hash": b"a" * 16,
    "applicant_name_hash": b"n" * 16,
    "applicant_phone_hash": b"p" * 16,
    "clear": {"applicant_name": "Lê Văn An", "applicant_id_no": "038123456789", "applicant_phone": "0912345678"},
}
DESK = {"procedure_code": "1.001193", "receiving_agency_code": "000.00.31.H56", **AN}
UNNUMBERED: dict[str, Any] = {"dossier_no": None, "number_form": None}


@pytest.fixture
def desk(province: Province) -> Province:
    """A province with the working days of September 2022."""
    with province.warehouse.begin() as connection:
        connection.execute(
            """
            insert into core.calendar_day (day, recorded_from, recorded_to, is_working, is_makeup_day, is_projected,
                                           working_index)
            select d, '-infinity', 'infinity', extract(isodow from d) < 6, false, false,
                   count(*) filter (where extract(isodow from d) < 6) over (order by d)
            from generate_series(date '2022-08-01', date '2022-10-31', interval '1 day') d
            """
        )
    return province


def group(*records: tuple[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(records)


def rules(province: Province) -> dict[str, str]:
    return dict(province.rows("select source_id, rule from core.dossier_source"))


def asked(province: Province) -> list[tuple[str, str, str]]:
    return province.rows("select source_key_a, source_key_b, reason from core.review order by 1, 2")


def test_a_copy_without_a_number_finds_its_original(desk: Province) -> None:
    desk.dossier(D, A, **DESK)
    desk.dossier(P, "tờ 7", **DESK | UNNUMBERED)
    done = desk.reconcile()
    assert (done.dossiers, done.joined, done.reviews) == (1, 1, 0)
    assert desk.groups() == {group((D, A), (P, "tờ 7"))}
    assert rules(desk) == {D: "composite", P: "composite"}
    ((rule, weight, evidence),) = desk.rows("select rule, weight, evidence from core.match_evidence")
    assert rule == "composite"
    assert weight > 0
    assert evidence


@pytest.mark.parametrize("order", list(permutations("123")))
def test_in_any_order_of_arrival(desk: Province, order: tuple[str, ...]) -> None:
    for name in order:
        if name == "1":
            desk.dossier(D, A, **DESK)
        elif name == "2":
            desk.dossier(P, "tờ 7", **DESK | UNNUMBERED)
        else:
            desk.dossier(N, "000.00.31.H56-220915-12345", **DESK | {"number_form": "invented"})
        desk.reconcile()
    assert desk.groups() == {group((D, A), (P, "tờ 7"), (N, "000.00.31.H56-220915-12345"))}
    assert set(rules(desk).values()) == {"composite"}


WRITTEN_OTHERWISE = {
    "a letter left out, the identity missing": ("Lê Vn An", None, "0912345678"),
    "the tones lost, a zero lost": ("Le Van An", "38123456789", None),
    "two digits of the identity changed places": ("Lê Văn An", "038123456798", None),
    "everything but the telephone is missing": (None, None, "0912345678"),
}


@pytest.mark.parametrize("case", WRITTEN_OTHERWISE)
def test_a_copy_that_is_mistyped_finds_its_original_by_weight(desk: Province, case: str) -> None:
    name, identity, phone = WRITTEN_OTHERWISE[case]
    told = {"applicant_name": name, "applicant_id_no": identity, "applicant_phone": phone}
    desk.dossier(D, A, **DESK)
    hashes = {"applicant_id_hash": b"x" * 16 if identity else None, "applicant_name_hash": b"y" * 16 if name else None}
    clear = {name: value for name, value in told.items() if value}
    desk.dossier(P, "tờ 7", **DESK | UNNUMBERED | hashes | {"clear": clear})
    assert desk.reconcile().joined == 1
    assert set(rules(desk).values()) == {"probabilistic"}


OTHER_DAYS = {
    "two working days over a weekend": ("2022-09-15 08:00", "2022-09-19 08:00", True),
    "at another time of another day": ("2022-09-15 08:00", "2022-09-16 14:00", False),
    "three working days": ("2022-09-15 08:00", "2022-09-20 08:00", False),
    "day and month changed over": ("2022-09-08 08:00", "2022-08-09 08:00", True),
}


@pytest.mark.parametrize("case", OTHER_DAYS)
def test_how_far_the_days_may_lie_apart(desk: Province, case: str) -> None:
    first, second, joined = OTHER_DAYS[case]
    desk.dossier(D, A, **DESK | {"received_at": first})
    desk.dossier(P, "tờ 7", **DESK | UNNUMBERED | {"received_at": second})
    desk.reconcile()
    assert (len(desk.groups()) == 1) is joined


APART = {
    "another desk": {"receiving_agency_code": "000.00.32.H56"},
    "another procedure": {"procedure_code": "1.012817"},
    "an accepted number of its own": {"dossier_no": B, "number_form": "tt01"},
    "nobody in common": {
        "applicant_id_hash": b"x" * 16,
        "applicant_name_hash": b"y" * 16,
        "applicant_phone_hash": b"z" * 16,
        "received_at": "2022-09-15 09:30",
    },
}


@pytest.mark.parametrize("case", APART)
def test_what_is_never_joined(desk: Province, case: str) -> None:
    desk.dossier(D, A, **DESK)
    desk.dossier(P, "tờ 7", **DESK | UNNUMBERED | APART[case])
    assert desk.reconcile().reviews == 0
    assert len(desk.groups()) == 2


def test_what_an_office_that_has_ended_left_without_a_number_is_found_at_its_successor(desk: Province) -> None:
    old, new = "commune-1", "commune-2"
    desk.dossier(old, "dòng 1", **DESK | UNNUMBERED)
    desk.dossier(old, "dòng 2", **DESK | UNNUMBERED | SOMEBODY)
    desk.dossier(new, A, **DESK)
    desk.dossier(N, "copy", **DESK | {"number_form": "invented"})
    desk.load()
    with desk.warehouse.begin() as connection:
        connection.execute("update ops.source set valid_to = '2022-10-01' where source_id = %s", (old,))
    desk.reconcile()
    assert desk.groups() == {group((old, "dòng 1"), (new, A), (N, "copy")), group((old, "dòng 2"))}


@pytest.mark.parametrize("first", ["commune-1", "commune-2"])
def test_what_was_handed_over_is_found_at_the_desk_that_took_it(desk: Province, first: str) -> None:
    old, new, heir = "commune-1", "commune-2", {"receiving_agency_code": "H56.001"}
    with desk.warehouse.begin() as connection:
        connection.execute(
            "insert into core.agency_succession (from_agency_code, to_agency_code, on_date, relation, is_default,"
            " legal_source) values ('000.00.31.H56', 'H56.001', '2022-10-01', 'merged', true, 'x')"
        )
    for source in (first, old if first == new else new):
        if source == old:
            desk.dossier(old, "TN-1", **DESK | {"number_form": "legacy"})
        else:
            desk.dossier(new, "TN-9", **DESK | heir | {"number_form": "legacy"})
            desk.dossier(new, "later", **DESK | heir | {"number_form": "legacy", "received_at": "2022-10-03 08:00"})
        desk.load()
        with desk.warehouse.begin() as connection:
            connection.execute("update ops.source set valid_to = '2022-10-01' where source_id = %s", (old,))
        desk.reconcile()
    assert desk.groups() == {group((old, "TN-1"), (new, "TN-9")), group((new, "later"))}


SOMEBODY: dict[str, Any] = {
    "applicant_id_hash": b"b" * 16,
    "applicant_name_hash": b"m" * 16,
    "applicant_phone_hash": b"q" * 16,
    "clear": {"applicant_name": "Trần Thị Bé", "applicant_id_no": "038199900011", "applicant_phone": "0987654321"},
}
NO_DESK: dict[str, Any] = {"receiving_agency_code": None}
ELSEWHERE = {"processing_agency_code": "000.00.05.H56"}
PLACES: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "the desk is the one that handles it": ({}, NO_DESK | {"processing_agency_code": "000.00.31.H56"}, True),
    "handled elsewhere, and only that is told": (ELSEWHERE, NO_DESK | ELSEWHERE, True),
    "no agency told": ({}, NO_DESK, True),
    "handled by another": (ELSEWHERE, NO_DESK | {"processing_agency_code": "000.00.32.H56"}, False),
}


@pytest.mark.parametrize("first", [D, P])
@pytest.mark.parametrize("case", PLACES)
def test_a_copy_that_does_not_name_the_desk(desk: Province, case: str, first: str) -> None:
    original, copy, joined = PLACES[case]
    agency(desk, "000.00.31.H56")
    for source in (first, D if first == P else P):
        if source == D:
            desk.dossier(D, A, **DESK | original)
        else:
            desk.dossier(P, "DVC-1", **DESK | {"number_form": "legacy"} | copy)
        desk.reconcile()
    assert (len(desk.groups()) == 1) is joined


def agency(province: Province, code: str) -> None:
    with province.warehouse.begin() as connection:
        connection.execute(
            "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key)"
            " values (1, %s, '-infinity', 'infinity', 'x', 'district', 'x')",
            (code,),
        )


def test_what_was_never_received_is_found_by_its_submission_or_its_number(desk: Province) -> None:
    refused = DESK | {"received_at": None, "status": 3}
    desk.dossier(D, A, **refused | {"submitted_at": "2022-09-15 19:00"})
    desk.dossier(N, "copy", **refused | {"number_form": "invented", "number_date": date(2022, 9, 15)})
    desk.dossier(P, "DVC-2", **refused | {"number_form": "legacy", "submitted_at": "2022-09-15 19:00"})
    desk.dossier(P, "DVC-3", **refused | {"number_form": "legacy", "submitted_at": "2022-09-22 19:00"})
    desk.reconcile()
    assert desk.groups() == {group((D, A), (N, "copy"), (P, "DVC-2")), group((P, "DVC-3"))}


@pytest.mark.parametrize("order", list(permutations(("original", "copy", "others"))))
def test_what_a_crowd_shares_says_nothing(
    desk: Province, order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(gathering, "CROWD", 3)
    nameless = {"applicant_id_hash": None, "applicant_name_hash": None, "clear": {"applicant_phone": "0912345678"}}
    for who in order:
        if who == "original":
            desk.dossier(D, A, **DESK)
        elif who == "copy":
            desk.dossier(P, "tờ 7", **DESK | UNNUMBERED | nameless)
        else:
            for n in range(2, 5):  # an agent's telephone, in one import
                desk.dossier(D, f"000.00.31.H56-220915-{n:04d}", **DESK | nameless | {"procedure_code": "1.012817"})
        desk.reconcile()
    assert len(desk.groups()) == 5
    assert asked(desk) == []
    told = "same_phone of 5 records of agency 000.00.31.H56 on 2022-09-15"
    assert told in caplog.text
    assert desk.rows("select count(*) from core.match_evidence") == [(0,)]


def test_twins_that_nothing_tells_apart_are_a_question_and_four_dossiers(desk: Province) -> None:
    for number, key in ((A, "tờ 7"), (B, "tờ 8")):
        desk.dossier(D, number, **DESK)
        desk.dossier(P, key, **DESK | UNNUMBERED)
    desk.reconcile()
    assert len(desk.groups()) == 4
    assert {reason for *_, reason in asked(desk)} == {"ambiguous"}
    desk.dossier(P, "tờ 8", **DESK | {"dossier_no": B})
    desk.reconcile()
    assert desk.groups() == {group((D, A), (P, "tờ 7")), group((D, B), (P, "tờ 8"))}, "late evidence joins both"
    assert asked(desk) == []


def test_late_evidence_parts_what_content_had_joined(desk: Province) -> None:
    desk.dossier(D, A, **DESK)
    desk.dossier(P, "tờ 7", **DESK | UNNUMBERED)
    desk.reconcile()
    assert len(desk.groups()) == 1
    old = desk.id_of(D, A)
    desk.dossier(P, "tờ 7", **DESK | {"dossier_no": B})
    desk.reconcile()
    assert desk.groups() == {group((D, A)), group((P, "tờ 7"))}
    assert old in (desk.id_of(D, A), desk.id_of(P, "tờ 7"))
    assert desk.rows("select count(*) from core.match_evidence") == [(0,)]


def test_a_rival_that_comes_later_makes_it_doubtful(desk: Province) -> None:
    desk.dossier(D, A, **DESK)
    desk.dossier(P, "tờ 7", **DESK | UNNUMBERED)
    desk.reconcile()
    desk.dossier(D, B, **DESK)
    desk.reconcile()
    assert len(desk.groups()) == 3
    assert {reason for *_, reason in asked(desk)} == {"ambiguous"}


def test_a_second_run_writes_nothing(desk: Province) -> None:
    for number, key in ((A, "tờ 7"), (B, "tờ 8")):
        desk.dossier(D, number, **DESK)
        desk.dossier(P, key, **DESK | UNNUMBERED)
    batches = desk.load()
    desk.reconcile()
    before, told = desk.written(), "select ctid::text, xmin::text from core.{}"
    more = [desk.rows(told.format(name)) for name in ("review", "match_evidence")]
    desk.again(batches)
    assert desk.written() == before
    assert [desk.rows(told.format(name)) for name in ("review", "match_evidence")] == more

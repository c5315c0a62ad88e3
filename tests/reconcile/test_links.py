"""Chained procedures: dossiers that follow one another are linked, whichever side comes first, and never merged."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.reconcile.rows import Province

BIRTH, STAY, CARD = (f"000.00.31.H56-220915-000{n}" for n in (1, 2, 3))
C, D, S = "commune-1", "district-380", "province-5"


def links(province: Province) -> set[tuple[str, str, str]]:
    """Who is followed by whom and why, by dossier number."""
    rows = province.rows(
        "select a.dossier_no, b.dossier_no, l.kind from core.dossier_link l "
        "join core.dossier a using (dossier_id) join core.dossier b on b.dossier_id = l.next_dossier_id"
    )
    return set(rows)


RECORDS: list[tuple[str, str, dict[str, Any]]] = [
    (C, BIRTH, {}),
    (D, STAY, {"origin_no": BIRTH}),
    (S, CARD, {"origin_no": STAY}),
]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_links_come_whichever_side_comes_first(province: Province, order: tuple[int, ...]) -> None:
    for turn, n in enumerate(order):
        source, key, values = RECORDS[n]
        province.dossier(source, key, **values)
        province.reconcile(f"2022-10-0{turn + 1} 06:00")
    assert links(province) == {(BIRTH, STAY, "origin"), (STAY, CARD, "origin")}
    assert len(province.groups()) == 3


def test_links_follow_what_their_dossiers_become(province: Province) -> None:
    for source, key, values in RECORDS:
        province.dossier(source, key, **values)
    batches = province.load()
    province.again(batches)
    before = province.written()
    province.again(batches)
    assert province.written() == before
    # the origin turns out to be two records of one dossier: the link leads to it
    province.dossier("portal", "P1", dossier_no="000.00.31.H56-220915-0009", alt_dossier_no=BIRTH)
    province.reconcile("2022-10-02 06:00")
    assert links(province) == {(BIRTH, STAY, "origin"), (STAY, CARD, "origin")}
    # the follower names another origin, and later none
    province.dossier(S, CARD, origin_no="000.00.31.H56-220915-0009")
    province.reconcile("2022-10-03 06:00")
    assert links(province) == {(BIRTH, STAY, "origin"), (BIRTH, CARD, "origin")}
    province.dossier(S, CARD)
    province.reconcile("2022-10-04 06:00")
    assert links(province) == {(BIRTH, STAY, "origin")}
    # a number that its bearer gives up leads nowhere
    province.dossier(C, BIRTH, dossier_no="000.00.31.H56-220915-0007")
    province.dossier("portal", "P1", dossier_no="000.00.31.H56-220915-0009")
    province.reconcile("2022-10-05 06:00")
    assert links(province) == set()


def test_a_clerks_own_number_names_an_origin_only_when_one_bears_it(province: Province) -> None:
    own = {"dossier_no": "15/HS", "number_form": "legacy", "receiving_agency_code": "H.1"}
    province.dossier(D, "1", **own)
    province.dossier(D, "2", dossier_no=STAY, origin_no="15/HS")
    province.dossier("district-381", "3", dossier_no=CARD, origin_no="15/HS")
    province.reconcile()
    assert links(province) == {("15/HS", STAY, "origin")}
    province.dossier(D, "4", **own | {"receiving_agency_code": "H.2"})
    province.reconcile("2022-10-02 06:00")
    assert links(province) == set()
    province.dossier(D, "4", dossier_no="16/HS", number_form="legacy", receiving_agency_code="H.2")
    province.reconcile("2022-10-03 06:00")
    assert links(province) == {("15/HS", STAY, "origin")}


def test_a_group_is_led_by_its_own_dossier_else_by_the_first_received(province: Province) -> None:
    province.dossier(D, "100", dossier_no=BIRTH)
    province.dossier(D, "101", dossier_no=STAY, group_no="100")
    province.dossier(D, "102", dossier_no=CARD, group_no="100")
    province.dossier("district-381", "103", dossier_no="000.00.32.H56-220915-0004", group_no="100")
    province.reconcile()
    assert links(province) == {(BIRTH, STAY, "group"), (BIRTH, CARD, "group")}
    a, b = "000.00.33.H56-220915-0001", "000.00.33.H56-220914-0002"
    province.dossier("district-382", "1", dossier_no=a, group_no="g")
    province.dossier("district-382", "2", dossier_no=b, group_no="g", received_at="2022-09-14 08:00")
    province.reconcile("2022-10-02 06:00")
    assert links(province) == {(BIRTH, STAY, "group"), (BIRTH, CARD, "group"), (b, a, "group")}

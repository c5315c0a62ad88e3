"""Journeys of chained dossiers: a leg per dossier, each on its own clock, the journey on its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from hub import marts
from tests.mart.rows import COMMUNE, DEPARTMENT, DISTRICT, put, refresh

CHAINED = "1.010002"
BIRTH = {"received_at": "2022-07-01", "due_at": "2022-07-04", "status": 9, "finished_at": "2022-07-04",
         "procedure_code": CHAINED, "legal_due_at": "2022-07-21", "receiving_agency_id": COMMUNE}  # fmt: skip
STAY = {"received_at": "2022-07-05", "due_at": "2022-07-12", "status": 9, "finished_at": "2022-07-13",
        "receiving_agency_id": DISTRICT, "legal_due_at": "2022-07-12"}  # fmt: skip
CARD = {"received_at": "2022-07-13", "due_at": "2022-07-20", "status": 4, "receiving_agency_id": DEPARTMENT}


def chain(core: psycopg.Connection[Any], *pairs: tuple[int, int]) -> None:
    core.cursor().executemany("insert into core.dossier_link values (%s, %s, 'origin')", pairs)


def journeys(core: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return core.execute(
        "select hanh_trinh_id, ho_so_dau_id, ma_tthc, so_chang, so_chang_da_xong, ngay_tiep_nhan, han_theo_quy_dinh, "
        "ngay_ket_thuc, ket_qua_han from bi.lien_thong order by 1"
    ).fetchall()


def test_each_leg_has_its_own_clock_and_the_journey_its_own(core: psycopg.Connection[Any]) -> None:
    put(core, 3, "2022-07-14", **BIRTH)
    put(core, 2, "2022-07-14", **STAY)
    put(core, 1, "2022-07-14", **CARD)
    chain(core, (3, 2), (2, 1))
    refresh(core)
    begun, limit = date(2022, 7, 1), date(2022, 7, 21)
    assert journeys(core) == [(1, 3, CHAINED, 3, 2, begun, limit, None, None)]
    put(core, 1, "2022-07-20", **CARD | {"status": 10, "finished_at": "2022-07-19"})
    refresh(core)
    # the second leg was a day late, and still the journey ended before the limit of the chained procedure
    assert journeys(core) == [(1, 3, CHAINED, 3, 3, begun, limit, date(2022, 7, 19), "truoc_han")]
    legs = core.execute(
        "select thu_tu, ho_so_id, noi_tiep_ho_so_id, don_vi_tiep_nhan_id, ket_qua_han "
        "from bi.chang_lien_thong order by 1"
    ).fetchall()
    assert legs == [
        (1, 3, None, COMMUNE, "dung_han"),
        (2, 2, 3, DISTRICT, "qua_han"),
        (3, 1, 2, DEPARTMENT, "truoc_han"),
    ]
    assert refresh(core) == dict.fromkeys(marts.TABLES, 0) | {"verdict": 0}


def test_no_verdict_without_a_limit_of_the_chained_procedure(core: psycopg.Connection[Any]) -> None:
    put(core, 1, **BIRTH | {"legal_due_at": None})
    put(core, 2, **STAY)  # the leg's own limit is not the journey's
    chain(core, (1, 2))
    refresh(core)
    assert journeys(core) == [
        (1, 1, CHAINED, 2, 2, date(2022, 7, 1), None, date(2022, 7, 13), None),
    ]


def test_journeys_end_with_their_links_and_legs(core: psycopg.Connection[Any]) -> None:
    put(core, 1, "2022-07-14", **BIRTH)
    put(core, 2, "2022-07-14", **STAY)
    put(core, 3, "2022-07-14", **CARD)
    chain(core, (1, 2), (1, 3))
    refresh(core)
    put(core, 2, "2022-07-15", **STAY | {"is_deleted": True})
    refresh(core)
    assert [(row[0], row[3]) for row in journeys(core)] == [(1, 2)]
    core.execute("delete from core.dossier_link where next_dossier_id = 3")
    refresh(core)
    assert journeys(core) == []
    assert core.execute("select count(*) from mart.journey_leg").fetchone() == (0,)

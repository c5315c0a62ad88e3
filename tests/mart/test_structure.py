"""Figures by the structure of the day and of today: the reform, splits, several hops, codes given anew.

A small reform worked by hand. Communes A and B of district D became N on 2025-07-01; S was split into N and M (default
N); O became B in 2019, and B in 2024 had a code of its own; code X is given anew to the larger commune X went into.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import psycopg
import pytest

from hub import marts
from hub.reports import overdue
from hub.reports.ii06a import draw
from tests.mart.rows import at, put

FROM, TO = date(2025, 6, 1), date(2025, 6, 30)
D, A, B, S, O, B24, X, N, M, X25, LABOUR, HOME, HEALTH = range(11, 24)  # noqa: E741
REFORM, MERGED = "2025-07-01", "2025-03-01"
AGENCIES = [
    (D, "d", None, REFORM, "district", None), (A, "a", None, REFORM, "commune", "d"),
    (B24, "b24", "2024-02-01", REFORM, "commune", "d"), (B, "b", "2019-12-01", "2024-02-01", "commune", "d"),
    (O, "o", None, "2019-12-01", "commune", "d"), (S, "s", None, REFORM, "commune", "d"),
    (X, "x", None, REFORM, "commune", "d"), (N, "n", REFORM, None, "commune", "p"),
    (M, "m", REFORM, None, "commune", "p"),
    (X25, "x", REFORM, None, "commune", "p"), (LABOUR, "labour", None, MERGED, "department", "p"),
    (HOME, "home", None, None, "department", "p"), (HEALTH, "health", None, None, "department", "p"),
]  # fmt: skip
SUCCESSION = [
    ("d", "", REFORM, "dissolved", False), ("a", "n", REFORM, "full", True), ("o", "b", "2019-12-01", "merged", True),
    ("b", "b24", "2024-02-01", "unchanged", True), ("b24", "n", REFORM, "full", True),
    ("s", "n", REFORM, "partial", True), ("s", "m", REFORM, "remainder", False), ("x", "x", REFORM, "full", True),
    ("labour", "home", MERGED, "merged", True),
    ("labour", "health", MERGED, "partial", False),
]  # fmt: skip
OPEN = {"received_at": "2025-06-10", "due_at": "2025-07-10", "status": 4}
DONE = OPEN | {"status": 9, "finished_at": "2025-06-20"}


@pytest.fixture
def reform(core: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    for id_, code, start, end, level, parent in AGENCIES:
        core.execute(
            "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, parent_agency_code, "
            "sort_key) values (%s, %s, %s, %s, %s, %s, %s, '')",
            (id_, code, start or "-infinity", end or "infinity", code.upper(), level, parent),
        )
    for row in SUCCESSION:
        core.execute("insert into core.agency_succession values (%s, %s, %s, %s, %s, 'x')", row)
    return core


def refresh(core: psycopg.Connection[Any], day: str = "2025-08-01") -> None:
    marts.refresh(core, at(day))


def counted(core: psycopg.Connection[Any], structure: str, when: tuple[date, date] = (FROM, TO)) -> dict[int, int]:
    rows = core.execute(
        "select don_vi_id, sum(tiep_nhan_tong)::int from bi.ii06a(%s, %s, null, null, %s) group by 1",
        (*when, structure),
    )
    return dict(rows.fetchall())


def basis(core: psycopg.Connection[Any]) -> dict[int, tuple[int, str | None]]:
    rows = core.execute(
        "select ho_so_id, don_vi_id, quy_doi from bi.ii06a_ho_so(%s, %s, null, null, 'hien_nay')", (FROM, TO)
    )
    return {dossier: (agency, how) for dossier, agency, how in rows}


# (receiver, holder by the newest record, where it counts today, by which rule)
SHARED: list[tuple[int, int, int, str | None]] = [
    (A, A, N, "ke_tuc"),
    (O, O, N, "ke_tuc"),  # four hops: 2019, 2024, 2025
    (B, B, N, "ke_tuc"),
    (S, S, N, "mac_dinh"),
    (S, N, N, "bang_chung"),
    (S, M, M, "bang_chung"),
    (S, HOME, N, "mac_dinh"),  # an agency that cannot have taken over is no evidence
    (X, X, X25, "ke_tuc"),  # the same code, another commune
    (D, D, D, "khong_ro"),
    (D, M, M, "bang_chung"),
    (D, HEALTH, HEALTH, "bang_chung"),
    (D, A, N, "bang_chung"),  # a holder that is no more either stands for its successor
    (LABOUR, LABOUR, HOME, "mac_dinh"),
    (LABOUR, HEALTH, HEALTH, "bang_chung"),
    (HOME, HOME, HOME, None),
    (HOME, HEALTH, HOME, None),  # whoever stands keeps what it received
    (0, 0, 0, None),
]


def test_each_dossier_is_counted_once_where_it_belongs_today(reform: psycopg.Connection[Any]) -> None:
    for number, (receiver, holder, _, _) in enumerate(SHARED):
        put(reform, number, "2025-07-15", **OPEN, receiving_agency_id=receiver, holder_agency_id=holder)
    refresh(reform)
    assert basis(reform) == {n: (agency, how) for n, (_, _, agency, how) in enumerate(SHARED)}
    then, today = counted(reform, "khi_do"), counted(reform, "hien_nay")
    assert then == {A: 1, O: 1, B: 1, S: 4, X: 1, D: 4, LABOUR: 2, HOME: 2, 0: 1}
    assert today == {N: 7, M: 2, X25: 1, D: 1, HEALTH: 2, HOME: 3, 0: 1}
    assert sum(then.values()) == sum(today.values()) == len(SHARED)


def test_before_the_reform_today_is_then(reform: psycopg.Connection[Any]) -> None:
    put(reform, 1, "2025-06-15", **OPEN, receiving_agency_id=S)
    put(reform, 2, "2025-06-15", **OPEN, receiving_agency_id=D)
    put(reform, 3, "2025-06-15", **OPEN, receiving_agency_id=O)
    refresh(reform, "2025-06-30")
    assert counted(reform, "khi_do") == {S: 1, D: 1, O: 1}
    assert counted(reform, "hien_nay") == {S: 1, D: 1, B24: 1}
    refresh(reform, "2025-07-01")
    assert counted(reform, "hien_nay") == {N: 2, D: 1}


def test_every_column_keeps_its_sum(reform: psycopg.Connection[Any]) -> None:
    for number, (receiver, holder, _, _) in enumerate(SHARED):
        values = DONE if number % 2 else OPEN | {"channel": 2}
        put(reform, number, "2025-07-15", **values, receiving_agency_id=receiver, holder_agency_id=holder)
    refresh(reform)
    then, today = (draw(reform, FROM, TO, structure=structure) for structure in ("then", "today"))
    assert then.total == today.total
    assert (then.approximate, today.approximate) == (0, 4)  # S twice by default, LABOUR by default, D left where it is
    assert {line.agency_code for line in today.lines} == {"n", "m", "x", "d", "health", "home", "?"}
    only_n = draw(reform, FROM, TO, agency="n", structure="today")
    assert only_n.total.intake_total == 7


def test_verdicts_are_counted_where_the_form_counts(reform: psycopg.Connection[Any]) -> None:
    for number, (receiver, holder, _, _) in enumerate(SHARED):
        values = OPEN | {"due_at": "2025-06-20"} if number % 2 else DONE
        put(reform, number, "2025-07-15", **values, receiving_agency_id=receiver, holder_agency_id=holder)
    refresh(reform)
    ask = "select ho_so_id, don_vi_id, quy_doi, ket_qua from bi.phan_quyet('ii06a_td_v1', %s, null, %s)"
    then, today = (reform.execute(ask, (TO, structure)).fetchall() for structure in ("khi_do", "hien_nay"))
    assert {(n, agency, how) for n, agency, how, _ in today} == {(n, a, how) for n, (_, _, a, how) in enumerate(SHARED)}
    assert {(n, agency, how) for n, agency, how, _ in then} == {(n, r, None) for n, (r, _, _, _) in enumerate(SHARED)}
    assert {(n, said) for n, _, _, said in then} == {(n, said) for n, _, _, said in today}, "who is late stays so"
    lists = [overdue.draw(reform, FROM, TO, structure=structure) for structure in ("then", "today")]
    late = range(1, len(SHARED), 2)
    names = {id_: code for id_, code, *_ in AGENCIES} | {0: "?"}
    assert Counter(row.agency_code for row in lists[0].rows) == Counter(names[SHARED[n][0]] for n in late)
    assert Counter(row.agency_code for row in lists[1].rows) == Counter(names[SHARED[n][2]] for n in late)
    assert [drawn.approximate for drawn in lists] == [0, sum(SHARED[n][3] in ("mac_dinh", "khong_ro") for n in late)]


def test_another_word_for_the_structure_is_refused(reform: psycopg.Connection[Any]) -> None:
    wrong = {
        "khi_do": "select * from bi.ii06a('2025-06-01', '2025-06-30', null, null, 'hiện nay')",
        "hien_nay": "select * from bi.phan_quyet('ii06a_td_v1', '2025-06-30', null, 'today')",
        "then": "select * from mart.verdicts('ii06a_td_v1', '2025-06-30', 'infinity', 'khi_do')",
    }
    for word, query in wrong.items():
        with pytest.raises(psycopg.errors.InvalidParameterValue, match=word), reform.transaction():
            reform.execute(query.encode())


def test_open_dossiers_show_who_has_them_now(reform: psycopg.Connection[Any]) -> None:
    put(reform, 1, "2025-07-15", **OPEN, receiving_agency_id=A, holder_agency_id=A)
    put(reform, 2, "2025-07-15", **OPEN, receiving_agency_id=D, holder_agency_id=M)
    put(reform, 3, "2025-07-15", **DONE, receiving_agency_id=D, holder_agency_id=D)
    refresh(reform)
    rows = reform.execute("select don_vi_tiep_nhan, don_vi_dang_giu from bi.ho_so order by ho_so_id").fetchall()
    assert rows == [("A", "N"), ("D", "M"), ("D", None)]

"""Form II.06a worked by hand: one dossier per line with the columns that must count it.

The period is the VPCP third quarter of 2022 (15/6 to 14/9); dossiers are due 2022-08-01 where nothing else is said.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import psycopg

from tests.mart.rows import COMMUNE, DEPARTMENT, at, end, put, refresh, set_rule, stops

FROM, TO = date(2022, 6, 15), date(2022, 9, 14)
MEASURES = (
    "tiep_nhan_tong, tiep_nhan_truc_tuyen, tiep_nhan_truc_tiep_buu_chinh, tu_ky_truoc, "
    "da_giai_quyet_tong, truoc_han, dung_han, qua_han, dang_giai_quyet_tong, trong_han, qua_han_chua_xong"
)
JULY = {"received_at": "2022-07-01 08:00", "due_at": "2022-08-01 17:00"}
DONE = JULY | {"status": 9}
LATE = DONE | {"finished_at": "2022-08-02 00:00"}
OPEN = JULY | {"status": 4}
MAY = {"received_at": "2022-05-05", "due_at": "2022-08-01"}
LATE_DUE = {"due_at": "2022-09-14 00:00"}

# (what, values, column of receipt, column of result); None, None: not in the form
CASES: list[tuple[str, dict[str, Any], int | None, int | None]] = [
    ("online, early", DONE | {"channel": 2, "finished_at": "2022-07-31 23:59"}, 4, 8),
    ("direct, finish on the due day but after its hour", DONE | {"finished_at": "2022-08-01 23:59"}, 5, 9),
    ("postal, a day late", LATE | {"channel": 3}, 5, 10),
    ("no channel is direct", LATE | {"channel": None}, 5, 10),
    ("finished without due", DONE | {"due_at": None, "finished_at": "2022-09-01"}, 5, 9),
    ("withdrawn long after due", JULY | {"status": 7, "withdrawn_at": "2022-09-01"}, 5, 9),
    ("withdrawn before due", JULY | {"status": 7, "withdrawn_at": "2022-07-10"}, 5, 9),
    ("received on the first day", OPEN | LATE_DUE | {"received_at": "2022-06-15 00:00"}, 5, 12),
    ("received the evening before", OPEN | {"received_at": "2022-06-14 23:59"}, 6, 13),
    ("received on the last day", OPEN | LATE_DUE | {"received_at": "2022-09-14 23:59"}, 5, 12),
    ("received after the period", OPEN | {"received_at": "2022-09-15 00:00"}, None, None),
    ("carried over, finished on the first day", MAY | {"status": 9, "finished_at": "2022-06-15"}, 6, 8),
    ("finished the day before the period", MAY | {"status": 9, "finished_at": "2022-06-14 23:59"}, None, None),
    ("finished on the last day", DONE | {"finished_at": "2022-09-14 23:59"}, 5, 10),
    ("finished after the period is open", DONE | {"finished_at": "2022-09-15"}, 5, 13),
    ("open, due on the last day", OPEN | LATE_DUE, 5, 12),
    ("open, due the day before", OPEN | {"due_at": "2022-09-13 23:59"}, 5, 13),
    ("open without due", OPEN | {"due_at": None}, 5, 12),
    ("waits for a supplement", JULY | {"status": 5, "stops": stops(("2022-07-20", None))}, 5, 12),
    ("asked in the last minute", JULY | {"status": 5, "stops": stops(("2022-09-14 23:59", None))}, 5, 12),
    ("asked after the period", JULY | {"status": 5, "stops": stops(("2022-09-15", None))}, 5, 13),
    ("supplement came in time, still open", OPEN | {"stops": stops(("2022-07-20", "2022-07-25"))}, 5, 13),
    ("supplement came after the period", OPEN | {"stops": stops(("2022-07-20", "2022-09-15"))}, 5, 12),
    ("financial obligation, moment not known", JULY | {"status": 6}, 5, 12),
    ("waits anew, moment not known", JULY | {"status": 5, "stops": stops(("2022-07-20", "2022-07-25"))}, 5, 12),
    ("suspended", JULY | {"status": 8, "stops": stops(("2022-08-20", None))}, 5, 12),
    ("a stop does not excuse a late finish", LATE | {"stops": stops(("2022-07-20", None))}, 5, 10),
    ("finished before receipt", DONE | {"finished_at": "2022-06-01"}, 5, 8),
    ("registered only", JULY | {"status": 1}, None, None),
    ("refused at the desk", JULY | {"status": 3}, None, None),
    ("deleted", OPEN | {"is_deleted": True}, None, None),
]


def figures(core: psycopg.Connection[Any], *moments: date | datetime | None) -> list[tuple[int, ...]]:
    statement = f"select {MEASURES} from bi.ii06a(%s, %s{', %s' * len(moments)}) order by ma_don_vi, linh_vuc"
    return core.execute(statement.encode(), (FROM, TO, *moments)).fetchall()


def test_each_dossier_in_its_columns(core: psycopg.Connection[Any]) -> None:
    for number, (_, values, _, _) in enumerate(CASES):
        put(core, number, **values)
    refresh(core)
    rows = core.execute("select ho_so_id, cot_tiep_nhan, cot_giai_quyet from bi.ii06a_ho_so(%s, %s)", (FROM, TO))
    found = {number: (receipt, result) for number, receipt, result in rows}
    expected = {what: (receipt, result) for what, _, receipt, result in CASES}
    assert {what: found.get(number, (None, None)) for number, what in enumerate(expected)} == expected


def test_the_table_adds_up(core: psycopg.Connection[Any]) -> None:
    for number, (_, values, _, _) in enumerate(CASES):
        put(core, number, **values)
    refresh(core)
    # counted by hand from CASES
    assert figures(core) == [(26, 1, 23, 2, 11, 3, 4, 4, 15, 10, 5)]


def test_rows_are_by_receiving_agency_and_field(core: psycopg.Connection[Any]) -> None:
    put(core, 1, **OPEN, processing_agency_id=DEPARTMENT)
    put(core, 2, **OPEN, procedure_code="1.010002")
    put(core, 3, **OPEN | {"receiving_agency_id": DEPARTMENT})
    put(core, 4, **OPEN | {"receiving_agency_id": None})
    refresh(core)
    rows = core.execute(
        "select don_vi_id, ma_don_vi, ten_don_vi, cap_don_vi, nhom_don_vi, linh_vuc, tiep_nhan_tong "
        "from bi.ii06a(%s, %s) order by 2, 6",
        (FROM, TO),
    ).fetchall()
    assert rows == [
        (DEPARTMENT, "000.00.05.H56", "Sở Tư pháp", "department", "so-ban-nganh", "Đất đai", 1),
        (COMMUNE, "000.01.31.H56", "UBND xã Tam Chung", "commune", "xa-phuong", "Hộ tịch", 1),
        (COMMUNE, "000.01.31.H56", "UBND xã Tam Chung", "commune", "xa-phuong", "Đất đai", 1),
        (0, "?", "Cơ quan chưa xác định", "unknown", None, "Đất đai", 1),
    ]


def test_as_of_an_earlier_day_later_events_are_not_known(core: psycopg.Connection[Any]) -> None:
    put(core, 1, **DONE | {"finished_at": "2022-08-05"})
    put(core, 2, **OPEN | {"received_at": "2022-08-02"})
    put(core, 3, **MAY, status=9, finished_at="2022-06-10")
    refresh(core)
    assert figures(core, date(2022, 8, 1)) == [(1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0)]
    assert figures(core, date(2022, 8, 2)) == [(2, 0, 2, 0, 0, 0, 0, 0, 2, 0, 2)]
    assert figures(core, date(2022, 8, 5)) == [(2, 0, 2, 0, 1, 0, 0, 1, 1, 0, 1)]
    # before the period began, what was closed in between is still open and carried over
    assert figures(core, date(2022, 6, 9)) == [(1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0)]


def test_as_of_a_later_day_finishes_after_the_period_are_resolved(core: psycopg.Connection[Any]) -> None:
    put(core, 1, **DONE | {"finished_at": "2022-09-20"})
    put(core, 2, **OPEN | {"received_at": "2022-09-20"})
    refresh(core)
    assert figures(core, date(2022, 9, 30)) == [(1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0)]


def test_a_change_recorded_later_leaves_the_former_figure_reproducible(core: psycopg.Connection[Any]) -> None:
    put(core, 1, "2022-09-15 06:00", **OPEN)
    put(core, 2, "2022-09-15 06:00", **OPEN)
    refresh(core)
    former = figures(core)
    put(core, 1, "2022-10-20 06:00", **DONE | {"finished_at": "2022-07-20"})
    end(core, 2, "2022-10-20 06:00")
    refresh(core)
    assert former == [(2, 0, 2, 0, 0, 0, 0, 0, 2, 0, 2)]
    assert figures(core) == [(1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0)]
    assert figures(core, None, at("2022-10-20 05:59")) == former
    assert figures(core, None, at("2022-10-20 06:00")) == figures(core)
    assert figures(core, None, at("2022-09-15 05:59")) == []


def test_waiting_dossiers_go_where_the_rule_says(core: psycopg.Connection[Any]) -> None:
    put(core, 1, **JULY, status=5, stops=stops(("2022-07-20", None)))
    put(core, 2, **OPEN)
    refresh(core)
    assert figures(core) == [(2, 0, 2, 0, 0, 0, 0, 0, 2, 1, 1)]
    set_rule(core, 9, "2022-11-01")
    refresh(core)
    assert figures(core) == [(2, 0, 2, 0, 1, 0, 1, 0, 1, 0, 1)]
    assert figures(core, None, at("2022-10-31")) == [(2, 0, 2, 0, 0, 0, 0, 0, 2, 1, 1)]
    core.execute("delete from mart.rule")
    assert figures(core) == [(2, 0, 2, 0, 0, 0, 0, 0, 2, 1, 1)]


def test_repairs_are_listed_by_agency_and_basis(core: psycopg.Connection[Any]) -> None:
    put(core, 1, **OPEN)
    put(core, 2, **DONE | {"received_at": None, "submitted_at": "2022-07-01"}, returned_at="2022-06-20")
    put(core, 3, "2022-07-20", **DONE)
    put(core, 4, **DONE | {"finished_at": "2022-07-01"})
    put(core, 5, **DONE | {"finished_at": "2022-06-20"})
    put(core, 6, **JULY | {"status": 1}, finished_at="2022-06-20")
    refresh(core)
    rows = core.execute(
        "select ma_don_vi, ten_don_vi, muc, can_cu, so_ho_so from bi.ii06a_hieu_chinh(%s, %s) order by 3, 4", (FROM, TO)
    ).fetchall()
    commune = ("000.01.31.H56", "UBND xã Tam Chung")
    assert rows == [
        (*commune, "ngay_ket_thuc", "before_receipt", 2),
        (*commune, "ngay_ket_thuc", "recorded", 1),
        (*commune, "ngay_ket_thuc", "returned_at", 1),
        (*commune, "ngay_tiep_nhan", "submitted_at", 1),
    ]

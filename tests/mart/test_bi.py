"""What BI tools see: names, comments, rights and the rows of the views."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from hub.warehouse.engine import Warehouse
from tests.mart.rows import end, found_province, put, refresh

DONE = {"received_at": "2022-07-01", "due_at": "2022-07-20", "status": 9}


def test_every_view_and_column_is_named_and_explained(core: psycopg.Connection[Any]) -> None:
    columns = core.execute(
        "select c.relname, a.attname, col_description(c.oid, a.attnum), obj_description(c.oid), "
        "       coalesce(c.reloptions::text, '') "
        "from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 "
        "where c.relnamespace = 'bi'::regnamespace and c.relkind = 'v'"
    ).fetchall()
    assert {"ho_so", "don_vi", "thu_tuc", "ngay"} <= {view for view, *_ in columns}
    assert [(view, name) for view, name, *_ in columns if not (view + name).replace("_", "a").isascii()] == []
    assert [(view, name) for view, name, comment, about, _ in columns if not comment or not about] == []
    assert [view for view, *_, options in columns if "security_invoker=true" not in options] == []


def test_every_function_is_explained_and_reads_with_the_rights_of_who_asks(core: psycopg.Connection[Any]) -> None:
    functions = core.execute(
        "select proname, obj_description(oid, 'pg_proc'), prosecdef, provolatile from pg_proc "
        "where pronamespace = 'bi'::regnamespace"
    ).fetchall()
    assert {"ii06a", "ii06a_ho_so", "ii06a_hieu_chinh"} <= {name for name, *_ in functions}
    assert [name for name, comment, definer, kind in functions if not comment or definer or kind not in "si"] == []


def test_the_bi_role_reads_everything_of_bi(warehouse: Warehouse) -> None:
    with warehouse.begin() as connection:
        found_province(connection)
        put(connection, 1, **DONE)
        refresh(connection)
    with warehouse.begin("bi") as connection:
        for relation in ("ho_so", "don_vi", "thu_tuc", "ii06a('2022-06-15', '2022-09-14')"):
            rows = connection.execute(f"select * from bi.{relation}".encode()).fetchall()
            assert rows, relation
        connection.execute("select * from bi.ngay")
        connection.execute("select * from bi.ii06a_hieu_chinh('2022-06-15', '2022-09-14')")


def test_dossiers_with_names_and_verdict(core: psycopg.Connection[Any]) -> None:
    put(core, 1, "2022-07-02", **DONE | {"status": 4})
    put(core, 1, "2022-07-20", **DONE | {"finished_at": "2022-07-19 23:00", "channel": 2})
    put(core, 2, **DONE | {"finished_at": "2022-07-20 23:00", "processing_agency_id": 2})
    put(core, 3, **DONE | {"finished_at": "2022-07-21", "procedure_code": "8.000001", "procedure_name": "Ở nguồn"})
    put(core, 4, **DONE | {"finished_at": "2022-07-21", "due_at": None})
    put(core, 5, **DONE | {"status": 7, "withdrawn_at": "2022-07-21"})
    put(core, 6, **DONE | {"status": 4})
    put(core, 7, **DONE | {"is_deleted": True})
    put(core, 8, status=1, submitted_at="2022-07-01")
    put(core, 9, "2022-07-02", **DONE)
    end(core, 9, "2022-07-03")
    refresh(core)
    rows = core.execute(
        "select ho_so_id, ten_tthc, don_vi_tiep_nhan, don_vi_giai_quyet, kenh, trang_thai, han_tra, ket_qua_han, "
        "duoc_tinh from bi.ho_so order by 1"
    ).fetchall()
    land, commune, none, due = "Đăng ký đất đai", "UBND xã Tam Chung", "Cơ quan chưa xác định", date(2022, 7, 20)
    done = "Đã xử lý xong"
    assert rows == [
        (1, land, commune, none, "Trực tuyến", done, due, "truoc_han", True),
        (2, land, commune, "Sở Tư pháp", "Trực tiếp", done, due, "dung_han", True),
        (3, "Ở nguồn", commune, none, "Trực tiếp", done, due, "qua_han", True),
        (4, land, commune, none, "Trực tiếp", done, None, "dung_han", True),
        (5, land, commune, none, "Trực tiếp", None, due, "dung_han", True),
        (6, land, commune, none, "Trực tiếp", None, due, None, True),
        (8, land, commune, none, "Trực tiếp", None, None, None, False),
    ]


def test_open_validity_is_null_for_tools_that_cannot_read_infinity(core: psycopg.Connection[Any]) -> None:
    refresh(core)
    rows = core.execute("select ma_don_vi, hieu_luc_tu, hieu_luc_den from bi.don_vi where don_vi_id in (1, 3)")
    assert sorted(rows) == [("000.00.00.H56", None, None), ("000.00.31.H56", None, date(2025, 7, 1))]

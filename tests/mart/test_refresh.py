"""The refresh is incremental, idempotent to the last WAL byte, and equal to a rebuild."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from hub import marts
from hub.warehouse.engine import Warehouse
from tests.mart.rows import COMMUNE, at, end, found_province, put, refresh

NOTHING = dict.fromkeys((*marts.TABLES, "verdict"), 0)


def contents(core: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return core.execute("select v::text from mart.dossier_version v order by dossier_id, recorded_from").fetchall()


def test_new_versions_come_and_old_ones_are_closed(core: psycopg.Connection[Any]) -> None:
    put(core, 1, "2022-07-01", received_at="2022-07-01", status=4)
    put(core, 2, "2022-07-01", received_at="2022-07-01", status=4)
    assert refresh(core)["dossier_version"] == 2
    put(core, 1, "2022-07-05", received_at="2022-07-01", status=9, finished_at="2022-07-04")
    assert refresh(core)["dossier_version"] == 2  # one closed, one new; dossier 2 is not touched
    rows = core.execute(
        "select dossier_id, status, nullif(recorded_to, 'infinity') from mart.dossier_version order by 1, 3"
    ).fetchall()
    assert rows == [(1, 4, at("2022-07-05")), (1, 9, None), (2, 4, None)]


def test_a_merged_dossier_ends_without_a_row(core: psycopg.Connection[Any]) -> None:
    put(core, 1, "2022-07-01", received_at="2022-07-01", status=4)
    refresh(core)
    end(core, 1, "2022-07-05")
    refresh(core)
    assert core.execute("select recorded_to from mart.dossier_version").fetchall() == [(at("2022-07-05"),)]
    assert refresh(core) == NOTHING


def test_incremental_equals_full(core: psycopg.Connection[Any]) -> None:
    for day, status in enumerate((2, 4, 5, 9, 10), start=1):
        put(core, 1, f"2022-07-0{day}", received_at="2022-07-01", status=status)
        put(core, 2, f"2022-07-0{day}", submitted_at="2022-07-01", status=status, procedure_code="8.000001")
        refresh(core)
    before = contents(core)
    assert refresh(core, full=True) == NOTHING
    core.execute("delete from mart.dossier_version")
    refresh(core)
    assert contents(core) == before


def test_a_full_refresh_mends_what_would_be_derived_otherwise_now(core: psycopg.Connection[Any]) -> None:
    put(core, 1, received_at="2022-07-01", status=4, procedure_code="8.000001", procedure_name="Tên ở nguồn")
    refresh(core)
    core.execute(
        "insert into core.procedure (procedure_code, name, field_name, in_catalogue_from) "
        "values ('8.000001', 'Tên chính thức', 'Lĩnh vực mới', '2026-07-01')"
    )
    assert refresh(core) == NOTHING | {"procedure": 1}
    assert refresh(core, full=True) == NOTHING | {"dossier_version": 1}
    assert core.execute("select field_name from mart.dossier_version").fetchall() == [("Lĩnh vực mới",)]


def test_unknown_procedures_are_kept_under_their_first_name(core: psycopg.Connection[Any]) -> None:
    put(core, 1, "2022-07-01", status=4, procedure_code="8.000001")
    put(core, 1, "2022-07-02", status=4, procedure_code="8.000001", procedure_name="Tên đầu", field_name="Thủy lợi")
    put(core, 2, "2022-07-03", status=4, procedure_code="8.000001", procedure_name="Tên sau")
    put(core, 3, "2022-07-03", status=4, procedure_code="8.000002")
    refresh(core)
    put(core, 4, "2022-07-04", status=4, procedure_code="8.000001", procedure_name="Tên nữa")
    assert refresh(core)["procedure"] == 0
    found = core.execute("select * from mart.procedure where not in_catalogue order by 1").fetchall()
    assert found == [
        ("8.000001", "Tên đầu", "Thủy lợi", None, False),
        ("8.000002", "8.000002", "Chưa xác định", None, False),
        ("?", "Thủ tục chưa xác định", "Chưa xác định", None, False),
    ]


def test_an_empty_core_still_has_its_unknown_members(warehouse: Warehouse) -> None:
    with warehouse.begin() as connection:
        assert refresh(connection) == NOTHING | {"agency": 1, "procedure": 1}
        assert refresh(connection) == NOTHING


def test_a_refresh_without_news_writes_no_wal(warehouse: Warehouse) -> None:
    with warehouse.begin() as connection:
        found_province(connection)
        put(connection, 1, "2022-07-01", received_at="2022-07-01", status=4)
        put(connection, 1, "2022-07-02", received_at="2022-07-01", status=9)
    with warehouse.begin("matcher") as connection:
        assert refresh(connection)["dossier_version"] == 2
    for full in (False, True):
        with warehouse.begin("matcher") as connection:
            assert refresh(connection, full=full) == NOTHING
            # only a transaction that wrote has an id
            assert connection.execute("select pg_current_xact_id_if_assigned()").fetchone() == (None,)


def test_agencies_lead_to_their_successor_of_the_day(core: psycopg.Connection[Any]) -> None:
    core.execute(
        "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
        "values (5, 'H56.101', '2025-07-01', 'infinity', 'UBND xã Mới', 'commune', 'e')"
    )
    core.execute(
        "insert into core.agency_succession values "
        "('000.01.31.H56', 'H56.101', '2025-07-01', 'full', true, 'x'), "
        "('000.00.31.H56', '', '2025-07-01', 'dissolved', false, 'x')"
    )

    def current() -> dict[int, str | None]:
        return dict(core.execute("select agency_id, current_agency_code from mart.agency where agency_id > 2"))

    marts.refresh(core, at("2025-06-30 23:00"))
    assert current() == {3: "000.00.31.H56", COMMUNE: "000.01.31.H56", 5: None}
    marts.refresh(core, at("2025-07-01 00:00"))
    assert current() == {3: None, COMMUNE: "H56.101", 5: "H56.101"}


def test_days_know_their_periods(core: psycopg.Connection[Any]) -> None:
    core.execute(
        "insert into core.calendar_day select d, '-infinity', 'infinity', true, false, null, false, 0 "
        "from unnest(%s::date[]) d",
        ([date(2022, 6, 14), date(2022, 6, 15), date(2022, 12, 14), date(2022, 12, 15), date(2022, 1, 31)],),
    )
    core.execute(
        "insert into core.calendar_day values "
        "('2022-06-14', '-infinity', '2022-01-01 00:00+07', false, false, 'lịch cũ', false, 0) on conflict do nothing"
    )
    refresh(core)
    found = core.execute("select day, vpcp_month, vpcp_quarter, calendar_month from mart.day order by 1").fetchall()
    assert found == [
        (date(2022, 1, 31), "2022-02", "2022-Q1", "2022-01"),
        (date(2022, 6, 14), "2022-06", "2022-Q2", "2022-06"),
        (date(2022, 6, 15), "2022-07", "2022-Q3", "2022-06"),
        (date(2022, 12, 14), "2022-12", "2022-Q4", "2022-12"),
        (date(2022, 12, 15), "2023-01", "2023-Q1", "2022-12"),
    ]

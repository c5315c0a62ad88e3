"""Loading reference data: complete, without a trace when repeated, and without changing a past calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from hub import reference
from hub.warehouse.engine import Warehouse

BEFORE = datetime(2025, 12, 1, 8, tzinfo=UTC)
AFTER = datetime(2026, 9, 1, 8, tzinfo=UTC)


def load(warehouse: Warehouse, now: datetime) -> dict[str, int]:
    with warehouse.begin("matcher") as connection:
        return reference.load_reference(connection, now)


def rows(warehouse: Warehouse, statement: str, *values: Any) -> list[Any]:
    with warehouse.begin("matcher") as connection:
        return connection.execute(statement, values).fetchall()


def versions(connection: psycopg.Connection[Any]) -> list[Any]:
    statement = "select xmin::text, ctid::text from core.{} order by ctid"
    names = ("agency", "admin_unit", "procedure", "calendar_day")
    return [connection.execute(statement.format(name)).fetchall() for name in names]


def test_a_second_load_writes_nothing(warehouse: Warehouse) -> None:
    first = load(warehouse, BEFORE)
    assert first["core.agency"] == reference.agencies().height + 1
    assert first["core.procedure"] == reference.procedures().height + 1
    assert first["core.admin_unit"] == reference.admin_units().height
    assert first["core.agency_succession"] == reference.agency_succession().height
    assert first["core.procedure_time_limit"] == reference.procedure_limits().height
    assert first["ops.rule_config"] > 0 and first["core.code_list"] == 20
    with warehouse.begin("matcher") as connection:
        kept = versions(connection)
    second = load(warehouse, BEFORE + timedelta(hours=1))
    assert set(second) == set(first) and not any(second.values())
    with warehouse.begin("matcher") as connection:
        assert versions(connection) == kept


def test_open_ends_unknown_members_and_order(warehouse: Warehouse) -> None:
    load(warehouse, BEFORE)
    assert rows(warehouse, "select agency_code, name from core.agency where agency_id = 0") == [
        ("?", "Cơ quan chưa xác định")
    ]
    in_force = "select count(*) from core.agency where level = %s and %s >= valid_from and %s < valid_to"
    for day, count in ((date(2022, 7, 1), 559), (date(2025, 7, 1), 166)):
        assert rows(warehouse, in_force, "commune", day, day) == [(count,)]
    departments = (
        "select name from core.agency where level = 'department' and agency_code < '000.00.04' order by sort_key"
    )
    assert [name for (name,) in rows(warehouse, departments)] == ["Sở Nội vụ", "Sở Tư pháp", "Văn phòng UBND tỉnh"]
    status = "select canonical, properties from core.code_list where list = 'status' and code = '9'"
    assert rows(warehouse, status) == [("finished", "td_group=da_xu_ly; closed=1")]
    limit = "select channel, limit_value from core.procedure_time_limit where procedure_code = '1.012766' order by 1"
    assert rows(warehouse, limit) == [(1, 13), (2, 3)]


def test_a_late_announcement_closes_the_old_day_and_keeps_it(warehouse: Warehouse) -> None:
    load(warehouse, BEFORE)
    written = load(warehouse, AFTER)
    day = """select is_working, working_index from core.calendar_day
        where day = %s and recorded_from <= %s and recorded_to > %s"""
    new_year = date(2026, 1, 2)
    ((was, index_was),) = rows(warehouse, day, new_year, BEFORE, BEFORE)
    ((now, index_now),) = rows(warehouse, day, new_year, AFTER, AFTER)
    assert (was, now, index_was - index_now) == (True, False, 1)
    # a day without news keeps its one row, and every day has exactly one row at any moment
    assert rows(warehouse, "select count(*) from core.calendar_day where day = '2025-06-02'") == [(1,)]
    doubled = """select day from core.calendar_day where recorded_to = 'infinity' group by day having count(*) <> 1"""
    assert rows(warehouse, doubled) == []
    assert written["core.agency"] == 0 and 0 < written["core.calendar_day"] < 1500


def test_a_clock_set_back_mends_what_it_opened(warehouse: Warehouse) -> None:
    load(warehouse, BEFORE)
    load(warehouse, AFTER)
    load(warehouse, BEFORE + timedelta(days=1))
    upside_down = "select count(*) from core.calendar_day where recorded_to <= recorded_from"
    assert rows(warehouse, upside_down) == [(0,)]


def test_an_edited_rule_keeps_its_past(warehouse: Warehouse) -> None:
    load(warehouse, BEFORE)
    with warehouse.begin("matcher") as connection:
        connection.execute(
            "update ops.rule_config set parameters = '{\"waiting_supplement_column\": 9}' where rule_id = 'ii06a_td_v1'"
        )
    assert load(warehouse, AFTER)["ops.rule_config"] == 1
    history = (
        "select parameters->>'waiting_supplement_column', recorded_to = %s from ops.rule_config where rule_id = %s"
    )
    assert sorted(rows(warehouse, history, AFTER, "ii06a_td_v1")) == [("12", False), ("9", True)]


@pytest.mark.parametrize("table", ["core.agency", "core.procedure"])
def test_a_damaged_row_is_mended_under_its_number(warehouse: Warehouse, table: str) -> None:
    load(warehouse, BEFORE)
    before = rows(warehouse, "select agency_id, agency_code from core.agency order by 1")
    with warehouse.begin("matcher") as connection:
        connection.execute(f"update {table} set name = 'x' where name like 'UBND xã Hoằng Đ%%' or name like 'Tách hộ'")
    assert load(warehouse, BEFORE)[table] > 0
    assert rows(warehouse, f"select count(*) from {table} where name = 'x'") == [(0,)]
    assert rows(warehouse, "select agency_id, agency_code from core.agency order by 1") == before


def test_lists_that_are_there_are_not_loaded_again_the_same_day(warehouse: Warehouse, monkeypatch: Any) -> None:
    def ensure(now: datetime) -> bool:
        with warehouse.begin("matcher") as connection:
            return reference.ensure_reference(connection, now)

    assert ensure(BEFORE)
    assert not ensure(BEFORE + timedelta(hours=1))
    assert ensure(BEFORE + timedelta(days=1)), "what was announced until today is part of the calendar"
    assert not ensure(BEFORE + timedelta(days=1))
    monkeypatch.setattr(reference, "version", lambda _: "another holidays")
    assert ensure(BEFORE + timedelta(days=1))

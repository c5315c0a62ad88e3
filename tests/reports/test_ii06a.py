"""Form II.06a as drawn: sections, totals, identities, reproduction, snapshot and JSON."""

from __future__ import annotations

import json
from dataclasses import astuple, replace
from datetime import date
from typing import Any

import psycopg
import pytest

from hub.errors import HubError
from hub.reports.ii06a import Figures, Line, Report, check_identities, draw, name_period, snapshot, to_json
from hub.warehouse.engine import Warehouse
from tests.mart.rows import DEPARTMENT, DISTRICT, PROVINCE, at, found_province, put, refresh

FROM, TO = date(2022, 6, 15), date(2022, 9, 14)
OPEN = {"received_at": "2022-07-01", "due_at": "2022-08-01", "status": 4}
DONE = OPEN | {"status": 9, "finished_at": "2022-07-20"}
BIRTH = {"procedure_code": "1.010002"}


def fill(connection: psycopg.Connection[Any]) -> None:
    """Seven dossiers of five agencies, two of them repaired, recorded on 2022-10-01."""
    put(connection, 1, **OPEN)
    put(connection, 2, **DONE | BIRTH | {"channel": 2})
    put(connection, 3, **DONE | {"receiving_agency_id": DEPARTMENT})
    put(connection, 4, **DONE | BIRTH | {"receiving_agency_id": PROVINCE})
    put(connection, 5, **DONE | {"receiving_agency_id": DISTRICT, "finished_at": None})
    put(connection, 6, **DONE | {"receiving_agency_id": None, "finished_at": "2022-06-20"})
    put(connection, 7, **OPEN | {"received_at": "2022-05-01"})
    refresh(connection)


def printed(report: Report) -> list[tuple[Any, ...]]:
    """Number, label, received, resolved, open of each row."""
    return [
        (row.no, row.label, row.figures.intake_total, row.figures.resolved_total, row.figures.open_total)
        for row in report.rows
    ]


def test_the_province_by_level_and_field(core: psycopg.Connection[Any]) -> None:
    fill(core)
    report = draw(core, FROM, TO)
    assert printed(report) == [
        ("I", "Cấp tỉnh", 2, 2, 0),
        ("1", "Đất đai", 1, 1, 0),
        ("2", "Hộ tịch", 1, 1, 0),
        ("II", "Cấp huyện", 1, 0, 1),
        ("1", "Đất đai", 1, 0, 1),
        ("III", "Cấp xã", 3, 1, 2),
        ("1", "Đất đai", 2, 0, 2),
        ("2", "Hộ tịch", 1, 1, 0),
        ("IV", "Cơ quan chưa xác định", 1, 1, 0),
        ("1", "Đất đai", 1, 1, 0),
    ]
    assert astuple(report.total) == (7, 1, 5, 1, 4, 4, 0, 0, 3, 0, 3)
    assert (report.reporter, report.recipient) == ("UBND tỉnh Thanh Hóa", "Văn phòng Chính phủ")
    assert (report.rule_id, report.period_name, report.as_of) == ("ii06a_td_v1", "Quý 3 năm 2022", TO)
    assert report.data_cutoff == report.as_recorded == at("2022-10-01")
    assert [astuple(repair) for repair in report.repairs] == [
        ("000.00.31.H56", "UBND huyện Mường Lát", "ngay_ket_thuc", "recorded", 1),
        ("?", "Cơ quan chưa xác định", "ngay_ket_thuc", "before_receipt", 1),
    ]


def test_one_agency(core: psycopg.Connection[Any]) -> None:
    fill(core)
    report = draw(core, FROM, TO, agency="000.01.31.H56")
    assert printed(report) == [
        ("I", "Cấp xã", 3, 1, 2),
        ("1", "Đất đai", 2, 0, 2),
        ("2", "Hộ tịch", 1, 1, 0),
    ]
    assert (report.reporter, report.recipient, report.repairs) == ("UBND xã Tam Chung", "Văn phòng UBND tỉnh", ())


def test_an_agency_is_named_as_on_the_last_day(core: psycopg.Connection[Any]) -> None:
    core.execute(
        "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, sort_key) "
        "values (9, '000.01.31.H56', '2022-09-15', 'infinity', 'UBND phường Tam Chung', 'commune', 'd')"
    )
    refresh(core)
    assert draw(core, FROM, TO, agency="000.01.31.H56").reporter == "UBND xã Tam Chung"
    assert draw(core, FROM, date(2022, 9, 15), agency="000.01.31.H56").reporter == "UBND phường Tam Chung"


def test_the_same_form_can_be_drawn_again(core: psycopg.Connection[Any]) -> None:
    fill(core)
    issued = draw(core, FROM, TO)
    put(core, 1, "2022-12-01", **DONE)
    put(core, 8, "2022-12-01", **OPEN)
    refresh(core)
    again = draw(core, FROM, TO, as_recorded=issued.as_recorded)
    assert replace(again, drawn_at=issued.drawn_at) == issued
    assert draw(core, FROM, TO).total.intake_total == 8
    local = draw(core, FROM, TO, as_recorded=at("2022-11-30 12:00").replace(tzinfo=None))
    assert (local.as_recorded, local.data_cutoff) == (at("2022-11-30 12:00"), at("2022-10-01"))
    assert local.lines == issued.lines


def test_an_empty_warehouse_gives_an_empty_form(warehouse: Warehouse) -> None:
    with warehouse.begin("bi") as connection:
        report = draw(connection, FROM, TO)
    assert (report.rows, report.total, report.as_recorded, report.reporter) == ((), Figures(), None, "")


def test_rights(warehouse: Warehouse) -> None:
    with warehouse.begin() as connection:
        found_province(connection)
        fill(connection)
    with warehouse.begin("bi") as connection:
        report = draw(connection, FROM, TO)
    with warehouse.begin("matcher") as connection:
        number = snapshot(connection, report)
    with warehouse.begin() as connection:
        kept = connection.execute(
            "select report, parameters, content, drawn_at from ops.report_snapshot where snapshot_id = %s", (number,)
        ).fetchall()
    ((name, parameters, content, drawn_at),) = kept
    assert (name, drawn_at) == ("ii06a", report.drawn_at)
    assert parameters["rule_id"] == "ii06a_td_v1"
    assert parameters["as_recorded"].startswith("2022-10-01T00:00:00")
    assert content["total"]["intake_total"] == 7
    assert {line["agency_code"] for line in content["lines"]} == {line.agency_code for line in report.lines}
    assert parameters | content == json.loads(to_json(report))


@pytest.mark.parametrize("column", ["intake_total", "resolved_early", "open_overdue", "carried_over"])
def test_a_broken_identity_names_the_agency(column: str) -> None:
    line = Line(3, 1, 1, 1, 2, 1, 1, 0, 1, 1, 0, "000.01.31.H56", "UBND xã Tam Chung", "commune", "Đất đai")
    check_identities(line)
    with pytest.raises(HubError, match=r"000\.01\.31\.H56 UBND xã Tam Chung, field 'Đất đai'"):
        check_identities(replace(line, **{column: getattr(line, column) + 1}))


def test_questions_that_cannot_be_answered(core: psycopg.Connection[Any]) -> None:
    with pytest.raises(HubError, match="ends before it begins"):
        draw(core, TO, FROM)
    with pytest.raises(HubError, match=r"agency 'H99' is not in the warehouse — see its code in bi\.don_vi"):
        draw(core, FROM, TO, agency="H99")


@pytest.mark.parametrize(
    ("first", "last", "kind", "name"),
    [
        (date(2022, 8, 15), date(2022, 9, 14), "vpcp", "Tháng 9 năm 2022"),
        (date(2021, 12, 15), date(2022, 3, 14), "vpcp", "Quý 1 năm 2022"),
        (date(2021, 12, 15), date(2022, 6, 14), "vpcp", "6 tháng đầu năm 2022"),
        (date(2021, 12, 15), date(2022, 9, 14), "vpcp", "9 tháng đầu năm 2022"),
        (date(2021, 12, 15), date(2022, 12, 14), "vpcp", "Năm 2022"),
        (date(2022, 1, 1), date(2022, 12, 31), "calendar", "Năm 2022"),
        (date(2022, 1, 1), date(2022, 12, 31), "vpcp", "Từ 01/01/2022 đến 31/12/2022"),
    ],
)
def test_name_of_a_period(first: date, last: date, kind: Any, name: str) -> None:
    assert name_period(first, last, kind) == name

"""Effective times of rule effective_v1, one dossier per case: source times in, date and basis out."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from tests.mart.rows import put, refresh, stops

NUMBER = "000.01.31.H56-220921-0001"
JUNE, JULY = {"submitted_at": "2022-06-01"}, {"received_at": "2022-07-01"}

RECEIPTS: list[tuple[dict[str, Any], Any]] = [
    # the last second of a local day is that day, although it is still light in London
    ({"received_at": "2022-07-01 23:59:59"}, (date(2022, 7, 1), "received_at", True)),
    ({"received_at": "2022-07-02 00:00"}, (date(2022, 7, 2), "received_at", True)),
    (JULY | JUNE, (date(2022, 7, 1), "received_at", True)),
    (JUNE, (date(2022, 6, 1), "submitted_at", True)),
    (JUNE | {"status": 2, "stops": stops(("2022-06-02", None))}, (date(2022, 6, 1), "submitted_at", True)),
    (JUNE | {"status": 2, "closed_step_at": "2022-06-02"}, (date(2022, 6, 1), "submitted_at", True)),
    # nothing happened after the submission: the number says more
    (JUNE | {"status": 2, "dossier_no": NUMBER}, (date(2022, 9, 21), "dossier_no", True)),
    (JUNE | {"status": 2}, (None, None, False)),
    ({"dossier_no": NUMBER}, (date(2022, 9, 21), "dossier_no", True)),
    ({"dossier_no": "G09.20-20260609-0000001"}, (date(2026, 6, 9), "dossier_no", True)),
    ({"dossier_no": "H56.101-240229-001"}, (date(2024, 2, 29), "dossier_no", True)),
    ({"dossier_no": "H56.101-230229-001"}, (None, None, False)),
    ({"dossier_no": "H56.101-231301-001"}, (None, None, False)),
    ({"dossier_no": "H56.101-00010101-001"}, (None, None, False)),
    ({"dossier_no": "123/2018"}, (None, None, False)),
    ({}, (None, None, False)),
]

# (values, (day of July, basis)); recorded on the 20th
FINISHES: list[tuple[dict[str, Any], Any]] = [
    ({"status": 9, "finished_at": "2022-07-05", "returned_at": "2022-07-08"}, (5, "finished_at", False)),
    ({"status": 10, "returned_at": "2022-07-08", "closed_step_at": "2022-07-07"}, (8, "returned_at", False)),
    ({"status": 9, "withdrawn_at": "2022-07-06", "closed_step_at": "2022-07-07"}, (7, "step", False)),
    ({"status": 7, "finished_at": "2022-07-05", "withdrawn_at": "2022-07-06"}, (5, "finished_at", False)),
    ({"status": 7, "withdrawn_at": "2022-07-06", "sent_back_at": "2022-07-05"}, (6, "withdrawn_at", False)),
    ({"status": 7, "sent_back_at": "2022-07-05", "returned_at": "2022-07-04"}, (5, "sent_back_at", False)),
    ({"status": 7, "returned_at": "2022-07-04", "closed_step_at": "2022-07-07"}, (4, "returned_at", False)),
    ({"status": 10}, (20, "recorded", False)),
    ({"status": 4, "finished_at": "2022-07-05"}, (None, None, False)),
    ({"status": 8, "suspended_at": "2022-07-05", "finished_at": "2022-07-05"}, (None, None, False)),
    ({"status": None, "finished_at": "2022-07-05"}, (None, None, False)),
    # an order that cannot be is repaired; an earlier hour of the same day is no repair
    ({"status": 9, "received_at": "2022-07-10 15:00", "finished_at": "2022-07-01"}, (10, "finished_at", True)),
    ({"status": 9, "received_at": "2022-07-10 15:00", "finished_at": "2022-07-10"}, (10, "finished_at", False)),
]

COUNTED: list[tuple[dict[str, Any], Any]] = [
    ({"status": 1}, (False,)),
    ({"status": 3}, (False,)),
    ({"status": 2}, (True,)),
    ({"status": None}, (True,)),
    ({"status": 4, "is_deleted": True}, (False,)),
]

FIELDS: list[tuple[dict[str, Any], Any]] = [
    ({"procedure_code": "1.010002", "field_name": "Tên khác"}, ("1.010002", "Hộ tịch")),
    ({"procedure_code": "1.010003", "field_name": "Thủy lợi"}, ("1.010003", "Thủy lợi")),
    ({"procedure_code": "9.999999", "field_name": "Thủy lợi"}, ("9.999999", "Thủy lợi")),
    ({"procedure_code": "", "field_name": ""}, ("?", "Chưa xác định")),
    ({"procedure_code": None, "field_name": "Thủy lợi"}, ("?", "Thủy lợi")),
]

MEMBERS: list[tuple[dict[str, Any], Any]] = [
    ({"receiving_agency_id": None, "processing_agency_id": 777, "channel": None}, (0, 0, 1)),
    ({"receiving_agency_id": 2, "processing_agency_id": 1, "channel": 2}, (2, 1, 2)),
]


def check(core: psycopg.Connection[Any], columns: str, cases: list[tuple[dict[str, Any], Any]], **same: Any) -> None:
    """One dossier per case, all recorded on 2022-07-20; `same` is what each has unless the case says otherwise."""
    for number, (values, _) in enumerate(cases):
        put(core, number, "2022-07-20 09:00", **{"status": 4, **same, **values})
    refresh(core)
    rows = core.execute(f"select {columns} from mart.dossier_version order by dossier_id".encode()).fetchall()
    assert [(values, row) for (values, _), row in zip(cases, rows, strict=True)] == cases


def test_effective_receipt(core: psycopg.Connection[Any]) -> None:
    check(core, "effective_received_on, received_basis, is_counted", RECEIPTS)


def test_effective_finish(core: psycopg.Connection[Any]) -> None:
    check(core, "extract(day from effective_finished_on)::int, finished_basis, repaired", FINISHES, **JULY)


def test_recorded_finish_is_when_the_closing_was_first_seen(core: psycopg.Connection[Any]) -> None:
    put(core, 1, "2022-07-10", received_at="2022-07-01", status=4)
    put(core, 1, "2022-07-20", received_at="2022-07-01", status=9)
    put(core, 1, "2022-07-25", received_at="2022-07-01", status=10)
    refresh(core)
    days = core.execute("select status, effective_finished_on from mart.dossier_version order by recorded_from")
    assert days.fetchall() == [(4, None), (9, date(2022, 7, 20)), (10, date(2022, 7, 20))]


def test_what_the_source_said_stands_beside_the_repair(core: psycopg.Connection[Any]) -> None:
    put(core, 1, received_at="2022-07-10 15:00", finished_at="2022-07-01", status=9)
    refresh(core)
    kept = core.execute("select finished_at = '2022-07-01 00:00+07' from mart.dossier_version").fetchall()
    assert kept == [(True,)]


def test_what_is_counted(core: psycopg.Connection[Any]) -> None:
    check(core, "is_counted", COUNTED, **JULY)


def test_procedure_and_field(core: psycopg.Connection[Any]) -> None:
    check(core, "procedure_code, field_name", FIELDS, **JULY)


def test_absent_agency_and_channel_have_their_members(core: psycopg.Connection[Any]) -> None:
    check(core, "receiving_agency_id, processing_agency_id, channel", MEMBERS, **JULY)

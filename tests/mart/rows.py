"""Rows of core for the tests of mart: written plainly, with only what a case is about.

Here: a small province (five agencies, three procedures) and dossier versions. Not here: what must come out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from hub import marts

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PROVINCE, DEPARTMENT, DISTRICT, COMMUNE = 1, 2, 3, 4
LAND = "1.010001"
DEFAULTS: dict[str, Any] = {
    "core_run_id": 1,
    "stops": "{}",
    "supplement_count": 0,
    "apology_count": 0,
    "reappointment_count": 0,
    "result_is_electronic": False,
    "source_count": 1,
    "is_deleted": False,
    "flags": [],
    "procedure_code": LAND,
    "receiving_agency_id": COMMUNE,
    "channel": 1,
}


def at(text: str) -> datetime:
    """`2022-07-01` or `2022-07-01 08:30`, local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def stops(*intervals: tuple[str, str | None]) -> str:
    """Clock stops as PostgreSQL reads them; an open end has not ended."""
    return "{" + ",".join(f'["{at(a)}",{f"{at(b)}" if b else ""})' for a, b in intervals) + "}"


def put(connection: psycopg.Connection[Any], dossier_id: int, recorded: str = "2022-10-01", **values: Any) -> None:
    """Append a version of a dossier and close the one before, as core does; times are local text."""
    end(connection, dossier_id, recorded)
    row = DEFAULTS | {"dossier_id": dossier_id, "recorded_from": at(recorded), "recorded_to": "infinity"}
    row |= {k: at(v) if k.endswith("_at") and isinstance(v, str) else v for k, v in values.items()}
    connection.execute(
        sql.SQL("insert into core.dossier_history ({}) values ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(map(sql.Placeholder, row))
        ),
        row,
    )


def end(connection: psycopg.Connection[Any], dossier_id: int, recorded: str) -> None:
    """Close the open version of a dossier; without a next one the dossier is no more (merged into another)."""
    connection.execute(
        "update core.dossier_history set recorded_to = %s where dossier_id = %s and recorded_to = 'infinity'",
        (at(recorded), dossier_id),
    )


def found_province(connection: psycopg.Connection[Any]) -> None:
    """Five agencies (one unknown), three procedures, the codes and the rule that the cases need."""
    connection.cursor().executemany(
        "insert into core.agency (agency_id, agency_code, valid_from, valid_to, name, level, catalog, sort_key) "
        "values (%s, %s, '-infinity', %s, %s, %s, %s, %s)",
        [
            (0, "?", "infinity", "Cơ quan chưa xác định", "unknown", None, ""),
            (PROVINCE, "000.00.00.H56", "infinity", "UBND tỉnh Thanh Hóa", "province", "so-ban-nganh", "a"),
            (DEPARTMENT, "000.00.05.H56", "infinity", "Sở Tư pháp", "department", "so-ban-nganh", "b"),
            (DISTRICT, "000.00.31.H56", "2025-07-01", "UBND huyện Mường Lát", "district", "quan-huyen", "c"),
            (COMMUNE, "000.01.31.H56", "2025-07-01", "UBND xã Tam Chung", "commune", "xa-phuong", "d"),
        ],
    )
    connection.cursor().executemany(
        "insert into core.procedure (procedure_code, name, field_name, in_catalogue_from) values (%s, %s, %s, %s)",
        [
            ("?", "Thủ tục chưa xác định", None, "-infinity"),
            (LAND, "Đăng ký đất đai", "Đất đai", "2026-07-01"),
            ("1.010002", "Đăng ký khai sinh", "Hộ tịch", "2026-07-01"),
            ("1.010003", "Thủ tục không ghi lĩnh vực", None, "2026-07-01"),
        ],
    )
    connection.cursor().executemany(
        "insert into core.code_list (list, code, name, canonical) values (%s, %s, %s, 'x')",
        [("status", "9", "Đã xử lý xong"), ("channel", "1", "Trực tiếp"), ("channel", "2", "Trực tuyến")],
    )
    set_rule(connection, 12)


def set_rule(connection: psycopg.Connection[Any], column: int, recorded: str | None = None) -> None:
    """Where waiting dossiers are counted; a later setting closes the one before."""
    if recorded is not None:
        connection.execute("update ops.rule_config set recorded_to = %s", (at(recorded),))
    connection.execute(
        "insert into ops.rule_config (rule_id, valid_from, recorded_from, parameters, legal_source) "
        "values ('ii06a_td_v1', '2018-01-01', %s, jsonb_build_object('waiting_supplement_column', %s::int), 'x')",
        ("-infinity" if recorded is None else at(recorded), column),
    )


def refresh(
    connection: psycopg.Connection[Any], *, full: bool = False, now: str = "2022-10-01 06:00"
) -> dict[str, int]:
    """The refresh, on a day of 2022."""
    return marts.refresh(connection, at(now), full=full)

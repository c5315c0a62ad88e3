"""Reference data: the lists of `schemas/codes` as frames, and their way into the warehouse.

Here: cached readers for everyone (columns are described in `schemas/codes/README.md`) and `load_reference`.
Not here: the lists themselves, and reference data that a source delivers (agencies found in records are drift).
A row that has not changed is not written, so loading twice leaves no trace; what can be announced late (calendar,
rules) is never overwritten but closed and followed by a new row, so that a past figure keeps its calendar.
Rows that vanish from a list stay in the warehouse: dossiers refer to them; their end is a `valid_to`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from hub.collation import sort_key
from hub.errors import HubError
from hub.rules.calendar import working_days
from schemas.tables import ops
from schemas.tables import reference as tables

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR_FROM = date(2018, 1, 1)  # the first year of dossiers in the hub
CALENDAR_YEARS_AHEAD = 2  # the longest published limit is 300 days
UNKNOWN_AGENCY_ID = 0
UNKNOWN_CODE = "?"  # the unknown agency (number 0) and the unknown procedure

_DATES = ("valid_from", "valid_to", "on_date", "in_catalogue_from", "date", "recorded_on")
_FLAGS = ("is_default", "chained", "closed")
_NUMBERS = ("limit_value",)


@cache
def _codes(name: str) -> pl.DataFrame:
    """One list: codes are text, dates Date, flags Boolean; a blank cell is null."""
    path = files("schemas") / "codes" / f"{name}.csv"
    frame = pl.read_csv(path.read_bytes(), infer_schema=False)
    return frame.with_columns(
        pl.col([c for c in _DATES if c in frame.columns]).str.to_date("%Y-%m-%d"),
        pl.col([c for c in _FLAGS if c in frame.columns]) == "1",
        pl.col([c for c in _NUMBERS if c in frame.columns]).cast(pl.Int32),
    )


def admin_units() -> pl.DataFrame:
    """Province, districts, communes since 2018; key (code, valid_from), null valid_from = before 2018."""
    return _codes("admin_units")


def agencies() -> pl.DataFrame:
    """Agencies with validity; key (agency_code, valid_from). Codes are a proposal, see the README of the lists."""
    return _codes("agencies")


def agency_aliases() -> pl.DataFrame:
    """Other spellings of agency names, as people write them."""
    return _codes("agency_aliases")


def agency_succession() -> pl.DataFrame:
    """Who took over from whom; null to_agency_code = dissolved without one successor."""
    return _codes("agency_succession")


def procedures() -> pl.DataFrame:
    """The national catalogue by root code; null in_catalogue_from = in use here but not in the snapshot."""
    return _codes("procedures")


def procedure_limits() -> pl.DataFrame:
    """Statutory limits; null channel or procedure_case = any. Never judge by a row not valid at receipt."""
    return _codes("procedure_limits")


def calendar_corrections() -> pl.DataFrame:
    """What `hub.rules.calendar.working_days` lays over the package of holidays."""
    return _codes("calendar_corrections")


def name_parts() -> pl.DataFrame:
    """Frequent Vietnamese name parts (family, middle, given) for synthetic citizens."""
    return _codes("name_parts")


def valid_on(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """The rows of a list with validity that are in force on `day` (valid_to is exclusive)."""
    started = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
    return frame.filter(started & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day)))


@cache
def legacy_table(encoding: str) -> dict[str, str]:
    """Text as a cp1252 reader sees it -> Vietnamese letter, for TCVN3 or VNI; the longest text first."""
    rows = _codes("legacy_encodings").filter(pl.col("encoding") == encoding)
    if rows.is_empty():
        raise HubError(f"unknown legacy encoding {encoding!r}", hint="use TCVN3 or VNI")
    pairs = rows.select("legacy_text", "letter").rows()
    return dict(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def phone_prefixes() -> dict[str, str]:
    """Prefix of an 11-digit mobile number -> its prefix since 2018; apply to nothing else."""
    return dict(_codes("phone_prefixes").select("old_prefix", "new_prefix").rows())


@cache
def dummy_identities() -> frozenset[str]:
    """Identity numbers that identify nobody."""
    return frozenset(_codes("dummy_identities")["identity"])


def rule_parameters(rule_id: str, day: date) -> dict[str, Any]:
    """The parameters of a rule as shipped, valid on `day`; raises HubError when there are none."""
    rows = valid_on(_codes("rules").filter(pl.col("rule_id") == rule_id), day)
    if rows.height != 1:
        raise HubError(f"rule {rule_id!r} has {rows.height} rows valid on {day}", hint="see schemas/codes/rules.csv")
    parameters: dict[str, Any] = json.loads(rows["parameters"][0])
    return parameters


def ensure_reference(connection: psycopg.Connection[Any], now: datetime) -> bool:
    """`load_reference`, unless these very lists were loaded on this day already; gives whether they were loaded.

    Loading compares thousands of rows, which each command would otherwise wait for.
    """
    digest = _digest(now.astimezone(ZONE).date())
    if connection.execute("select from ops.reference_loaded where digest = %s", (digest,)).fetchone() is not None:
        return False
    load_reference(connection, now)
    insert = "insert into ops.reference_loaded (digest, loaded_at) values (%s, %s)"
    connection.execute(f"with before as (delete from ops.reference_loaded) {insert}", (digest, now))
    return True


def _digest(today: date) -> str:
    """What `load_reference` depends on: the lists, the package of holidays, the day."""
    found = hashlib.sha256(f"{today} {version('holidays')}".encode())
    for file in sorted((files("schemas") / "codes").iterdir(), key=lambda file: file.name):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()


def load_reference(connection: psycopg.Connection[Any], now: datetime) -> dict[str, int]:
    """Bring the warehouse's reference tables up to the shipped lists; the caller commits, as role matcher or owner.

    `now` is the hub's clock with a zone: announcements recorded after it are not seen, and what changed is recorded
    from it. Returns rows written per table, all 0 when nothing changed.
    """
    today = now.astimezone(ZONE).date()
    written = {}
    for table, rows in (
        (tables.ADMIN_UNIT, _ends(admin_units()).to_dicts()),
        (tables.AGENCY, _agency_rows(connection)),
        (tables.AGENCY_ALIAS, _alias_rows()),
        (tables.AGENCY_SUCCESSION, agency_succession().with_columns(pl.col("to_agency_code").fill_null("")).to_dicts()),
        (tables.PROCEDURE, _procedure_rows()),
        (tables.PROCEDURE_TIME_LIMIT, _limit_rows()),
        (tables.CODE_LIST, _code_list_rows()),
    ):
        written[table.fullname] = _merge(connection, table, rows)
    for table, rows in ((tables.CALENDAR_DAY, _calendar_rows(today)), (ops.RULE_CONFIG, _rule_rows())):
        written[table.fullname] = _record(connection, table, rows, now)
    return written


def _ends(frame: pl.DataFrame) -> pl.DataFrame:
    """Validity as PostgreSQL keeps it: open ends are infinite dates."""
    return frame.with_columns(
        pl.col("valid_from").cast(pl.String).fill_null("-infinity"),
        pl.col("valid_to").cast(pl.String).fill_null("infinity"),
    )


def _agency_rows(connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """Agencies with their number for life: kept where the warehouse has one, the next free one otherwise."""
    known = connection.execute("select agency_code, valid_from::text, agency_id from core.agency").fetchall()
    ids = {(code, start): number for code, start, number in known}
    rows = _ends(agencies()).to_dicts()
    rows.append({"agency_code": UNKNOWN_CODE, "valid_from": "-infinity", "valid_to": "infinity"})
    rows[-1] |= {"name": "Cơ quan chưa xác định", "level": "unknown"}
    ids.setdefault((UNKNOWN_CODE, "-infinity"), UNKNOWN_AGENCY_ID)
    following = max(ids.values())
    for row in rows:
        key = (row["agency_code"], row["valid_from"])
        if key not in ids:
            following += 1
            ids[key] = following
        row |= {"agency_id": ids[key], "sort_key": sort_key(row["name"])}
    return rows


def _alias_rows() -> list[dict[str, Any]]:
    spelling = pl.col("alias").str.normalize("NFC").str.to_lowercase().str.replace_all(r"\s+", " ")
    start = pl.col("valid_from").cast(pl.String).fill_null("-infinity")
    frame = agency_aliases().with_columns(alias=spelling, valid_from=start)
    return frame.unique(["alias", "agency_code", "valid_from"], keep="first", maintain_order=True).to_dicts()


def _procedure_rows() -> list[dict[str, Any]]:
    frame = procedures().with_columns(pl.col("in_catalogue_from").cast(pl.String).fill_null("-infinity"))
    unknown = {"procedure_code": UNKNOWN_CODE, "name": "Thủ tục chưa xác định"}
    return [*frame.to_dicts(), unknown | {"in_catalogue_from": "-infinity"}]


def _limit_rows() -> list[dict[str, Any]]:
    frame = procedure_limits().rename({"source": "legal_source"})
    return _ends(
        frame.with_columns(pl.col("channel").fill_null("0"), pl.col("procedure_case").fill_null(""))
    ).to_dicts()


def _code_list_rows() -> list[dict[str, Any]]:
    lists = {"status": "statuses", "channel": "channels"}
    lists |= {"applicant_type": "applicant_types", "return_method": "return_methods"}
    rows = []
    for name, file in lists.items():
        for row in _codes(file).to_dicts():
            head = {key: row.pop(key) for key in ("code", "canonical")}
            head |= {"list": name, "name": row.pop("name_vi")}
            more = "; ".join(f"{key}={int(v) if isinstance(v, bool) else v}" for key, v in row.items())
            rows.append(head | {"properties": more or None})
    return rows


def _calendar_rows(today: date) -> list[dict[str, Any]]:
    end = date(today.year + CALENDAR_YEARS_AHEAD, 12, 31)
    days = working_days(CALENDAR_FROM, end, corrections=calendar_corrections(), recorded_until=today)
    names = {"date": "day", "is_makeup": "is_makeup_day", "name_vi": "name", "projected": "is_projected"}
    return days.rename(names).to_dicts()


def _rule_rows() -> list[dict[str, Any]]:
    return [row | {"parameters": json.loads(row["parameters"])} for row in _codes("rules").to_dicts()]


def _rows_as_table(table: sa.Table, columns: Sequence[str]) -> str:
    """The parameter `rows`, a JSON array of objects, as a relation with the types of the table."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    typed = ", ".join(f"{c} {table.c[c].type.compile(dialect)}" for c in columns)
    return f"jsonb_to_recordset(cast(%(rows)s as jsonb)) as s({typed})"


def _merge(connection: psycopg.Connection[Any], table: sa.Table, rows: list[dict[str, Any]]) -> int:
    """Insert new rows and update changed ones; returns how many. MERGE writes nothing for a row that is the same."""
    columns, keys = [c.name for c in table.columns], [c.name for c in table.primary_key]
    values = [c for c in columns if c not in keys]
    statement = f"""
        merge into {table.fullname} t using (select * from {_rows_as_table(table, columns)}) s
            on {" and ".join(f"t.{k} = s.{k}" for k in keys)}
        when matched and ({_list("t", values)}) is distinct from ({_list("s", values)})
            then update set {", ".join(f"{v} = s.{v}" for v in values)}
        when not matched then insert ({", ".join(columns)}) values ({_list("s", columns)})"""
    return connection.execute(statement, {"rows": _json(rows)}).rowcount


def _record(connection: psycopg.Connection[Any], table: sa.Table, rows: list[dict[str, Any]], now: datetime) -> int:
    """Close the open row of what changed and open a new one from `now`; returns the rows opened or mended.

    The first row of a key is recorded from -infinity: the hub never knew otherwise. A row opened at `now` or later
    (the clock was set back) has served no figure yet and is mended in place.
    """
    columns = [c.name for c in table.columns if c.name not in ("recorded_from", "recorded_to")]
    keys = [c.name for c in table.primary_key if c.name != "recorded_from"]
    values = [c for c in columns if c not in keys]
    given = _rows_as_table(table, columns)
    same_key = " and ".join(f"t.{k} = s.{k}" for k in keys)
    changed = f"""from {given} where {same_key} and t.recorded_to = 'infinity'
        and ({_list("t", values)}) is distinct from ({_list("s", values)})"""
    mend = f"""update {table.fullname} t set {", ".join(f"{v} = s.{v}" for v in values)} {changed}
        and t.recorded_from >= %(now)s"""
    close = f"update {table.fullname} t set recorded_to = %(now)s {changed}"
    open_ = f"""insert into {table.fullname} ({", ".join(columns)}, recorded_from, recorded_to)
        select {_list("s", columns)}, case when exists (select from {table.fullname} t where {same_key})
            then cast(%(now)s as timestamptz) else '-infinity' end, 'infinity'
        from {given}
        where not exists (select from {table.fullname} t where {same_key} and t.recorded_to = 'infinity')"""
    parameters = {"rows": _json(rows), "now": now}
    mended = connection.execute(mend, parameters).rowcount
    connection.execute(close, parameters)
    return mended + connection.execute(open_, parameters).rowcount


def _list(alias: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{c}" for c in columns)


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str, ensure_ascii=False)

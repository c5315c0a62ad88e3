"""Reads a warehouse and the truth of a sandbox, and says what is wrong, or how right it is.

Here: the queries and their frames. Not here: judging (`compare.py`, `score.py`). Rows come by COPY as CSV, a
whole table at once, with times as microseconds, so that neither driver nor session time zone can change them.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import polars as pl
import psycopg

from hub.errors import HubError
from hub.sandbox import control
from hub.sandbox.compare import COMPARED, Difference, compare
from hub.sandbox.ii06a import COLUMNS, expected_ii06a, periods_before
from hub.sandbox.score import score
from hub.sandbox.truth import CHILD_TYPES, DOSSIER_SCHEMA, SCHEMAS, TIMES, ZONE

_AGENCY = "(select nullif(a.agency_code, '?') from core.agency a where a.agency_id = d.{0}_id and a.agency_id <> 0)"
_FORM = (
    "tiep_nhan_tong", "tiep_nhan_truc_tuyen", "tiep_nhan_truc_tiep_buu_chinh", "tu_ky_truoc", "da_giai_quyet_tong",
    "truoc_han", "dung_han", "qua_han", "dang_giai_quyet_tong", "trong_han", "qua_han_chua_xong",
)  # fmt: skip


def verify(home: Path, connection: psycopg.Connection[Any]) -> list[Difference]:
    """Everything in which the warehouse behind `connection` differs from the truth of the sandbox below `home`.

    Raises HubError when there is no sandbox there.
    """
    sandbox = control.status(home)
    if sandbox is None:
        raise HubError(f"sandbox: there is none below {home}", hint="hub sandbox start")
    expected = {name: pl.read_parquet(sandbox.truth / f"{name}.parquet") for name in SCHEMAS}
    # periods that were over before the sandbox began: later days may add to them but never end inside them
    spans = periods_before(sandbox.today.date())
    forms = [
        expected_ii06a(expected["dossiers"], start, end).with_columns(start=pl.lit(start), end=pl.lit(end))
        for start, end in spans
    ]
    found = {
        "dossiers": _dossiers(connection),
        "members": _rows(connection, "select dossier_id, source_id, source_key from core.dossier_source"),
        "children": _children(connection),
        "quarantine": _rows(
            connection,
            "select distinct source_id, source_key, reason_code from ops.quarantine"
            " where record_type = 'dossier' and resolved_at is null",
        ),
        "drift": _rows(
            connection,
            "select source_id, kind, case kind when 'field' then path else value end as value from ops.drift",
        ),
        "ho_so": _rows(connection, "select count(*) as count from bi.ho_so"),
        "ii06a": pl.concat(_form(connection, *span) for span in spans),
    }
    return compare({**expected, "ii06a": pl.concat(forms)}, found)


def scores(home: Path, connection: psycopg.Connection[Any]) -> list[tuple[str, float]]:
    """How right the warehouse is, by measure (`score.py`). Raises HubError when there is no sandbox below `home`."""
    sandbox = control.status(home)
    if sandbox is None:
        raise HubError(f"sandbox: there is none below {home}", hint="hub sandbox start")
    names = ("members", "dossiers", "undetermined", "due_dates", "verdicts", "behaviours", "links")
    expected = {name: pl.read_parquet(sandbox.truth / f"{name}.parquet") for name in names}
    due = _rows(
        connection,
        "select dossier_id, (extract(epoch from legal_due_at) * 1000000)::bigint as legal_due_at from core.dossier",
        {"legal_due_at": pl.Int64},
    ).with_columns(pl.from_epoch("legal_due_at", "us").dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE))
    found = {
        "members": _rows(connection, "select dossier_id, source_id, source_key from core.dossier_source"),
        "dossiers": _dossiers(connection).join(due, on="dossier_id", how="left"),
        "verdicts": _if_there(connection, "mart.verdict", ("dossier_id", "rule_id", "outcome")),
        "behaviours": _if_there(connection, "mart.behaviour", ("dossier_id", "kind")),
        "links": _if_there(connection, "core.dossier_link", ("dossier_id", "next_dossier_id")),
        "legs": _if_there(connection, "mart.journey_leg", ("journey_id", "dossier_id")),
        "reviews": _rows(connection, "select count(*) as count from core.review"),
    }
    return list(score(expected, found))


def _if_there(connection: psycopg.Connection[Any], table: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """The columns of a table, empty when the warehouse has no such table."""
    row = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
    query = f"select {', '.join(columns)} from {table}"
    if row is None or not row[0]:
        query = "select " + ", ".join(f"null as {name}" for name in columns) + " where false"
    return _rows(connection, query)


def _rows(connection: psycopg.Connection[Any], query: str, schema: dict[str, Any] | None = None) -> pl.DataFrame:
    """The rows of a query; columns are text but for ids, counts and what `schema` says."""
    whole = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"copy ({query}) to stdout (format csv, header)") as copy:
        for block in copy:
            whole.write(block)
    whole.seek(0)
    names = whole.readline().decode().strip().split(",")
    whole.seek(0)
    integers = dict.fromkeys(("dossier_id", "next_dossier_id", "journey_id", "count"), pl.Int64)
    types = {name: (schema or {}).get(name, integers.get(name, pl.String)) for name in names}
    return pl.read_csv(whole, schema=types)


def _dossiers(connection: psycopg.Connection[Any]) -> pl.DataFrame:
    expressions = ["d.dossier_id"]
    schema: dict[str, Any] = {}
    for name in COMPARED:
        if name in TIMES:
            expressions.append(f"(extract(epoch from d.{name}) * 1000000)::bigint as {name}")
            schema[name] = pl.Int64
        elif name.endswith("_agency_code"):
            expressions.append(f"{_AGENCY.format(name.removesuffix('_code'))} as {name}")
        elif DOSSIER_SCHEMA[name] == pl.Boolean:
            expressions.append(f"d.{name}::int as {name}")
            schema[name] = pl.Int8
        else:
            expressions.append(f"d.{name}")
            schema[name] = DOSSIER_SCHEMA[name]
    frame = _rows(connection, f"select {', '.join(expressions)} from core.dossier d", schema)
    zoned = [
        pl.from_epoch(name, "us").dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE)
        for name in TIMES
        if name in COMPARED
    ]
    truths = [pl.col(name).cast(pl.Boolean) for name in COMPARED if DOSSIER_SCHEMA[name] == pl.Boolean]
    return frame.with_columns(*zoned, *truths)


def _children(connection: psycopg.Connection[Any]) -> pl.DataFrame:
    tables = {"step": "dossier_step"}
    counts = ", ".join(f"count(*) filter (where kind = '{kind}') as {kind}" for kind in CHILD_TYPES)
    rows = " union all ".join(
        f"select dossier_id, '{kind}' as kind from core.{tables.get(kind, kind)}" for kind in CHILD_TYPES
    )
    schema = dict.fromkeys(CHILD_TYPES, pl.Int32)
    return _rows(connection, f"select dossier_id, {counts} from ({rows}) c group by dossier_id", schema)


def _form(connection: psycopg.Connection[Any], start: Any, end: Any) -> pl.DataFrame:
    columns = ", ".join(f"{theirs} as {ours}" for ours, theirs in zip(COLUMNS, _FORM, strict=True))
    frame = _rows(
        connection,
        "select case when don_vi_id <> 0 then ma_don_vi end as agency_code, linh_vuc as field_name,"
        f" {columns} from bi.ii06a('{start}', '{end}')",
        dict.fromkeys(COLUMNS, pl.Int64),
    )
    return frame.with_columns(start=pl.lit(start), end=pl.lit(end))

"""Rows of std as the stations before core leave them, and what core makes of them.

Here: a province of a few sources and agencies; records with only what a case is about; reading core by record.
Not here: how records come to be (`tests/standardise`) and what must come out.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import psycopg
import sqlalchemy as sa
from psycopg import sql
from psycopg.rows import dict_row

from hub import reference
from hub.reconcile.core import Reconciled, reconcile
from hub.rules.calendar import working_days
from hub.warehouse.engine import Warehouse
from schemas.tables.base import precision_of
from schemas.tables.core import (
    CHILD_TABLES,
    DOSSIER,
    DOSSIER_HISTORY,
    DOSSIER_NUMBER,
    DOSSIER_SOURCE,
)
from schemas.tables.origin import CONFLICT, DOSSIER_LINK, VALUE_ORIGIN
from schemas.tables.std import RECORD_TABLES
from schemas.tables.vault import DOSSIER_CLEAR
from tests.mart.rows import at

NOW = "2022-10-01 06:00"
TABLES = (*RECORD_TABLES.values(), *CHILD_TABLES.values())
TABLES = (*TABLES, DOSSIER, DOSSIER_HISTORY, DOSSIER_SOURCE, DOSSIER_NUMBER, CONFLICT, VALUE_ORIGIN, DOSSIER_LINK)
Key = tuple[str, str]
CLOCK_RULES = """
    insert into ops.rule_config (rule_id, valid_from, recorded_from, parameters, legal_source) values
    ('working_hours_v1', '2018-01-01', '-infinity',
     '{"morning": ["07:00", "11:30"], "afternoon": ["13:30", "17:00"], "hours_per_day": 8}', 'x'),
    ('same_day_v1', '2018-01-01', '-infinity', '{"cutoff": "15:00"}', 'x')"""
UNITS = ("working_day", "calendar_day", "hour", "same_day")
LIMITS = [(unit, value) for unit in UNITS for value in ((0,) if unit == "same_day" else (0, 1, 2, 3, 5, 8, 12, 20))]
CODES = {f"1.{n:06d}": limit for n, limit in enumerate(LIMITS, start=1)}


@dataclass
class Province:
    """A warehouse whose std is written by hand. A source's level is its name up to the first hyphen."""

    warehouse: Warehouse
    waiting: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    known: set[str] = field(default_factory=set)
    clear: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def dossier(self, source: str, key: str, clear: dict[str, str] | None = None, **values: Any) -> None:
        """A dossier record, received on 2022-09-15 unless told otherwise; its number is its key.

        `clear`: what the vault holds of it.
        """
        if clear:
            values["clear_hash"] = hashlib.sha256(repr(sorted(clear.items())).encode()).digest()[:16]
            self.clear[(source, key)] = {"clear_hash": values["clear_hash"], **clear}
        given = {"dossier_no": key, "number_form": "tt01", "received_at": "2022-09-15 08:00", "status": 2} | values
        self._put(source, "dossier", key, {"is_deleted": False} | given)

    def child(self, source: str, kind: str, key: str, parent: str = "", parent_no: str = "", **values: Any) -> None:
        """A child inside the record `parent`, or of a stream of its own that names the dossier number `parent_no`."""
        needed: dict[str, dict[str, Any]] = {
            "step": {"is_synthetic": False},
            "document": {"document_kind": "component"},
        }
        self._put(
            source,
            kind,
            key,
            {"parent_key": parent or None, "parent_no": parent_no or None, "is_deleted": False if parent_no else None}
            | needed.get(kind, {})
            | values,
        )

    def _put(self, source: str, kind: str, key: str, values: dict[str, Any]) -> None:
        row = {name: _value(name, value) for name, value in values.items()}
        row |= {precision_of(n): "s" for n in values if n.endswith("_at") and precision_of(n) in RECORD_TABLES[kind].c}
        row |= {name: value for name, value in values.items() if name.endswith("_precision")}
        if kind == "dossier":
            filed_at = row.get("received_at") or row.get("submitted_at")
            zone = ZoneInfo("Asia/Ho_Chi_Minh")
            row["filed_on"] = filed_at.astimezone(zone).date() if filed_at else row.get("number_date")
        digest = hashlib.sha256(repr(sorted(row.items())).encode()).digest()
        self.waiting[(source, kind)].append({"source_key": key, "payload_hash": digest, "flags": []} | row)

    def load(self, now: str = NOW) -> list[int]:
        """Write what waits, in one batch per source and type that std has consumed; gives the batches."""
        made = []
        with self.warehouse.begin() as connection:
            for (source, kind), rows in self.waiting.items():
                self._know(connection, source)
                made.append(_batch(connection, source, kind, len(rows), now))
                for at_row, row in enumerate(rows):
                    origin = {"source_id": source, "batch_id": made[-1], "raw_row": at_row, "recorded_at": at(now)}
                    _write(connection, RECORD_TABLES[kind], origin | row)
            for (source, key), row in self.clear.items():
                _write(connection, DOSSIER_CLEAR, {"source_id": source, "source_key": key} | row)
        self.waiting.clear()
        self.clear.clear()
        return made

    def forget(self, source: str, kind: str, key: str) -> None:
        """A child that its parent no longer has."""
        with self.warehouse.begin() as connection:
            query = f"delete from std.{kind}_record where source_id = %s and source_key = %s"
            assert connection.execute(query.encode(), (source, key)).rowcount == 1

    def reconcile(self, now: str = NOW) -> Reconciled:
        """Write what waits and bring core up to date."""
        self.load(now)
        return reconcile(self.warehouse, at(now))

    def again(self, batches: Iterable[int], now: str = NOW) -> Reconciled:
        """Let core see batches once more, as after a replay."""
        with self.warehouse.begin() as connection:
            connection.execute(
                "delete from ops.batch_consumed where consumer = 'core' and batch_id = any(%s)", (list(batches),)
            )
        return reconcile(self.warehouse, at(now))

    def _know(self, connection: psycopg.Connection[Any], source: str) -> None:
        if source not in self.known:
            connection.execute(
                "insert into ops.source (source_id, level, family, mapping, first_seen_at) "
                "values (%s, %s, %s, 'mapping', %s)",
                (source, source.split("-")[0], "files" if source.startswith("commune") else "rest", at(NOW)),
            )
            self.known.add(source)

    def rows(self, query: str, *bound: Any) -> list[Any]:
        """The rows of a query."""
        with self.warehouse.begin() as connection:
            return connection.execute(query.encode(), bound).fetchall()

    def id_of(self, source: str, key: str) -> int:
        """The dossier of a record."""
        ((found,),) = self.rows(
            "select dossier_id from core.dossier_source where source_id = %s and source_key = %s", source, key
        )
        return int(found)

    def golden(self, source: str, key: str) -> dict[str, Any]:
        """The dossier of a record as core shows it."""
        with self.warehouse.begin() as connection, connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(
                "select d.* from core.dossier d join core.dossier_source s using (dossier_id) "
                "where s.source_id = %s and s.source_key = %s",
                (source, key),
            ).fetchone()
        assert row is not None
        return row

    def children(self, source: str, key: str, kind: str) -> list[Key]:
        """The children that the dossier of a record has."""
        return self.rows(
            f"select source_id, source_key from core.{CHILD_TABLES[kind].name} where dossier_id = %s order by 1, 2",
            self.id_of(source, key),
        )

    def groups(self) -> set[frozenset[Key]]:
        """Which records are one dossier."""
        found: dict[int, set[Key]] = defaultdict(set)
        for dossier_id, *record in self.rows("select dossier_id, source_id, source_key from core.dossier_source"):
            found[dossier_id].add((record[0], record[1]))
        assert set(found) == {row[0] for row in self.rows("select dossier_id from core.dossier")}
        return {frozenset(group) for group in found.values()}

    def written(self) -> dict[str, set[Any]]:
        """As `written`."""
        return written(self.warehouse)


def written(warehouse: Warehouse) -> dict[str, set[Any]]:
    """Which transaction wrote each row of std and core, and where it lies: equal when nothing was written."""
    with warehouse.begin() as connection:
        return {
            table.fullname: set(connection.execute(f"select ctid::text, xmin::text from {table.fullname}"))
            for table in TABLES
        }


def _value(name: str, value: Any) -> Any:
    return at(value) if name.endswith("_at") and isinstance(value, str) else value


def _batch(connection: psycopg.Connection[Any], source: str, kind: str, rows: int, now: str) -> int:
    row = connection.execute(
        "insert into ops.batch (pull_id, source_id, stream, record_type, raw_file, first_row, row_count, recorded_at) "
        "values (1, %s, %s, %s, 'file', 0, %s, %s) returning batch_id",
        (source, kind, kind, rows, at(now)),
    ).fetchone()
    assert row is not None
    connection.execute(
        "insert into ops.batch_consumed (batch_id, consumer, consumed_at, stored, new, changed, unchanged, superseded, "
        "quarantined) values (%s, 'std', %s, %s, %s, 0, 0, 0, 0)",
        (row[0], at(now), rows, rows),
    )
    return int(row[0])


def _write(connection: psycopg.Connection[Any], table: sa.Table, row: dict[str, Any]) -> None:
    connection.execute(
        f"delete from {table.fullname} where source_id = %(source_id)s and source_key = %(source_key)s".encode(), row
    )
    connection.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            sql.SQL(table.fullname),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(map(sql.Placeholder, row)),
        ),
        row,
    )


def law(province: Province) -> None:
    """The calendar of 2022, projected from December, and a procedure for each limit."""
    days = working_days(date(2022, 1, 1), date(2022, 12, 31), corrections=reference.calendar_corrections())
    days = days.with_columns(projected=pl.col("date") >= date(2022, 12, 1))
    rows = days.select("date", "is_working", "is_makeup", "name_vi", "projected", "working_index").rows()
    with province.warehouse.begin() as connection:
        connection.execute(CLOCK_RULES)
        connection.cursor().executemany(
            "insert into core.calendar_day values (%s, '-infinity', 'infinity', %s, %s, %s, %s, %s)", rows
        )
        connection.cursor().executemany(
            "insert into core.procedure_time_limit values (%s, 0, '', '2022-01-01', 'infinity', %s, %s, 'x')",
            [(code, value, unit) for code, (unit, value) in CODES.items()],
        )

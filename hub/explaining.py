"""The story of a dossier as data: its records, why they are one, each value's source, conflicts, timeline, history.

Here: finding dossiers by any number, and reading what the warehouse knows of one. Not here: drawing it
(`hub/cli/explain.py`), deciding anything (`hub/reconcile`). The applicant appears masked alone, officers and citizens'
words not at all: those stand in the vault, which has its own door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
import psycopg
from psycopg.rows import class_row, dict_row

from hub.errors import HubError
from hub.explaining_beside import Beside, beside
from hub.provenance import Value, values_of
from hub.reconcile.survivorship import LEVELS
from hub.standardise.identifiers import normal_numbers
from schemas.tables.base import EVENT_TIMES, precision_of
from schemas.tables.core import golden_columns

Connection = psycopg.Connection[Any]
# PostgreSQL's stops may begin at -infinity, which no Python datetime can say: they are told as text.
_GOLDEN = ", ".join(f"{c.name}::text" if c.name == "stops" else c.name for c in golden_columns())


@dataclass(frozen=True)
class Match:
    """A dossier that a number leads to. `via` is the kind of number, `dossier_id` or `redirect`."""

    dossier_id: int
    via: str
    dossier_no: str | None
    procedure_code: str | None
    applicant_masked: str | None
    received_at: datetime | None


@dataclass(frozen=True)
class Record:
    """One source record of the dossier: by which rule it belongs here and where its original lies."""

    source_id: str
    source_key: str
    level: str
    rule: str
    weight: float
    version: str | None
    recorded_at: datetime
    is_deleted: bool
    flags: list[str]
    raw_file: str
    raw_row: int


@dataclass(frozen=True)
class Event:
    """Something that happened: an event time of the dossier (`kind`) or a step (`step`, with its status)."""

    at: datetime
    precision: str | None
    kind: str
    status: int | None
    department: str | None


@dataclass(frozen=True)
class Version:
    """How the dossier looked from one recorded moment on; `changes` are (field, before, after)."""

    recorded_from: datetime
    recorded_to: datetime | None
    changes: list[tuple[str, Any, Any]]


@dataclass
class Story:
    """Everything about one dossier. Lists of children are rows by column name."""

    dossier_id: int
    redirected_from: list[int]
    dossier: dict[str, Any]
    agencies: dict[str, str]
    numbers: list[dict[str, Any]]
    records: list[Record]
    values: list[Value]
    conflicts: list[dict[str, Any]]
    timeline: list[Event]
    children: dict[str, list[dict[str, Any]]]
    history: list[Version]
    beside: Beside
    reviews: list[dict[str, Any]] = field(default_factory=list)


def find(connection: Connection, number: str) -> list[Match]:
    """The dossiers that bear this number (of any kind), this record key, or this dossier_id, former ones included."""
    normal = normal_numbers(pl.Series([number.strip()], dtype=pl.String))[0]
    own_id = int(normal) if normal.isascii() and normal.isdigit() and len(normal) < 19 else None
    like = normal.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    with connection.cursor(row_factory=class_row(Match)) as cursor:
        return cursor.execute(
            """
            with found as (
                select dossier_id, kind as via, 1 as place from core.dossier_number
                where number in (%(number)s, 'uid ' || %(number)s, 'uid ' || %(typed)s) or number like %(scoped)s
                   or number like 'receipt ' || %(scoped)s or number like 'receipt ' || %(typed)s || '@%%'
                union all
                select dossier_id, 'source_key', 2 from core.dossier_source where source_key in (%(number)s, %(typed)s)
                union all
                select dossier_id, 'dossier_id', 3 from core.dossier where dossier_id = %(id)s
                union all
                select to_dossier_id, 'redirect', 4 from core.dossier_redirect where from_dossier_id = %(id)s
            ), best as (
                select distinct on (dossier_id) dossier_id, via, place from found order by dossier_id, place, via
            )
            select b.dossier_id, b.via, d.dossier_no, d.procedure_code, d.applicant_masked, d.received_at
            from best b join core.dossier d using (dossier_id) order by b.place, b.dossier_id
            """,
            {"number": normal, "typed": number.strip(), "scoped": f"{like}@%", "id": own_id},
        ).fetchall()


def explain(connection: Connection, dossier_id: int) -> Story:
    """The story of a dossier by its current id. Raises HubError when there is none."""
    dossier = _rows(connection, _DOSSIER, dossier_id)
    if not dossier:
        raise HubError(f"there is no dossier {dossier_id}", "look for it by its number")
    members = _members(connection, dossier_id)
    return Story(
        dossier_id=dossier_id,
        redirected_from=[row["id"] for row in _rows(connection, _REDIRECTS, dossier_id)],
        dossier={name: value for name, value in dossier[0].items() if name != "applicant_id"},
        agencies=_agencies(connection, dossier[0]),
        numbers=_rows(connection, _NUMBERS, dossier_id),
        records=[_record(member) for member in members],
        values=values_of(members, _rows(connection, _ORIGINS, dossier_id)),
        conflicts=_rows(connection, _CONFLICTS, dossier_id),
        timeline=_timeline(connection, dossier_id, dossier[0]),
        children={kind: _rows(connection, query, dossier_id) for kind, query in _CHILDREN.items()},
        history=_history(connection, dossier_id),
        beside=beside(connection, dossier_id),
        reviews=_rows(connection, _REVIEWS, dossier_id),
    )


def quarantined(connection: Connection, number: str) -> list[int]:
    """Open quarantine rows of the record with this key: why a number may lead nowhere."""
    rows = connection.execute(
        "select quarantine_id from ops.quarantine where source_key = %s and resolved_at is null order by 1",
        (number.strip(),),
    ).fetchall()
    return [row[0] for row in rows]


def code_names(connection: Connection, vietnamese: bool) -> dict[str, dict[int, str]]:
    """What the codes of a dossier mean: by code list (`status`, `channel` …, as columns are called), code -> name."""
    named: dict[str, dict[int, str]] = {}
    for list_, code, name, canonical in connection.execute("select list, code, name, canonical from core.code_list"):
        named.setdefault(list_, {})[int(code)] = name if vietnamese else canonical
    return named


def _rows(connection: Connection, query: str, dossier_id: int) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), (dossier_id,)).fetchall()


def _members(connection: Connection, dossier_id: int) -> list[dict[str, Any]]:
    rows = _rows(connection, _MEMBERS, dossier_id)
    return sorted(rows, key=lambda row: (LEVELS.index(row["level"]), row["source_id"], row["source_key"]))


def _record(member: Mapping[str, Any]) -> Record:
    return Record(**{name: member[name] for name in Record.__dataclass_fields__})


def _agencies(connection: Connection, dossier: Mapping[str, Any]) -> dict[str, str]:
    """The names of the dossier's agencies by column; code and name."""
    named: dict[str, str] = {}
    for column in ("submission_agency_id", "receiving_agency_id", "processing_agency_id", "holder_agency_id"):
        if dossier[column]:
            row = connection.execute(
                "select agency_code, name from core.agency where agency_id = %s", (dossier[column],)
            ).fetchone()
            if row is not None:
                named[column] = f"{row[0]} {row[1]}"
    return named


def _timeline(connection: Connection, dossier_id: int, dossier: Mapping[str, Any]) -> list[Event]:
    events = [
        Event(dossier[name], dossier[precision_of(name)], name, None, None)
        for name in EVENT_TIMES
        if dossier[name] is not None
    ]
    for row in _rows(connection, _STEPS, dossier_id):
        events.append(Event(row["step_at"], row["step_precision"], "step", row["status"], row["step_department"]))
    return sorted(events, key=lambda event: (event.at, event.kind == "step"))


def _history(connection: Connection, dossier_id: int) -> list[Version]:
    """Recorded versions, oldest first, each with what it changed against the one before; of a person only that."""
    names = [*(column.name for column in golden_columns()), "told_by"]
    versions: list[Version] = []
    before: dict[str, Any] = {}
    for row in _rows(connection, _HISTORY, dossier_id):
        changes = [(name, before[name], row[name]) for name in names if before and before[name] != row[name]]
        changes = [(name, None, None) if name == "applicant_id" else (name, *both) for name, *both in changes]
        versions.append(Version(row["recorded_from"], row["closed_at"], changes))
        before = row
    return versions


_DOSSIER = f"select {_GOLDEN}, first_recorded_at, last_recorded_at from core.dossier where dossier_id = %s"
_MEMBERS = """
select r.*, s.rule, s.weight, o.level, b.raw_file, (b.first_row + r.raw_row)::bigint as raw_row
from core.dossier_source s
join std.dossier_record r using (source_id, source_key)
join ops.source o using (source_id)
join ops.batch b using (batch_id)
where s.dossier_id = %s"""
_REDIRECTS = "select from_dossier_id as id from core.dossier_redirect where to_dossier_id = %s order by 1"
_NUMBERS = """
select kind, number, array_agg(source_id order by source_id) as source_ids from core.dossier_number
where dossier_id = %s group by kind, number order by kind, number"""
_CONFLICTS = """
select field, value, kept_value, source_id, kept_source_id, kind, size from core.conflict
where dossier_id = %s order by field, source_id"""
_ORIGINS = "select field, source_id, source_key, reason from core.provenance where dossier_id = %s"
_STEPS = """
select step_at, step_precision, status, step_department from core.dossier_step
where dossier_id = %s and step_at is not null"""
_HISTORY = f"""
select recorded_from, nullif(recorded_to, 'infinity') as closed_at, told_by, {_GOLDEN} from core.dossier_history
where dossier_id = %s order by recorded_from"""
_REVIEWS = """
select v.reason, v.source_id_a, v.source_key_a, v.source_id_b, v.source_key_b, v.raised_at
from core.review v join core.dossier_source s
  on (s.source_id, s.source_key) in ((v.source_id_a, v.source_key_a), (v.source_id_b, v.source_key_b))
where s.dossier_id = %s order by v.raised_at"""
_CHILDREN = {
    "supplement": "select requested_at, completed_at, is_completed, previous_due_at, new_due_at, source_id "
    "from core.supplement where dossier_id = %s order by requested_at, source_key",
    "fee": "select fee_code, fee_name, fee_kind, amount, paid_at, source_id "
    "from core.fee where dossier_id = %s order by source_key",
    "document": "select document_kind, document_code, has_file, digitised, source_id "
    "from core.document where dossier_id = %s order by document_kind, source_key",
    "rating": "select rated_at, score, source_id from core.rating where dossier_id = %s order by rated_at, source_key",
    "apology": "select apologised_at, new_due_at, source_id from core.apology "
    "where dossier_id = %s order by apologised_at, source_key",
}

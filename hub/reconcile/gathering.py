"""Which records a run of core looks at: those that changed, and round by round their neighbourhood.

Here: the records of new batches, of tombstones and of new judgements; everything that shares a number, a dossier or a
judgement with them; and everything whose content may be theirs (the named rules of `AGREEMENT`). Not here: deciding
(`clustering.py`). The neighbourhood is whole, so that what a run decides does not depend on what came in which run.
Blocks are capped (`CROWD`); one that falls under the cap again is looked at when one of its records next changes.
"""

from __future__ import annotations

import logging
from itertools import product
from typing import Any

import psycopg

from hub.warehouse import staging
from hub.warehouse.statements import run
from schemas.tables.base import sql_type
from schemas.tables.std import DOSSIER_RECORD, SEEKER

Connection = psycopg.Connection[Any]
LOG = logging.getLogger("hub.core")
STAGING = ("batch", "grave", "record", "number", "shared", "seek", "crowd", "pair", "near", "judged")
# What a gathered record carries along from std: what it is found, judged and ordered by. Fetched once: rows are wide.
CARRIED = (
    "dossier_no",
    "number_form",
    "alt_dossier_no",
    "receipt_no",
    "portal_no",
    "ministry_no",
    "reference_uid",
    "number_agency_code",
    "receiving_agency_code",
    "processing_agency_code",
    "procedure_code",
    "received_at",
    "received_precision",
    "filed_on",
    "applicant_id_hash",
    "applicant_name_hash",
    "applicant_phone_hash",
    "is_deleted",
    "version_at",
)
# The latest of what happened by its own word.
_LAST_EVENT = (
    "greatest(r.submitted_at, r.received_at, r.finished_at, r.returned_at, r.rejected_at, r.withdrawn_at, "
    "r.sent_back_at, r.suspended_at)"
)
_CARRIED = {
    "carried": ", ".join([*CARRIED, "last_event"]),
    "carried_values": ", ".join([*(f"r.{name}" for name in CARRIED), _LAST_EVENT]),
}
# Within which a number of a clerk's own counting is unique: the agency and the year.
SCOPE = """coalesce(r.number_agency_code, r.receiving_agency_code, r.processing_agency_code, '?') || '/'
           || coalesce(extract(year from r.received_at at time zone 'Asia/Ho_Chi_Minh')::text, '?')"""
# A one-stop system whose office has ended is beside those that go on: what it held open was handed to one of them.
SYSTEM = """case when s.level in ('portal', 'national') then s.level
                 when s.valid_to is not null then 'ended' else 'one_stop' end"""
# Two records of near days at one desk are worth a look when they agree in one of these.
AGREEMENT = {
    "same_identity": "r.applicant_id_hash = c.applicant",
    "same_name": "r.applicant_name_hash = c.name",
    "same_phone": "r.applicant_phone_hash = c.phone",
    "same_moment": "r.received_at = c.received_at and r.received_precision = 's'",
}
_SEEKER = f"({' or '.join(f'r.{part}' for part in SEEKER.split(' or '))})"
# Kinds of records that a province may have none of; then nothing is looked for among them. Each has an index.
KINDS = {
    "unnumbered": _SEEKER,
    "without_procedure": "r.procedure_code is null",
    "without_desk": "r.receiving_agency_code is null",
    "nowhere": "r.receiving_agency_code is null and r.processing_agency_code is null",
}
# A record that does not name its desk stands at the agency that handles it; one that names neither may be anywhere.
# With each way goes the kind of records without which it leads nowhere.
DESKS = {
    "r.receiving_agency_code = c.agency_code and c.place <> 'elsewhere'": "unnumbered",
    """r.processing_agency_code = c.agency_code and r.receiving_agency_code is distinct from r.processing_agency_code
       and (r.receiving_agency_code is null or c.place = 'only')""": "without_desk",
    "r.receiving_agency_code is null and r.processing_agency_code is null and c.place <> 'elsewhere'": "nowhere",
}
# So many records of one desk and day that agree in one of these are a crowd: that agreement then says nothing.
CROWD = 200
_VALUES = {
    "same_identity": "encode({0}.applicant_id_hash, 'hex')",
    "same_name": "encode({0}.applicant_name_hash, 'hex')",
    "same_phone": "encode({0}.applicant_phone_hash, 'hex')",
    "same_moment": "case when {0}.received_precision = 's' then {0}.received_at::text end",
}
# The records of a desk and day `d`, by index: `is null` would let the planner take all of the day that name no desk.
_STANDING = """select {0} from std.dossier_record r
          where r.receiving_agency_code = d.agency_code and r.filed_on = d.filed_on
          union all
          select {0} from std.dossier_record r
          where r.processing_agency_code = d.agency_code and r.filed_on = d.filed_on
            and r.receiving_agency_code is distinct from r.processing_agency_code
            and coalesce(r.receiving_agency_code, '') = ''"""
_BLOCK = {"standing": _STANDING.format("r.*"), "counted": _STANDING.format("1")}
DAYS = ("r.filed_on between c.from_day and c.to_day", "r.filed_on = c.swapped_day")
# Children of a stream of their own are known by `is_deleted`, which is null inside a dossier. They name the dossier by
# its key or by its number; the second way is only looked at where such streams exist.
_TOUCHED = """select source_id, parent_key, parent_no from std.{child}_record
    where batch_id = any (%(batches)s::bigint[]) and is_deleted is not null
    union
    select source_id, parent_key, parent_no
    from std.{child}_record join pg_temp.staged_grave using (source_id, source_key)
    where record_type = '{child}'"""


def has_work(connection: Connection) -> bool:
    """Whether std, a census or a person has said anything that core has not heard."""
    row = connection.execute(
        """
        select exists (select from ops.batch_consumed s where s.consumer = 'std' and not exists
            (select from ops.batch_consumed c where c.batch_id = s.batch_id and c.consumer = 'core'))
            or exists (select from ops.tombstone where core_run_id is null)
            or exists (select from core.judgement where core_run_id is null)
        """
    ).fetchone()
    return bool(row and row[0])


def analyse(connection: Connection, *names: str) -> None:
    """Fresh staging has no statistics, and without them a join may be a nested loop."""
    tables = ", ".join(f"pg_temp.staged_{name}" for name in names)
    sample = "set local default_statistics_target ="  # a small one: how many rows there are is what matters
    connection.execute(f"{sample} 10; analyze {tables}; {sample} default".encode())


def gather(connection: Connection) -> int:
    """Fill staged_record with the touched records and their neighbourhood, staged_pair with what may be one dossier."""
    batches = [row[0] for row in connection.execute("select batch_id from pg_temp.staged_batch").fetchall()]
    found = run(connection, "core/touched", {"batches": batches}, **_CARRIED).rowcount
    found += run(connection, "core/touched_graves", **_CARRIED).rowcount
    if own := own_streams(connection, batches):
        children = "\n    union\n    ".join(_TOUCHED.format(child=child) for child in own)
        found += run(connection, "core/touched_parents", {"batches": batches}, children=children, **_CARRIED).rowcount
    found += run(connection, "core/touched_judged", **_CARRIED).rowcount
    kinds = _kinds(connection)
    total = found
    turn = 0
    while found:
        analyse(connection, "record")
        run(connection, "core/numbers", {"round": turn}, scope=SCOPE)
        analyse(connection, "number")
        staging.empty(connection, ("pg_temp.staged_seek", "pg_temp.staged_near"))
        if kinds["unnumbered"]:
            _candidates(connection, turn, kinds)
        run(connection, "core/near", {"round": turn})
        found = run(connection, "core/neighbours", {"round": turn}, **_CARRIED).rowcount
        total, turn = total + found, turn + 1
    run(connection, "core/judged")
    _apart_in_crowds(connection)
    return total


def _kinds(connection: Connection) -> dict[str, bool]:
    """Which of KINDS std has any of."""
    asked = ", ".join(f"exists (select from std.dossier_record r where {kind})" for kind in KINDS.values())
    row = connection.execute(f"select {asked}".encode()).fetchone()
    return dict(zip(KINDS, row or (), strict=True))


def _candidates(connection: Connection, turn: int, kinds: dict[str, bool]) -> None:
    """Pairs of this round's records with any others that may be their twins in another system."""
    there = {kind: str(found).lower() for kind, found in kinds.items()}
    run(connection, "core/seekers", {"round": turn}, system=SYSTEM, seeker=_SEEKER, **there)
    analyse(connection, "seek")
    run(connection, "core/crowds", {"round": turn, "cap": CROWD}, **_BLOCK, values=_listed("r"))
    if _crowds(connection):
        run(connection, "core/crowd_seek", values=_listed("r"))
        run(connection, "core/crowd_near", {"round": turn, "cap": CROWD}, values=_listed("r"))
    named = there | {"system": SYSTEM, "seeker": _SEEKER, "agreement": f"({' or '.join(AGREEMENT.values())})"}
    for desk, day in product([desk for desk, kind in DESKS.items() if kinds[kind]], DAYS):
        run(connection, "core/candidates", {"round": turn}, desk=desk, day=day, **named)
    analyse(connection, "pair")


def _listed(record: str) -> str:
    return ", ".join(f"('{rule}', {value.format(record)})" for rule, value in _VALUES.items())


def _crowds(connection: Connection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "select rule, agency_code, filed_on, size from pg_temp.staged_crowd order by 1, 2, 3, 4"
    ).fetchall()


def _apart_in_crowds(connection: Connection) -> None:
    """Drop the pairs that only a crowd brought together, and name the crowds (their values are personal)."""
    crowds = _crowds(connection)
    if not crowds:
        return
    for rule, agency, day, size in crowds:
        LOG.warning(
            "core: %s of %s records of agency %s on %s: too many to say who is whose copy", rule, size, agency, day
        )
    pairs = ", ".join(f"('{rule}', {value.format('a')}, {value.format('b')})" for rule, value in _VALUES.items())
    run(connection, "core/crowd_pair", pairs=pairs)


def carried_columns() -> str:
    """The columns of CARRIED with their types."""
    return ", ".join([*(f"{name} {sql_type(DOSSIER_RECORD.c[name])}" for name in CARRIED), "last_event timestamptz"])


def own_streams(connection: Connection, batches: list[int] | None = None) -> list[str]:
    """The kinds of children that come in streams of their own; with `batches`, those among these."""
    some = "" if batches is None else "and batch_id = any (%(batches)s::bigint[])"
    rows = connection.execute(
        f"""select record_type from ops.batch where record_type <> 'dossier' {some}
            union select record_type from pg_temp.staged_grave where record_type <> 'dossier'""",
        {"batches": batches},
    ).fetchall()
    return sorted(row[0] for row in rows)

"""Whose value gives way and who told what: contests between the records of a dossier, conflicts, provenance.

Here: the order of the steps and the column lists that their SQL is filled with, made from `schemas/survivorship.yml`.
Not here: the values themselves (`core.py`, golden.sql), how far apart personal values are (`disagreement.py`). Only
dossiers of several records are looked at, and closely only those whose records differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import psycopg

from hub.reconcile import choosing, disagreement
from hub.reconcile.gathering import analyse
from hub.reconcile.survivorship import HOLDER, Survivorship, declared
from hub.warehouse.statements import run
from schemas.tables.base import EVENT_TIMES, precision_of
from schemas.tables.origin import PROVENANCE_FIELDS

Connection = psycopg.Connection[Any]
STAGING = ("told", "contest", "weak", "conflict", "apart", "origin")
_DAY = "(r.{0} at time zone 'Asia/Ho_Chi_Minh')::date"
# What a record says against itself, by reason; {0} is the field. A day alone is compared with a day.
_OWN = {
    "before_receipt": "t.day_{0} < t.day_received_at",
    "after_receipt": "t.day_{0} > t.day_received_at",
    "ahead": "t.day_{0} > t.version_day",
    "not_in_force": """t.{0} is not null and t.day_received_at is not null and not exists (
            select from core.agency a where a.agency_code = t.{0}
               and t.day_received_at >= a.valid_from and t.day_received_at < a.valid_to)""",
    "number_agency": """t.{0} <> t.number_agency and t.number_agency = t.least_number_agency and exists (
            select from core.agency a where a.agency_code = t.number_agency
               and t.day_received_at >= a.valid_from and t.day_received_at < a.valid_to)""",
}
# The newest record that names an agency of its own day says who has the dossier.
_NO_HOLDER = """t.receiving_agency_code is not null and t.version_day is not null and not exists (
            select from core.agency a where a.agency_code = t.receiving_agency_code
               and t.version_day >= a.valid_from and t.version_day < a.valid_to)"""


def weigh(connection: Connection) -> None:
    """Lay the records of dossiers of several side by side, say which fields several of them tell and which differ, and
    mark the values that give way."""
    filled = expressions()
    run(connection, "core/told", None, **choosing.filled().told)
    connection.execute("analyze pg_temp.staged_told (dossier_id)")
    run(connection, "core/contest", None, **filled["contest"])
    analyse(connection, "contest")
    run(connection, "core/weak", None, **filled["weak"])
    run(connection, "core/weak_marked")


def settle(connection: Connection) -> None:
    """Losing values with kind and size, and the origin of each value that several records tell, as they stand now."""
    filled = expressions()
    analyse(connection, "weak")
    if differing := _differing(connection):
        run(connection, "core/conflict_found", None, **differing)
    analyse(connection, "conflict")
    disagreement.measure(connection)
    run(connection, "core/conflict_gone")
    run(connection, "core/conflict")
    run(connection, "core/origin", None, **filled["origin"])
    analyse(connection, "origin")
    run(connection, "core/origin_gone")
    run(connection, "core/origin_merged")


def _differing(connection: Connection) -> dict[str, str]:
    """The fields in which any dossier's records differ, as conflicts are found in them; each costs a reading of all."""
    row = connection.execute("select bit_or(differing) from pg_temp.staged_contest").fetchone()
    found, rules = (row and row[0]) or 0, declared()
    told = {field: branch for field, branch in _told(rules) if found & _mask([field])}
    if not told:
        return {}
    columns = [*rules.orders(), *told, *(precision_of(field) for field in told if field in EVENT_TIMES)]
    if "applicant_name_masked" in told:
        columns.append("applicant_name_hash")
    return {"told": "\n    union all\n".join(told.values()), "columns": ", ".join(f"r.{name}" for name in columns)}


@cache
def expressions() -> dict[str, dict[str, str]]:
    """What the SQL files are filled with, by file."""
    rules = declared()
    compared = [*rules.conflicts.shown, *rules.conflicts.hidden]
    contested = list(dict.fromkeys([*compared, *rules.plausible.fields()]))
    times = [field for field in EVENT_TIMES if field in rules.plausible.fields()]
    return {
        "contest": {
            "told": _sum(f"case when count(r.{f}) > 1 then {_bit(f)} else 0 end" for f in PROVENANCE_FIELDS),
            "differing": _sum(
                f"case when min({_text(f)}) <> max({_text(f)}) then {_bit(f)} else 0 end" for f in contested
            ),
        },
        "weak": {
            "days": ", ".join(f"{_DAY.format(f)} as day_{f}, r.{precision_of(f)}" for f in _with(times, "received_at")),
            "weighed": str(_mask(f for fields in rules.plausible.by_reason().values() for f in fields)),
            "flagged": str(_mask(rules.plausible.flags)),
            "flags": ", ".join(f"'{flag}'" for flags in rules.plausible.flags.values() for flag in flags) or "''",
            "own": ", ".join(_own(rules)),
            "by_day": ", ".join(f"('{f}', {_bit(f)}, t.{rules.order_of(f)})" for f in rules.plausible.receipt_errs)
            or "(null, 0, 0)",
            "times": ", ".join(
                f"('{f}', {_bit(f)}, t.day_{f}, t.{precision_of(f)}, {_wrong(rules, f)}, t.{rules.order_of(f)})"
                for f in times
            ),
            "orders": ", ".join(f"r.{order}" for order in rules.orders()),
            **{f"may_{reason}": _among(fields) for reason, fields in rules.plausible.by_reason().items()},
        },
        "origin": _origin(rules),
    }


def _origin(rules: Survivorship) -> dict[str, str]:
    """Fields of one order stand in one window, named by it."""
    bits = dict.fromkeys(rules.orders(), 0)
    for name, group in rules.groups.items():
        bits[rules.order(name)] += _mask(f for f in group.fields if f in PROVENANCE_FIELDS)
    return {
        "orders": ", ".join(f"r.{order}" for order in bits),
        "orders_alone": ", ".join(bits),
        "tells": _sum(f"case when r.{f} is not null then {_bit(f)} else 0 end" for f in PROVENANCE_FIELDS),
        "gives_way": "case when r.weak = '{}' then 0::bigint else "
        + _sum(f"case when '{f}' = any (r.weak) then {_bit(f)} else 0 end" for f in rules.plausible.fields())
        + " end",
        "chosen": " | ".join(
            f"({mask}::bigint & ((firm & ~coalesce(bit_or(firm) over w{order}, 0)) "
            f"| (weak & ~any_firm & ~coalesce(bit_or(weak) over w{order}, 0))))"
            for order, mask in bits.items()
        ),
        "windows": ", ".join(
            f"w{order} as (partition by dossier_id order by {order} rows between unbounded preceding and 1 preceding)"
            for order in bits
        ),
        "winners": ", ".join(f"('{f}', {_bit(f)}, c.{rules.order_of(f)})" for f in rules.plausible.fields()),
    }


def _bit(field: str) -> str:
    return f"{1 << PROVENANCE_FIELDS.index(field)}::bigint"


def _mask(fields: Iterable[str]) -> int:
    return sum(1 << PROVENANCE_FIELDS.index(field) for field in set(fields))


def _sum(terms: Iterator[str]) -> str:
    return "\n           + ".join(terms)


def _text(field: str) -> str:
    """A field as something that has a least and a greatest value; a name is compared whole where its hash is known."""
    if field == "applicant_name_masked":
        return "coalesce(encode(r.applicant_name_hash, 'hex'), r.applicant_name_masked)"
    return f"encode(r.{field}, 'hex')" if field.endswith("_hash") else f"r.{field}"


def _place(rules: Survivorship, field: str) -> str:
    """The order of a record's value as one number: a value that gives way stands behind all others."""
    order = f"r.{rules.order_of(field)}"
    return (
        f"(case when '{field}' = any (r.weak) then 1000 else 0 end + {order})"
        if field in rules.plausible.fields()
        else order
    )


def _with(fields: list[str], more: str) -> list[str]:
    return fields if more in fields else [*fields, more]


def _among(fields: list[str]) -> str:
    """The fields of a reason as a list for IN; none matches nothing."""
    return ", ".join(f"'{field}'" for field in fields) or "null"


def _own(rules: Survivorship) -> Iterator[str]:
    for field, flags in rules.plausible.flags.items():
        for flag, reason in flags.items():
            holds = f"{_differs(field)} and '{flag}' = any (t.flags)"
            yield f"('{field}', '{reason}', {holds}, t.{rules.order_of(field)})"
    for reason, condition in _OWN.items():
        for field in rules.plausible.by_reason()[reason]:
            holds = f"{_differs(field)} and {condition.format(field)}"
            yield f"('{field}', '{reason}', {holds}, t.{rules.order_of(field)})"
    holds = f"{_differs('receiving_agency_code')} and {_NO_HOLDER}"
    yield f"('{HOLDER}', 'not_in_force', {holds}, t.{rules.order('processing')})"


def _differs(field: str) -> str:
    return f"t.differing & {_bit(field)} <> 0"


def _wrong(rules: Survivorship, field: str) -> str:
    """Whether a record speaks against its own time; for the receipt also when what must follow it does not."""
    by_reason = rules.plausible.by_reason()
    found = [
        _OWN[reason].format(field)
        for reason in ("before_receipt", "after_receipt", "ahead")
        if field in by_reason[reason]
    ]
    if field == "received_at":
        found += [_OWN["before_receipt"].format(other) for other in by_reason["before_receipt"]]
        found += [_OWN["after_receipt"].format(other) for other in by_reason["after_receipt"]]
    return f"coalesce({' or '.join(found)}, false)" if found else "false"


def _told(rules: Survivorship) -> Iterator[tuple[str, str]]:
    """Fields, and one branch per field over the records of dossiers that differ in it: a list of VALUES beside each
    record would be set up anew for each of them, which costs many times as much."""
    for shown, fields in ((True, rules.conflicts.shown), (False, rules.conflicts.hidden)):
        for f in fields:
            moment = (f"r.{f}", f"r.{precision_of(f)}") if f in EVENT_TIMES else ("null::timestamptz", "null::text")
            place = _place(rules, f)
            yield (
                f,
                f"    select r.dossier_id, '{f}'::text, {str(shown).lower()}, {_text(f)}::text, {moment[0]}, "
                f"{moment[1]}, {place}, r.source_id, r.source_key, r.version_at\n"
                f"    from base r where r.differing & {_bit(f)} <> 0 and r.{f} is not null",
            )

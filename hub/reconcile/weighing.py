"""Whose value gives way and who told what: contests between the records of a dossier, conflicts, provenance.

Here: the order of the steps and the column lists that their SQL is filled with, made from `schemas/survivorship.yml`.
Not here: the values themselves (`core.py`, golden.sql), how far apart personal values are (`disagreement.py`). Only
dossiers of several records are looked at, and closely only those whose records differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import psycopg

from hub.reconcile import disagreement
from hub.reconcile.gathering import analyse
from hub.reconcile.survivorship import HOLDER, Survivorship, declared
from hub.warehouse.statements import run
from schemas.tables.base import EVENT_TIMES, precision_of
from schemas.tables.origin import PROVENANCE_FIELDS

Connection = psycopg.Connection[Any]
STAGING = ("contest", "weak", "conflict", "apart", "origin")
_DAY = "(r.{0} at time zone 'Asia/Ho_Chi_Minh')::date"
# What a record says against itself, by reason; {0} is the field. A day alone is compared with a day.
_OWN = {
    "before_receipt": "t.day_{0} < t.day_received_at",
    "after_receipt": "t.day_{0} > t.day_received_at",
    "ahead": "t.day_{0} > t.version_day",
    "not_in_force": """t.{0} is not null and t.received_on is not null and not exists (
            select from core.agency a where a.agency_code = t.{0}
               and t.received_on >= a.valid_from and t.received_on < a.valid_to)""",
}
# The newest record that names an agency of its own day says who has the dossier.
_NO_HOLDER = """t.receiving_agency_code is not null and t.version_day is not null and not exists (
            select from core.agency a where a.agency_code = t.receiving_agency_code
               and t.version_day >= a.valid_from and t.version_day < a.valid_to)"""


def weigh(connection: Connection) -> None:
    """Say which fields several records tell and which differ, and mark the values that give way."""
    filled = expressions()
    run(connection, "core/contest", None, **filled["contest"])
    analyse(connection, "contest")
    run(connection, "core/weak", None, **filled["weak"])
    run(connection, "core/weak_marked")


def settle(connection: Connection) -> None:
    """Losing values with kind and size, and the origin of each value that several records tell, as they stand now."""
    filled = expressions()
    analyse(connection, "weak")
    run(connection, "core/conflict_found", None, **filled["conflict"])
    analyse(connection, "conflict")
    disagreement.measure(connection)
    run(connection, "core/conflict")
    run(connection, "core/conflict_gone")
    run(connection, "core/origin", None, **filled["origin"])
    analyse(connection, "origin")
    run(connection, "core/origin_merged")
    run(connection, "core/origin_gone")


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
            "weighed": str(sum(1 << PROVENANCE_FIELDS.index(f) for f in rules.plausible.fields())),
            "own": ", ".join(_own(rules)),
            "times": ", ".join(
                f"('{f}', {_bit(f)}, t.day_{f}, t.{precision_of(f)}, {_wrong(rules, f)}, t.o_{rules.group_of(f)})"
                for f in times
            ),
            "orders": ", ".join(f"m.o_{name}" for name in rules.groups),
            **{f"may_{reason}": _among(fields) for reason, fields in rules.plausible.by_reason().items()},
        },
        "conflict": {"values": ", ".join(_told(rules))},
        "origin": {
            "best": ", ".join(
                f"min({_place(rules, f)}) filter (where r.{f} is not null) as w_{f}" for f in PROVENANCE_FIELDS
            ),
            "chosen": _sum(
                f"case when r.{f} is not null and {_place(rules, f)} = b.w_{f} then {_bit(f)} else 0 end"
                for f in PROVENANCE_FIELDS
            ),
            "bits": " ".join(f"when '{f}' then {_bit(f)}" for f in rules.plausible.fields()),
            "winners": ", ".join(f"('{f}', {_bit(f)}, b.w_{f})" for f in rules.plausible.fields()),
        },
    }


def _bit(field: str) -> str:
    return f"{1 << PROVENANCE_FIELDS.index(field)}::bigint"


def _sum(terms: Iterator[str]) -> str:
    return "\n           + ".join(terms)


def _text(field: str) -> str:
    """A field as something that has a least and a greatest value; a name is compared whole where its hash is known."""
    if field == "applicant_name_masked":
        return "coalesce(encode(r.applicant_name_hash, 'hex'), r.applicant_name_masked)"
    return f"encode(r.{field}, 'hex')" if field.endswith("_hash") else f"r.{field}"


def _place(rules: Survivorship, field: str) -> str:
    """The order of a record's value as one number: a value that gives way stands behind all others."""
    order = f"m.o_{rules.group_of(field)}"
    return (
        f"(case when '{field}' = any (m.weak) then 1000 else 0 end + {order})"
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
            yield f"('{field}', '{reason}', '{flag}' = any (t.flags), t.o_{rules.group_of(field)})"
    for reason, condition in _OWN.items():
        for field in rules.plausible.by_reason()[reason]:
            yield f"('{field}', '{reason}', {condition.format(field)}, t.o_{rules.group_of(field)})"
    yield f"('{HOLDER}', 'not_in_force', {_NO_HOLDER}, t.o_processing)"


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


def _told(rules: Survivorship) -> Iterator[str]:
    """(bit, field, shown, value as text, moment, precision, place in the order of trust)."""
    for shown, fields in ((True, rules.conflicts.shown), (False, rules.conflicts.hidden)):
        for f in fields:
            moment = (f"r.{f}", f"r.{precision_of(f)}") if f in EVENT_TIMES else ("null::timestamptz", "null::text")
            text = f"{_text(f)}::text"
            yield f"({_bit(f)}, '{f}', {str(shown).lower()}, {text}, {moment[0]}, {moment[1]}, {_place(rules, f)})"

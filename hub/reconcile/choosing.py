"""The golden values of a dossier as expressions that the SQL of core is filled with, made from the declarations.

Here: the column lists of `schemas/survivorship.yml` and of the tables, how a field's first value is taken. Not here:
the declaration itself (`survivorship.py`), the statements (`assets/sql/core`) and their order (`core.py`). Nothing in
these expressions comes from data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hub.reconcile.survivorship import HOLDER, Survivorship, declared
from schemas.tables import core
from schemas.tables.base import sql_type
from schemas.tables.clock import origin_columns
from schemas.tables.std import DOSSIER_RECORD

ORIGIN = tuple(column.name for column in origin_columns())
NOT_GOLDEN = {"dossier_id", "first_recorded_at", "last_recorded_at", *ORIGIN}


@dataclass(frozen=True)
class Filled:
    """What the SQL files of core are filled with, by the name of the brace."""

    staging: dict[str, str]
    told: dict[str, str]
    golden: dict[str, str]
    compare: dict[str, str]


@cache
def filled() -> Filled:
    """All expressions of the present declaration."""
    rules = declared()
    told = told_columns(rules)
    golden = [column for column in core.DOSSIER.columns if column.name not in NOT_GOLDEN]
    return Filled(
        staging={
            "told": ", ".join(
                [f"{order} bigint" for order in rules.orders()] + [f"{f} {sql_type(DOSSIER_RECORD.c[f])}" for f in told]
            ),
            "golden": ", ".join(
                f"{c.name} {sql_type(c)}"
                for c in [core.DOSSIER.c.dossier_id, *golden, *(core.DOSSIER.c[name] for name in ORIGIN)]
            ),
        },
        told={
            "names": ", ".join([*rules.orders(), *told]),
            "orders": ", ".join(f"{_placed(rules, order)} as {order}" for order in rules.orders()),
            "places": ", ".join(f"p.{order}" for order in rules.orders()),
            "fields": ", ".join(f"r.{field}" for field in told),
        },
        golden={
            "golden_names": ", ".join(["dossier_id", *(c.name for c in golden), *ORIGIN]),
            "order": rules.order("processing"),
            "is_implied": _is_implied(rules, "r"),
            "agreed_teller": f"{_agreed_teller(rules, 'source_id')} as told_by, "
            f"{_agreed_teller(rules, 'version_at')} as told_at",
            "single_values": ", ".join([*(f"r.{field}" for field in rules.decided()), *_HOLDER_OF_ONE]),
            "agreed_values": ", ".join([*(_agreed(rules, f) for f in rules.decided()), *_HOLDER_OF_THREE]),
            "contested_values": ", ".join([*(_first(rules, f) for f in rules.decided()), *_holder_of_several(rules)]),
            "final_values": ", ".join(["c.dossier_id", *(_final(c.name) for c in golden), *(f"c.{n}" for n in ORIGIN)]),
        },
        compare={
            "names": ", ".join(c.name for c in golden),
            "new": ", ".join(f"g.{c.name}" for c in golden),
            "sets": ", ".join(f"{c.name} = s.{c.name}" for c in golden),
        },
    )


def told_columns(rules: Survivorship) -> list[str]:
    """The std columns that records of one dossier are compared by and chosen from."""
    beside = ("version_at", "is_deleted", "number_agency_code", "number_form", "applicant_name_hash")
    return list(dict.fromkeys([*rules.decided(), *beside]))


def _is_implied(rules: Survivorship, record: str) -> str:
    """Whether a record only implies its status."""
    flags = ", ".join(f"'{flag}'" for flag in rules.plausible.flags.get("status", {}))
    return f"coalesce({record}.flags && array[{flags}]::text[], false)"


def _agreed_teller(rules: Survivorship, name: str) -> str:
    """Of the records a, b, c the first that tells its status; the first of all when each only implies it."""
    whens = (f"when {r}.source_id is not null and not {_is_implied(rules, r)} then {r}.{name}" for r in "abc")
    return f"case {' '.join(whens)} else a.{name} end"


def _placed(rules: Survivorship, order: str) -> str:
    """Each record's place in an order: living ones first, then by level, later event, later version."""
    prefer = rules.groups[order.removeprefix("o_")].prefer
    level = "case when p.has_ended then 'commune' else p.level end"
    rank = f"case {level} " + " ".join(f"when '{name}' then {place}" for place, name in enumerate(prefer)) + " end"
    return (
        f"row_number() over (partition by p.dossier_id order by p.is_deleted, {rank}, p.has_ended, "
        f"p.last_event desc nulls last, p.version_at desc nulls last, p.source_id, p.source_key)"
    )


def order_of(rules: Survivorship, field: str) -> str:
    """By what a field's values are ordered, best first: a value that gives way last, then the order of its group."""
    order = f"r.{rules.order_of(field)}"
    return f"'{field}' = any (r.weak), {order}" if field in rules.plausible.fields() else order


def _time_of(field: str) -> str:
    """The field whose record tells this one: a precision follows its time."""
    return field.removesuffix("_precision") + "_at" if field.endswith("_precision") else field


def _agreed(rules: Survivorship, field: str) -> str:
    """As `_first` where no value gives way, of the records a, b, c that stand first, second and third in the order of
    processing: an aggregate for each field would cost many times as much."""
    time = _time_of(field)
    order = rules.order_of(time)
    if field == "flags":
        return "a.flags"
    if order == rules.order("processing"):
        return f"{_told_first(time, field, 'abc')} as {field}"
    placed = [
        f"case {place} when a.{order} then a.{{0}} when b.{order} then b.{{0}} when c.{order} then c.{{0}} end"
        for place in (1, 2, 3)
    ]
    if field == time:
        return f"coalesce({', '.join(value.format(field) for value in placed)}) as {field}"
    whens = " ".join(f"when {value.format(time)} is not null then {value.format(field)}" for value in placed)
    return f"case {whens} end as {field}"


def _told_first(time: str, field: str, records: str) -> str:
    """The field's value of the first of the records that tells its time."""
    if field == time:
        return f"coalesce({', '.join(f'{r}.{field}' for r in records)})"
    return "case " + " ".join(f"when {r}.{time} is not null then {r}.{field}" for r in records) + " end"


def _first(rules: Survivorship, field: str) -> str:
    """The first value that is not empty in the order of the field; a precision follows its time."""
    time = _time_of(field)
    order = order_of(rules, time)
    if field == "flags":  # a list of lists would be an array of two dimensions
        return f"(array_agg(r.flags::text order by {order}))[1]::text[] as flags"
    return f"(array_agg(r.{field} order by {order}) filter (where r.{time} is not null))[1] as {field}"


# The day on which a record named its agency: that of its version.
_VERSION_DAY = "(r.version_at at time zone 'Asia/Ho_Chi_Minh')::date"
_HOLDER_OF_ONE = (f"r.receiving_agency_code as {HOLDER}_code", f"{_VERSION_DAY} as holder_on")
# The newest of those that name an agency; of one age, or of none, the first.
_NEWEST = "greatest({})".format(
    ", ".join(f"case when {r}.receiving_agency_code is not null then {r}.version_at end" for r in "abc")
)
_HOLDER_OF_THREE = tuple(
    "case "
    + " ".join(
        f"when {r}.receiving_agency_code is not null and {r}.version_at is not distinct from {_NEWEST} then {value}"
        for r, value in ((r, told.replace("r.", f"{r}.")) for r in "abc")
    )
    + f" end as {name}"
    for told, name in (("r.receiving_agency_code", f"{HOLDER}_code"), (_VERSION_DAY, "holder_on"))
)


def _waiting(since: str) -> str:
    """The stop that began then and lasts until the dossier closes."""
    closed = f"case when c.closed_at is not null then greatest(c.closed_at, {since}) end"
    return f"case when {since} is null then '{{}}' else tstzmultirange(tstzrange({since}, {closed})) end"


_FINAL = {
    "submission_agency_id": "coalesce(sa.agency_id, 0)",
    "receiving_agency_id": "coalesce(ra.agency_id, 0)",
    "processing_agency_id": "coalesce(pa.agency_id, 0)",
    "holder_agency_id": "coalesce(ha.agency_id, ra.agency_id, 0)",
    "applicant_id": "encode(c.applicant_id_hash, 'hex')",
    "applicant_masked": "c.applicant_name_masked",
    "withdrawn_at": "coalesce(c.withdrawn_at, case when c.status = 7 then step.withdrawn_step_at end)",
    "withdrawn_precision": (
        "coalesce(c.withdrawn_precision, case when c.status = 7 and step.withdrawn_step_at is not null then 's' end)"
    ),
    "original_due_at": "coalesce(supplement.first_due_at, c.due_at)",
    "legal_due_at": "l.legal_due_at",
    "closed_step_at": "case when c.status in (7, 9, 10) then step.closed_step_at end",
    "supplement_stops": (
        "case when supplement.dossier_id is null then '{}' else "
        f"coalesce(supplement.stops, '{{}}') + {_waiting('supplement.waiting_since')} end"
    ),
    "second_supplement_at": "supplement.second_at",
    "supplement_count": "coalesce(supplement.supplement_count, 0)",
    "apology_count": "coalesce(apology.apology_count, 0)",
    "reappointment_count": "coalesce(supplement.moved, 0) + coalesce(apology.moved, 0)",
    "paid_online": "c.online_payment in (1, 2)",
    "digitised": "coalesce(c.has_digitised_component, document.digitised)",
    "result_is_electronic": "coalesce(document.result_is_electronic, false)",
    # what was asked and not answered stops the clock until the dossier closes; a dossier that is said to wait now
    # without a request or step that tells since when is taken to wait since it was suspended or received
    "stops": (
        # most dossiers never stood still
        "case when supplement.dossier_id is null and stop_step.dossier_id is null and c.status not in (5, 6, 8) "
        "then '{}' else coalesce(supplement.stops, '{}') + coalesce(stop_step.stops, '{}') + "
        f"{_waiting('supplement.waiting_since')} + {_waiting('stop_step.waiting_since')}"
        " + case when c.status in (5, 6, 8) and coalesce(supplement.waiting_since, stop_step.waiting_since) is null "
        "then tstzmultirange(tstzrange(coalesce(c.suspended_at, c.received_at), null)) else '{}' end end"
    ),
}


def _holder_of_several(rules: Survivorship) -> list[str]:
    order = f"'{HOLDER}' = any (r.weak), r.version_at desc nulls last, r.{rules.order('processing')}"
    values = (("r.receiving_agency_code", f"{HOLDER}_code"), (_VERSION_DAY, "holder_on"))
    return [
        f"(array_agg({value} order by {order}) filter (where r.receiving_agency_code is not null))[1] as {name}"
        for value, name in values
    ]


def _final(name: str) -> str:
    return f"{_FINAL.get(name, f'c.{name}')} as {name}"

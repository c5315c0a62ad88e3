"""Whose value is right: `schemas/survivorship.yml` as expressions that the SQL of core is filled with.

Here: reading and checking the declaration, and the column lists made from it and from the table declarations.
Not here: the statements (`assets/sql/core`) and their order (`core.py`). Nothing in these expressions comes from data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec
import yaml

from hub.errors import HubError
from schemas.tables import core
from schemas.tables.base import EVENT_TIMES, precision_of, sql_type
from schemas.tables.clock import origin_columns
from schemas.tables.std import DOSSIER_RECORD

FILE = "schemas/survivorship.yml"
LEVELS = ("portal", "national", "province", "district", "commune")
HOLDER = "holder_agency"  # who has the dossier now: told by the newest record, not by the most trusted one
_FLAG = re.compile(r"[a-z_]+(:[a-z0-9_]+)?")
ORIGIN = tuple(column.name for column in origin_columns())
NOT_GOLDEN = {"dossier_id", "first_recorded_at", "last_recorded_at", *ORIGIN}


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field group: levels in the order of trust, and the std fields it decides."""

    prefer: list[str]
    fields: list[str]


class Compared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields whose losing values are kept: shown in clear, or hidden (personal)."""

    shown: list[str]
    hidden: list[str]


class Plausible(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a value give way to any other: `flags` gives field → flag of the record → reason, the others name the
    fields that the reason of that name may concern."""

    flags: dict[str, dict[str, str]] = {}
    before_receipt: list[str] = []
    after_receipt: list[str] = []
    ahead: list[str] = []
    not_in_force: list[str] = []
    swapped_day_month: list[str] = []
    precision: list[str] = []
    number_day: list[str] = []
    outvoted: list[str] = []

    def by_reason(self) -> dict[str, list[str]]:
        """Reason → fields, for the reasons that are no flags."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if name != "flags"}

    def fields(self) -> list[str]:
        """Every field that may give way, each once, in the order of the file."""
        named = [*self.flags, *(field for fields in self.by_reason().values() for field in fields)]
        return list(dict.fromkeys(named))


class Survivorship(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole declaration; `children` gives each child type the group that chooses its source."""

    groups: dict[str, Group]
    children: dict[str, str]
    conflicts: Compared
    plausible: Plausible = Plausible()

    def group_of(self, field: str) -> str:
        """The group that decides a field."""
        return next(name for name, group in self.groups.items() if field in group.fields)

    def order(self, group: str) -> str:
        """The column by which a group's records are ordered: groups of one order of trust share that of the first."""
        like = next(name for name, other in self.groups.items() if other.prefer == self.groups[group].prefer)
        return f"o_{like}"

    def order_of(self, field: str) -> str:
        """The column by which the records that tell a field are ordered."""
        return self.order(self.group_of(field))

    def orders(self) -> list[str]:
        """The columns of all orders, each once."""
        return list(dict.fromkeys(self.order(name) for name in self.groups))


@cache
def declared() -> Survivorship:
    """The reviewed declaration. Raises HubError naming what is wrong in the file."""
    text = resources.files("schemas").joinpath("survivorship.yml").read_text(encoding="utf-8")
    try:
        rules = msgspec.convert(yaml.safe_load(text), Survivorship)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise HubError(f"{FILE}: {error}", "mend the file; its form is described in its head") from error
    _check(rules)
    return rules


def _check(rules: Survivorship) -> None:
    wrong: list[str] = []
    fields = [field for group in rules.groups.values() for field in group.fields]
    wrong += [f"{field}: no such column of std.dossier_record" for field in fields if field not in DOSSIER_RECORD.c]
    wrong += [f"{field}: decided by two groups" for field in sorted({f for f in fields if fields.count(f) > 1})]
    for name, group in rules.groups.items():
        if sorted(group.prefer) != sorted(LEVELS):
            wrong.append(f"groups.{name}.prefer: must name each of {', '.join(LEVELS)} once")
    wrong += [f"children.{kind}: no group {name}" for kind, name in rules.children.items() if name not in rules.groups]
    wrong += [f"children.{kind}: missing" for kind in core.CHILD_TABLES if kind not in rules.children]
    compared = [*rules.conflicts.shown, *rules.conflicts.hidden]
    wrong += [f"plausible: {field} is in no group" for field in rules.plausible.fields() if field not in fields]
    for reason, named in rules.plausible.by_reason().items():
        strange = [f for f in named if (f in EVENT_TIMES) == (reason == "not_in_force")]
        wrong += [f"plausible.{reason}: {field} is of another kind" for field in strange]
    for field, flags in rules.plausible.flags.items():
        wrong += [f"plausible.flags.{field}: {flag!r} is no flag" for flag in flags if not _FLAG.fullmatch(flag)]
    wrong += [f"conflicts: {field} is in no group" for field in compared if field not in fields]
    if wrong:
        raise HubError(f"{FILE}: " + "; ".join(wrong), "mend the file")


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
            "single_values": ", ".join([*(f"r.{field}" for field in _fields(rules)), *_HOLDER_OF_ONE]),
            "agreed_values": ", ".join([*(_agreed(rules, f) for f in _fields(rules)), *_holder_of_several(rules)]),
            "contested_values": ", ".join([*(_first(rules, f) for f in _fields(rules)), *_holder_of_several(rules)]),
            "final_values": ", ".join(["c.dossier_id", *(_final(c.name) for c in golden), *(f"c.{n}" for n in ORIGIN)]),
        },
        compare={
            "names": ", ".join(c.name for c in golden),
            "new": ", ".join(f"g.{c.name}" for c in golden),
            "sets": ", ".join(f"{c.name} = s.{c.name}" for c in golden),
        },
    )


def _fields(rules: Survivorship) -> list[str]:
    """Every decided std field, each event time with its precision."""
    found: list[str] = []
    for group in rules.groups.values():
        for field in group.fields:
            found += [field, precision_of(field)] if field in EVENT_TIMES else [field]
    return found


def told_columns(rules: Survivorship) -> list[str]:
    """The std columns that records of one dossier are compared by and chosen from."""
    beside = ("version_at", "is_deleted", "received_on", "number_form", "applicant_name_hash")
    return list(dict.fromkeys([*_fields(rules), *beside]))


def _placed(rules: Survivorship, order: str) -> str:
    """Each record's place in an order: living ones first, then by level, later event, later version."""
    prefer = rules.groups[order.removeprefix("o_")].prefer
    rank = "case m.level " + " ".join(f"when '{level}' then {place}" for place, level in enumerate(prefer)) + " end"
    return (
        f"row_number() over (partition by m.dossier_id order by r.is_deleted, {rank}, {_LAST_EVENT} desc nulls last, "
        f"r.version_at desc nulls last, m.source_id, m.source_key)"
    )


def order_of(rules: Survivorship, field: str) -> str:
    """By what a field's values are ordered, best first: a value that gives way last, then the order of its group."""
    order = f"r.{rules.order_of(field)}"
    return f"'{field}' = any (r.weak), {order}" if field in rules.plausible.fields() else order


def _agreed(rules: Survivorship, field: str) -> str:
    """As `_first` where no value gives way and the records come in the order of processing."""
    time = field.removesuffix("_precision") + "_at" if field.endswith("_precision") else field
    if field == "flags":
        return "(array_agg(r.flags::text))[1]::text[] as flags"
    order = rules.order_of(time)
    order = "" if order == rules.order("processing") else f" order by r.{order}"
    return f"(array_agg(r.{field}{order}) filter (where r.{time} is not null))[1] as {field}"


def _first(rules: Survivorship, field: str) -> str:
    """The first value that is not empty in the order of the field; a precision follows its time."""
    time = field.removesuffix("_precision") + "_at" if field.endswith("_precision") else field
    order = order_of(rules, time)
    if field == "flags":  # a list of lists would be an array of two dimensions
        return f"(array_agg(r.flags::text order by {order}))[1]::text[] as flags"
    return f"(array_agg(r.{field} order by {order}) filter (where r.{time} is not null))[1] as {field}"


# The day on which a record named its agency: that of its version.
_LAST_EVENT = (
    "greatest(r.submitted_at, r.received_at, r.finished_at, r.returned_at, r.rejected_at, r.withdrawn_at, "
    "r.sent_back_at, r.suspended_at)"
)
_VERSION_DAY = "(r.version_at at time zone 'Asia/Ho_Chi_Minh')::date"
_HOLDER_OF_ONE = (f"r.receiving_agency_code as {HOLDER}_code", f"{_VERSION_DAY} as holder_on")
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
        "coalesce(supplement.stops, '{}') + case when supplement.waiting_since is null then '{}' else "
        "tstzmultirange(tstzrange(supplement.waiting_since, case when c.closed_at is not null "
        "then greatest(c.closed_at, supplement.waiting_since) end)) end"
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
        "coalesce(supplement.stops, '{}') + coalesce(stop_step.stops, '{}') + "
        + " + ".join(
            f"case when {since} is null then '{{}}' else "
            f"tstzmultirange(tstzrange({since}, case when c.closed_at is not null "
            f"then greatest(c.closed_at, {since}) end)) end"
            for since in ("supplement.waiting_since", "stop_step.waiting_since")
        )
        + " + case when c.status in (5, 6, 8) and coalesce(supplement.waiting_since, stop_step.waiting_since) is null "
        "then tstzmultirange(tstzrange(coalesce(c.suspended_at, c.received_at), null)) else '{}' end"
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

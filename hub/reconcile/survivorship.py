"""Whose value is right: `schemas/survivorship.yml`, read and checked.

Not here: the SQL that is made of it (`choosing.py`, `weighing.py`).
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import msgspec
import yaml

from hub.errors import HubError
from schemas.tables import core
from schemas.tables.base import EVENT_TIMES, precision_of
from schemas.tables.std import DOSSIER_RECORD

FILE = "schemas/survivorship.yml"
LEVELS = ("portal", "national", "province", "district", "commune")
HOLDER = "holder_agency"  # who has the dossier now: told by the newest record, not by the most trusted one
_OF_AGENCIES = ("not_in_force", "number_agency", "receipt_errs")  # reasons that concern no time
_FLAG = re.compile(r"[a-z_]+(:[a-z0-9_]+)?")


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
    number_agency: list[str] = []
    receipt_errs: list[str] = []
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

    def decided(self) -> list[str]:
        """Every decided std field, each event time with its precision."""
        found: list[str] = []
        for group in self.groups.values():
            for field in group.fields:
                found += [field, precision_of(field)] if field in EVENT_TIMES else [field]
        return found

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
        strange = [f for f in named if (f in EVENT_TIMES) == (reason in _OF_AGENCIES)]
        wrong += [f"plausible.{reason}: {field} is of another kind" for field in strange]
    for field, flags in rules.plausible.flags.items():
        wrong += [f"plausible.flags.{field}: {flag!r} is no flag" for flag in flags if not _FLAG.fullmatch(flag)]
    wrong += [f"conflicts: {field} is in no group" for field in compared if field not in fields]
    if wrong:
        raise HubError(f"{FILE}: " + "; ".join(wrong), "mend the file")

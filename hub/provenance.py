"""Whose value stands in each field of a dossier, by the declared order of trust.

Here: the order of `schemas/survivorship.yml` once more, in Python, for telling. Not here: deciding; that is SQL
(`assets/sql/core`), over all dossiers at once. A test holds the two together: every value told here is the value that
core holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.reconcile.survivorship import declared
from schemas.tables.base import EVENT_TIMES
from schemas.tables.core import DOSSIER

# Std fields that stand under another name in core.dossier, or must not be shown.
_GOLDEN_NAME = {
    "applicant_id_hash": "applicant_id",
    "applicant_name_masked": "applicant_masked",
    "online_payment": "paid_online",
    "has_digitised_component": "digitised",
}
_NOT_TOLD = {"flags"}  # a summary of the record, not a value of the dossier
# What the SQL of core calls the last event of a record: deadlines are no events.
_LAST_EVENT = [name for name in EVENT_TIMES if name not in ("acceptance_due_at", "due_at")]


@dataclass(frozen=True)
class Value:
    """Where the value of a field of the dossier comes from. `value` is None for personal fields."""

    field: str
    value: Any
    group: str
    source_id: str
    source_key: str


def values_of(members: Sequence[Mapping[str, Any]]) -> list[Value]:
    """Whose value stands in each field, by the declared order of trust; the same order as the SQL of core.

    `members`: rows of std.dossier_record with the `level` of their source. A deleted one speaks only
    when all are deleted.
    """
    rules = declared()
    hidden = set(rules.conflicts.hidden)
    told: list[Value] = []
    speaking = [member for member in members if not member["is_deleted"]] or members
    for name, group in rules.groups.items():
        ranked = sorted(speaking, key=lambda m: _trust(m, group.prefer))
        for std_field in group.fields:
            golden = _GOLDEN_NAME.get(std_field, std_field)
            if golden not in DOSSIER.c and not golden.endswith("_agency_code"):
                continue  # a part of another field, like the day inside a number
            best = next((m for m in ranked if m[std_field] is not None), None)
            if best is None or std_field in _NOT_TOLD:
                continue
            shown = None if std_field in hidden and std_field.endswith("_hash") else best[std_field]
            told.append(Value(golden, shown, name, best["source_id"], best["source_key"]))
    return told


def _trust(member: Mapping[str, Any], prefer: Sequence[str]) -> tuple[Any, ...]:
    """Sorts the most trusted record first: by level, the later event, the later version, then by name."""
    events = [member[name].timestamp() for name in _LAST_EVENT if member[name] is not None]
    later = -max(events) if events else float("inf")
    version = -member["version_at"].timestamp() if member["version_at"] is not None else float("inf")
    return (prefer.index(member["level"]), later, version, member["source_id"], member["source_key"])

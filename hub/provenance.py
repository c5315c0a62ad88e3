"""Whose value stands in each field of a dossier, as core has recorded it.

Here: the fields with the record that decided each. Not here: deciding; that is SQL (`assets/sql/core`), over all
dossiers at once, which keeps the origin of every field that several records tell (`core.provenance`). A field that one
record alone tells is that record's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.reconcile.survivorship import declared
from schemas.tables.core import DOSSIER

# Std fields that stand under another name in core.dossier, or must not be shown.
_GOLDEN_NAME = {
    "applicant_id_hash": "applicant_id",
    "applicant_name_masked": "applicant_masked",
    "online_payment": "paid_online",
    "has_digitised_component": "digitised",
}
_NOT_TOLD = {"flags"}  # a summary of the record, not a value of the dossier


@dataclass(frozen=True)
class Value:
    """Where the value of a field of the dossier comes from. `value` is None for personal fields, `others` counts the
    further records that tell the field, `reason` says why a more trusted record's value gave way (None: none did)."""

    field: str
    value: Any
    group: str
    source_id: str
    source_key: str
    others: int
    reason: str | None


def values_of(members: Sequence[Mapping[str, Any]], origins: Sequence[Mapping[str, Any]]) -> list[Value]:
    """Whose value stands in each field, group by group.

    `members`: the dossier's rows of std.dossier_record; a deleted one speaks only when all are deleted. `origins`: its
    rows of core.provenance.
    """
    rules = declared()
    hidden = set(rules.conflicts.hidden)
    told: list[Value] = []
    speaking = [member for member in members if not member["is_deleted"]] or members
    by_key = {(member["source_id"], member["source_key"]): member for member in speaking}
    chosen = {row["field"]: row for row in origins}
    for name, group in rules.groups.items():
        for std_field in group.fields:
            golden = _GOLDEN_NAME.get(std_field, std_field)
            if golden not in DOSSIER.c and not golden.endswith("_agency_code"):
                continue  # a part of another field, like the day inside a number
            tellers = [member for member in speaking if member[std_field] is not None]
            if not tellers or std_field in _NOT_TOLD:
                continue
            row = chosen.get(std_field)
            best = tellers[0] if row is None else by_key[row["source_id"], row["source_key"]]
            shown = None if std_field in hidden and std_field.endswith("_hash") else best[std_field]
            place = (best["source_id"], best["source_key"])
            told.append(Value(golden, shown, name, *place, len(tellers) - 1, row["reason"] if row else None))
    return told

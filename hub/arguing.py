"""What speaks for and against that two records are one dossier, in the order of its weight.

Here: a pure function over both sides of a question and the evidence that core has kept of it. Not here: reading them
(`reviewing.py`), deciding (`hub/reconcile`). Where content was compared, each field has a weight (log2 of the odds),
and with the prior they add up to the weight of the question. Where numbers alone raised the question, the shared
number speaks for, and the guards of a reused sequence against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.linkage.model import load_model

NUMBERS = ("dossier_no", "alt_dossier_no", "portal_no", "receipt_no")
ACCEPTED = ("tt01", "tt03")
FOR, AGAINST = "for", "against"
MODEL = "dossier"
_ROUNDED = 0.1  # weights are kept to two digits
_GUARDS = ("procedure_code", "applicant", "received_on")


@dataclass(frozen=True)
class Argument:
    """A field, how its two values compare (`level`), and its weight; `weight` is None for numbers and guards."""

    field: str
    level: str
    weight: float | None
    speaks: str


def arguments(
    one: Mapping[str, Any], other: Mapping[str, Any], weights: Mapping[str, Any], total: float | None = None
) -> list[Argument]:
    """`one`, `other`: as `reviewing.sides` gives them; `weights`: field → {level, weight}, empty if never compared;
    `total`: the weight of the question. A total below its parts was held down by a level that allows no more."""
    told = [Argument(name, "shared number", None, FOR) for name in NUMBERS if _shared(name, one, other)]
    numbers = [side.get("dossier_no") for side in (one, other) if side.get("number_form") in ACCEPTED]
    if len(numbers) == 2 and numbers[0] != numbers[1]:
        told.append(Argument("dossier_no", "two accepted numbers", None, AGAINST))
    if not weights:
        both = [n for n in _GUARDS if one.get(n) is not None and other.get(n) is not None]
        told += [Argument(n, "equal", None, FOR) for n in both if one[n] == other[n]]
        told += [Argument(n, "different", None, AGAINST) for n in both if one[n] != other[n]]
    by_weight = sorted(weights.items(), key=lambda item: (-abs(item[1]["weight"]), item[0]))
    told += [
        Argument(name, said["level"], said["weight"], FOR if said["weight"] > 0 else AGAINST)
        for name, said in by_weight
    ]
    if weights:
        prior = load_model(MODEL).prior_weight
        told.append(Argument("prior", "two records of a desk and its days", prior, FOR if prior > 0 else AGAINST))
        rest = 0.0 if total is None else total - prior - sum(said["weight"] for said in weights.values())
        if rest < -_ROUNDED:
            told.append(Argument("limit", "a level allows no more than a question", rest, AGAINST))
    return told


def in_words(told: list[Argument], speaks: str) -> str:
    """The arguments of one direction in one line: `applicant_name equal +9.7; due_at same_day +1.2`."""
    return "; ".join(
        f"{item.field} {item.level}" + ("" if item.weight is None else f" {item.weight:+.1f}")
        for item in told
        if item.speaks == speaks
    )


def _shared(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a number of the one is any number of the other; receipts are compared with receipts."""
    mine = one.get(name)
    if mine is None:
        return False
    if name == "receipt_no":
        return bool(mine == other.get(name))
    return any(mine == other.get(kind) for kind in NUMBERS if kind != "receipt_no")

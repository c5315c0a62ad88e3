"""The kinds of fault, as data: what is done, what must be said about it, what ends it.

Here: reading `catalogue.yml` and its shape. Not here: doing any of it (`strikes_*.py`, `test_*.py`). A kind is in the
catalogue before anything strikes by its name, so that the list can be read without the code.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec


class Kind(msgspec.Struct, frozen=True):
    """One kind of fault. done: what happens to the system.  healed: what ends it.

    noticed: a regular expression that what the hub says must hold: outcome and message of the pull, quarantine, files,
        drift, its own log. Empty where a test looks for itself.
    """

    done: str
    healed: str
    noticed: str = ""


@cache
def families() -> dict[str, dict[str, Kind]]:
    """The kinds of each family, by name, in the order of the file."""
    text = Path(__file__).with_name("catalogue.yml").read_bytes()
    return msgspec.yaml.decode(text, type=dict[str, dict[str, Kind]])


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order of the file."""
    return {name: kind for family in families().values() for name, kind in family.items()}


def place(name: str) -> tuple[str, int]:
    """Family and position of a kind. Raises KeyError for a name that the catalogue does not have."""
    if name not in kinds():
        raise KeyError(f"{name} is no kind of fault in catalogue.yml")
    family = next(family for family, members in families().items() if name in members)
    return family, list(kinds()).index(name)


def says(name: str, evidence: str) -> bool:
    """Whether the evidence holds what must be said about a kind."""
    return re.search(kinds()[name].noticed, evidence, re.DOTALL) is not None

"""A file that a commune drops into its folder: a value.

Here: what it is and when it comes. Not here: what stands in it (`xml_packages.py`, `registers.py`), and the folder on
disk (`deploy.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """`day` is the day after the first on which it appears (0: there from the beginning); `at` its time of change.

    `unsettled`: it is still being written, and comes whole, under the same name, a day later.
    """

    agency_code: str
    name: str
    day: int
    at: datetime
    content: bytes = field(repr=False)
    unsettled: bool = False

"""What is proposed, as plain values: streams, children, value maps, formats, and what is unsure about each.

Here: shapes alone. Not here: how they come about (`streams.py`, `codes.py`) and how they are written (`write.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.scaffold.fields import Fed


@dataclass
class Codes:
    """A value map. `unsure`: code → what a person has to decide; those codes are not in `known`. `note`: of all."""

    known: dict[str, int] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass
class Part:
    """A list inside a record (`path`), as records of one type."""

    record_type: str
    path: str
    fields: dict[str, Fed]
    key: list[str] = field(default_factory=list)
    constant: str = ""
    ignore: list[str] = field(default_factory=list)
    why: str = ""


@dataclass
class Flow:
    """A stream. `read` is the family's own part, ready to be written; `parent` is (dossier_no or source_key, path)."""

    name: str
    record_type: str
    fields: dict[str, Fed]
    read: Mapping[str, Any]
    key: list[str] = field(default_factory=list)
    version: str = ""
    cursor_format: str = ""
    deleted: str = ""
    parent: tuple[str, str] | None = None
    constant: str = ""
    required: list[str] = field(default_factory=list)
    implied: list[tuple[str, int]] = field(default_factory=list)
    procedure_by_name: int = 0
    ignore: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    unsure: dict[str, str] = field(default_factory=dict)  # entry → what is unsure about it
    notes: list[str] = field(default_factory=list)
    only_where: str = ""  # a column that is filled in the records of this stream alone
    stamp: str = ""  # the cursor as the family spells it, once chosen


@dataclass
class Proposal:
    """A mapping as it is proposed. `formats`: how times are written, most frequent first, each with what is unsure."""

    name: str
    family: str
    streams: list[Flow]
    values: dict[str, Codes]
    formats: dict[str, str]
    notes: list[str] = field(default_factory=list)

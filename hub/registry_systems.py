"""Which agency has which software, and when: the file `systems.csv` beside the source files.

Here: reading that list and its errors. Not here: what is done with it (`registry_sources`). One line per agency and
system: adding a commune is one row of data, and so is a commune that changes its software.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from hub.registry_yaml import near, shown

FILE = "systems.csv"
COLUMNS = ("agency_code", "system", "from", "to")
Span = tuple[date | None, date | None]


@dataclass(frozen=True)
class Systems:
    """By agency and system, when the agency had it: first day, last day (exclusive), None is open."""

    rows: Mapping[tuple[str, str], Sequence[Span]] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """Every system that some agency has."""
        return {system for _, system in self.rows}

    def span(self, agency_code: str, system: str) -> Span | None:
        """From the first to the last day of an agency with a system; None when it never had it."""
        found = self.rows.get((agency_code, system))
        if not found:
            return None
        starts, ends = [first for first, _ in found], [last for _, last in found]
        return (
            None if None in starts else min(day for day in starts if day),
            None if None in ends else max(day for day in ends if day),
        )


def read_systems(folder: Path, agencies: Sequence[Mapping[str, Any]] | None) -> tuple[Systems, list[str]]:
    """The list of a folder, empty when there is none, and what is wrong in it, each as `file:line: what`."""
    path = folder / FILE
    if not path.exists():
        return Systems(), []
    name, wrong = shown(path), []
    rows: dict[tuple[str, str], list[Span]] = {}
    known = {row["agency_code"] for row in agencies or ()}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            if tuple(lines.fieldnames or ()) != COLUMNS:
                return Systems(), [f"{name}:1: the columns must be {', '.join(COLUMNS)}"]
            for line in lines:
                span, told = _span(line)
                code = line["agency_code"]
                if agencies is not None and code not in known:
                    told = f"no agency has the code {code!r}" + near(code, known)
                if not (line["system"] or "").strip():
                    told = "names no system"
                if told:
                    wrong.append(f"{name}:{lines.line_num}: {told}")
                else:
                    rows.setdefault((code, line["system"]), []).append(span)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return Systems(), [f"{name}: cannot be read: {error}"]
    return Systems(rows), wrong


def _span(line: Mapping[str, str | None]) -> tuple[Span, str]:
    days: list[date | None] = []
    for column in ("from", "to"):
        text = (line[column] or "").strip()
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            return (None, None), f"{column} must be a date like 2025-07-01, not {text!r}"
    first, last = days
    if first and last and first >= last:
        return (None, None), "ends before it begins: `to` is the first day on which it is over"
    return (first, last), ""

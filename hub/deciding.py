"""A file of decisions: one line per pair, checked whole before anything is kept.

Here: reading it. Not here: keeping decisions (`reviewing.py`). CSV with a head: `review` (an id of `hub review list`)
or `source_a, key_a, source_b, key_b`; `verdict` (same, different, undone); `why`; `by` where it is not the caller.
"""

from __future__ import annotations

import csv
from pathlib import Path

import psycopg

from hub.errors import HubError
from hub.registry_yaml import near
from hub.reviewing import DIFFERENT, SAME, UNDONE, Connection, Decision, review_of

VERDICTS = (SAME, DIFFERENT, UNDONE)
COLUMNS = ("review", "source_a", "key_a", "source_b", "key_b", "verdict", "why", "by")


def decisions_of(connection: Connection, path: Path, by: str) -> list[Decision]:
    """The decisions of a file. Raises HubError that names file, line and column of the first thing that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(f"{path}: cannot be read ({error})", "give a CSV file in UTF-8") from error
    rows = csv.DictReader(text.splitlines())
    names = rows.fieldnames or []
    for name in names:
        if name not in COLUMNS:
            raise HubError(f"{path}, line 1: no column is named {name!r}{near(name, COLUMNS)}", _hint())
    if "verdict" not in names or "why" not in names:
        raise HubError(f"{path}, line 1: verdict and why are missing", _hint())
    return [_decision(connection, row, f"{path}, line {at}", by) for at, row in enumerate(rows, start=2)]


def _decision(connection: psycopg.Connection[object], row: dict[str, str], where: str, by: str) -> Decision:
    told = {name: (value or "").strip() for name, value in row.items() if name}
    verdict, why = told["verdict"], told["why"]
    if verdict not in VERDICTS:
        raise HubError(f"{where}, verdict: {verdict!r}{near(verdict, VERDICTS)}", f"one of {', '.join(VERDICTS)}")
    if not why:
        raise HubError(f"{where}, why: is empty", "say why: the judgement is kept with its reason")
    if told.get("review"):
        try:
            review = review_of(connection, told["review"])
        except HubError as error:
            raise HubError(f"{where}, review: {error}", error.hint) from error
        first, second = (review.source_id_a, review.source_key_a), (review.source_id_b, review.source_key_b)
    else:
        empty = next((name for name in COLUMNS[1:5] if not told.get(name)), None)
        if empty:
            raise HubError(f"{where}, {empty}: is empty", "name a review, or both records by source and key")
        first, second = (told["source_a"], told["key_a"]), (told["source_b"], told["key_b"])
    return Decision(first, second, verdict, told.get("by") or by, why)


def _hint() -> str:
    return f"columns are {', '.join(COLUMNS)}; review, or the four that name two records"

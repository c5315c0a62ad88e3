"""A file of decisions: one line per pair, checked whole before anything is kept.

Here: what a filled row means. Not here: the file itself (`review_sheet.py`), keeping decisions (`reviewing.py`). A row
names `review` (an id of `hub review list`) or `source_a, key_a, source_b, key_b`; `verdict`: same (or accept),
different (reject), undone (undo), or split with `source_a, key_a` alone: that record leaves its dossier; `why`; `by`
where it is not the caller. A row without verdict and reason is left open. What `hub review list --out` shows besides is
passed over.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from hub import review_sheet
from hub.errors import HubError
from hub.registry_yaml import near
from hub.review_sheet import GIVEN, PAIR
from hub.reviewing import DIFFERENT, SAME, UNDONE, Connection, Decision, apart, dossier_of, review_of

SPLIT = "split"
VERDICTS = {
    SAME: SAME,
    "accept": SAME,
    DIFFERENT: DIFFERENT,
    "reject": DIFFERENT,
    UNDONE: UNDONE,
    "undo": UNDONE,
    SPLIT: SPLIT,
}
Record = tuple[str, str]


@dataclass(frozen=True)
class Decided:
    """What a file says: its decisions, and how many rows it leaves open."""

    decisions: list[Decision]
    left_open: int


def decisions_of(connection: Connection, path: Path, by: str, why: str = "") -> Decided:
    """The decisions of a file; `by` and `why` stand where a row has none of its own.

    Raises HubError that names file, line and column of the first thing that is wrong.
    """
    names, rows = review_sheet.read(path)
    for name in names:
        if name not in review_sheet.COLUMNS:
            raise HubError(f"{path}, line 1: no column is named {name!r}{near(name, review_sheet.COLUMNS)}", _hint())
    missing = [name for name in ("verdict", "why") if name not in names and not (name == "why" and why)]
    if missing:
        raise HubError(f"{path}, line 1: {' and '.join(missing)} {'are' if missing[1:] else 'is'} missing", _hint())
    decisions: list[Decision] = []
    leaving: dict[int, list[tuple[Record, str, str]]] = defaultdict(list)
    left_open = 0
    for at, row in rows:
        told, where = {name: value for name, value in row.items() if value}, f"{path}, line {at}"
        if "verdict" not in told and "why" not in told:
            left_open += 1
            continue
        verdict = VERDICTS.get(told.get("verdict", "").lower())
        if verdict is None:
            word = told.get("verdict", "")
            raise HubError(f"{where}, verdict: {word!r}{near(word, tuple(VERDICTS))}", f"one of {', '.join(VERDICTS)}")
        reason, judge = told.get("why", why), told.get("by", by)
        if not reason:
            raise HubError(f"{where}, why: is empty", "say why: the judgement is kept with its reason")
        if verdict == SPLIT:
            record = _record(told, where)
            leaving[dossier_of(connection, record)].append((record, judge, reason))
        else:
            decisions.append(Decision(*_pair(connection, told, where), verdict, judge, reason))
    for dossier_id, records in leaving.items():
        said = {record: (judge, reason) for record, judge, reason in records}
        for record, other in apart(connection, dossier_id, list(said)):
            decisions.append(Decision(record, other, DIFFERENT, *said[record]))
    return Decided(decisions, left_open)


def _pair(connection: Connection, told: dict[str, str], where: str) -> tuple[Record, Record]:
    """The two records that a row names; its id, if it has one as well, must be theirs."""
    wanted = told.get("review", "").lower()
    if wanted and not any(told.get(name) for name in PAIR[1:]):
        try:
            review = review_of(connection, wanted)
        except HubError as error:
            raise HubError(f"{where}, review: {error}", error.hint) from error
        return (review.source_id_a, review.source_key_a), (review.source_id_b, review.source_key_b)
    empty = next((name for name in PAIR[1:] if not told.get(name)), None)
    if empty:
        raise HubError(f"{where}, {empty}: is empty", "name a review, or both records by source and key")
    first, second = (told["source_a"], told["key_a"]), (told["source_b"], told["key_b"])
    if wanted and not any(_id(*ends).startswith(wanted) for ends in ((first, second), (second, first))):
        raise HubError(
            f"{where}, review: {wanted} is not the question between these two records",
            "a program has moved or changed cells: write the file anew by `hub review list --out`",
        )
    return first, second


def _record(told: dict[str, str], where: str) -> Record:
    if told.get("source_b") or told.get("key_b") or told.get("review"):
        raise HubError(
            f"{where}, verdict: split names one record, in source_a and key_a",
            "of a pair say different; leave the other columns of the pair empty to take a record out of its dossier",
        )
    empty = next((name for name in PAIR[1:3] if not told.get(name)), None)
    if empty:
        raise HubError(f"{where}, {empty}: is empty", "name the record that leaves its dossier")
    return told["source_a"], told["key_a"]


def _id(first: Record, second: Record) -> str:
    """As `reviewing.ID` makes it."""
    return sha256("\x1f".join([*first, *second]).encode()).hexdigest()[:10]


def _hint() -> str:
    return f"columns are {', '.join((*PAIR, *GIVEN))}; review, or the four that name two records"

"""Which canonical field each column of a table feeds: by its name and by its values, each column once.

Here: the scores and the assignment; pure. Not here: words (`words.py`), forms of values (`values.py`), streams and
children (`streams.py`). A name alone may be enough, values alone rarely: two days of a dossier look the same. Values
that cannot be of the field's kind end the matter, whatever the name says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.scaffold.observed import Column, Table
from hub.scaffold.values import Values
from hub.scaffold.words import Vocabulary
from schemas.fields import FIELDS

SURE, LEAST = 0.8, 0.5
_SECOND = 0.78  # how well a second column has to fit to stand behind the first
_SEVERAL = {"applicant_id_no", "applicant_name", "applicant_phone", "applicant_address", "step_text", "content",
            "document_code", "procedure_code"}  # fmt: skip
_OWN = {"dossier": "dossier", "step": "step", "supplement": "supplement", "fee": "fee", "document": "document",
        "rating": "rating", "apology": "apology"}  # fmt: skip
# What values alone say of a field, where its name says nothing.
_BY_VALUES = {
    ("dossier", "dossier_no"): ("number", 0.75),
    ("dossier", "procedure_code"): ("procedure", 0.75),
    ("dossier", "receiving_agency"): ("agency_code", 0.55),
    ("dossier", "processing_agency"): ("agency", 0.5),
    ("dossier", "applicant_email"): ("email", 0.7),
    ("dossier", "applicant_phone"): ("phone", 0.55),
    ("dossier", "applicant_id_no"): ("identity", 0.5),
    ("dossier", "applicant_name"): ("name", 0.55),
    ("step", "officer_name"): ("name", 0.6),
}


@dataclass
class Fed:
    """A canonical field and what feeds it, best first. `score` 0 to 1; `why` is what is unsure, "" when nothing is."""

    name: str
    paths: list[str]
    score: float
    why: str = ""


@dataclass
class Reading:
    """A table read as records of one type. `rest`: columns that feed nothing. `score`: how well the type fits."""

    record_type: str
    fields: dict[str, Fed] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)
    score: float = 0.0


def read_as(table: Table, record_type: str, words: Vocabulary, taken: Iterable[str] = ()) -> Reading:
    """Assign the table's columns to the fields of a record type; `taken` columns are left out."""
    own, left_out = _OWN[record_type], set(taken)
    columns = [column for column in table.columns if column.path not in left_out]
    scored: list[tuple[float, int, str, Column]] = []
    for at, column in enumerate(columns):
        for name, patterns in words.fields[record_type].items():
            likeness = words.likeness(column.path, patterns, own)
            score = _score(column.values, record_type, name, likeness, words)
            # What only a name says, or another table, has to be said clearly.
            if score >= (SURE if column.joined or column.values.empty else LEAST):
                scored.append((score, -at, name, column))
    scored.sort(key=lambda each: (each[3].joined is not None, -each[0], -each[1]))
    reading = Reading(record_type)
    used: set[str] = set()
    for score, _, name, column in scored:
        if column.path in used:
            continue
        if name not in reading.fields:
            reading.fields[name] = Fed(name, [column.path], score, _doubt(score, column))
        elif name in _SEVERAL and score >= _SECOND and column.joined is None:
            reading.fields[name].paths.append(column.path)
        else:
            continue
        used.add(column.path)
    _put_in_order(reading, table)
    if record_type == "dossier":
        used |= _handed_over(reading, table, words, used)
    reading.fields = {name: reading.fields[name] for name in FIELDS[record_type] if name in reading.fields}
    reading.rest = [column.path for column in columns if column.path not in used]
    named = words.likeness(_last(table.name), words.records[record_type])
    reading.score = sum(fed.score for fed in reading.fields.values()) / max(4.0, len(columns)) + named
    return reading


def _handed_over(reading: Reading, table: Table, words: Vocabulary, used: set[str]) -> set[str]:
    """A second moment of finishing that is never before the first is the handing over of the result."""
    finished = reading.fields.get("finished_at")
    first = table.column(finished.paths[0]) if finished else None
    if first is None or "returned_at" in reading.fields:
        return set()
    for column in table.columns:
        named = words.likeness(column.path, words.fields["dossier"]["finished_at"], "dossier")
        if column.path in used or named < SURE or not column.values.times or column.joined:
            continue
        both = [(a, b) for a, b in zip(first.values.texts, column.values.texts, strict=True) if a and b]
        later = sum(_sortable(a) <= _sortable(b) for a, b in both) * 2 >= len(both)
        earlier, late = (finished, column.path) if later else (None, column.path)
        if earlier is None and finished is not None:
            late, finished.paths = finished.paths[0], [column.path]
        reading.fields["returned_at"] = Fed("returned_at", [late], LEAST, "the later one of two moments of finishing")
        return {column.path}
    return set()


def _sortable(text: str) -> str:
    """A time as text that sorts: the year first."""
    match = re.match(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})(.*)", text)
    return f"{match[3]}-{match[2]:>02}-{match[1]:>02}{match[4]}" if match else text


def likely(column: Column, record_type: str, words: Vocabulary) -> list[tuple[str, float]]:
    """The canonical fields that one column probably feeds, best first, each with its score."""
    own = _OWN[record_type]
    found = [
        (name, _score(column.values, record_type, name, words.likeness(column.path, patterns, own), words))
        for name, patterns in words.fields[record_type].items()
    ]
    least = SURE if column.values.empty else LEAST
    return sorted(((name, score) for name, score in found if score >= least), key=lambda each: -each[1])


def _last(name: str) -> str:
    """The part of a table's or list's name that says what its items are; the list around them where they say less."""
    return ".".join(name.split(".")[-2:])


def _doubt(score: float, column: Column) -> str:
    if score >= SURE:
        return ""
    return "by name alone, no value was seen" if column.values.empty else "the name or the values fit only in part"


def _put_in_order(reading: Reading, table: Table) -> None:
    """Of several columns for one field the fuller one first only where the first is empty."""
    for fed in reading.fields.values():
        if len(fed.paths) > 1:
            known = {path: table.column(path) for path in fed.paths}
            fed.paths.sort(key=lambda path: (column := known[path]) is None or column.values.empty)


def _score(values: Values, record_type: str, name: str, likeness: float, words: Vocabulary) -> float:
    agrees = 0.0 if values.empty else _agreement(values, FIELDS[record_type][name], name, words)
    if agrees < 0:
        return 0.0
    form, alone = _BY_VALUES.get((record_type, name), ("", 0.0))
    by_values = alone if form and values.is_(form) else 0.0
    score = likeness * 0.88 + (0.12 * agrees if likeness else 0.0)
    if by_values and likeness >= 0.3:
        score = max(score, by_values + 0.25 * likeness)
    if likeness < 1 and form and not by_values and not values.empty and name != "applicant_name":
        score *= 0.9
    return min(1.0, max(score, by_values))


def _agreement(values: Values, kind: str, name: str, words: Vocabulary) -> float:
    """How well values are of a kind: -1 not at all, 0 says nothing, 1 well."""
    form = {"time": "time", "integer": "integer", "money": "money", "flag": "flag"}.get(kind)
    if form:
        return 1.0 if values.is_(form) else -1.0
    if values.is_("time") and not values.is_("identity"):
        return -1.0
    if kind in ("number", "procedure", "agency", "agency_name", "identity", "phone"):
        return _shaped(values, kind, name)
    if values.is_("uuid"):
        return 0.0 if kind in ("tech_id", "code") else -1.0
    if kind == "value":
        if not values.coded and len(values.counted) > 3:
            return -1.0
        known = [words.code(name, text) is not None or _counts(text, name, words) for text in values.counted]
        return 1.0 if all(known) else 0.5 if any(known) else 0.0
    if kind in ("name", "officer"):
        return 1.0 if values.is_("name") else -1.0 if values.is_("integer") or values.is_("number") else 0.4
    if kind in ("text", "clear"):
        if name.endswith("email"):
            return 1.0 if values.is_("email") else -1.0
        return -1.0 if values.is_("number") or values.is_("flag") else 1.0 if values.is_("words") else 0.3
    return 0.5


def _shaped(values: Values, kind: str, name: str) -> float:
    if kind == "number":
        shaped = values.is_("number")
        return 1.0 if shaped else 0.0 if name != "dossier_no" or not values.is_("words") else -1.0
    if kind == "procedure":
        return 1.0 if values.is_("procedure") else -1.0 if values.is_("words") else 0.2
    if kind == "agency":
        return 1.0 if values.is_("agency_code") else 0.6 if values.is_("agency") else -1.0
    if kind == "agency_name":
        return 1.0 if values.is_("agency") else -1.0 if values.is_("integer") or values.is_("uuid") else 0.4
    if kind == "identity":
        return 1.0 if values.is_("identity") else -1.0 if values.share("identity") < 0.1 else 0.3
    return 1.0 if values.is_("phone") else -1.0 if values.share("phone") < 0.1 else 0.3


def _counts(text: str, name: str, words: Vocabulary) -> bool:
    return text.isdecimal() and int(text) in words.plain_codes.get(name, [])

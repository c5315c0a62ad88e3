"""Tables that were seen into streams of a mapping: which are dossiers, which belong to them, by what they are known.

Here: record types, key, cursor, soft delete, parents, children, formats; pure. Not here: fields (`fields.py`), codes
(`codes.py`), what a family adds (`look_*.py`), writing (`write.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.scaffold.codes import codes_of, labels_of
from hub.scaffold.fields import LEAST, SURE, Fed, Reading, read_as
from hub.scaffold.marks import IDENTIFYING, cursor_of, is_id, key_of, link_of, rules_of
from hub.scaffold.observed import Column, Table
from hub.scaffold.proposal import Flow, Part, Proposal
from hub.scaffold.words import Vocabulary
from schemas.fields import FIELDS

_INSIDE = ("step", "supplement", "fee", "document", "rating", "apology")
_CHILD_LEAST = 0.75  # how well a list has to fit a record type
_FOLDED = {"applicant_id_no": "[0]", "linked_databases": "[]"}  # small lists whose items belong to the dossier itself


@dataclass
class Seen:
    """A table and how a mapping reads it: `read` makes the family's part once the columns are chosen.

    takes_all: the records come whole (JSON), so what feeds nothing has to be named as ignored.
    wanted: a person named this list, so it is taken whatever it looks like.
    """

    table: Table
    read: Callable[[Flow], Mapping[str, Any]]
    takes_all: bool = True
    wanted: bool = False


@dataclass
class _Draft:
    words: Vocabulary
    lists: Sequence[Table]
    codes: dict[str, Counter[str]] = field(default_factory=dict)
    absent: Counter[str] = field(default_factory=Counter)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    formats: Counter[str] = field(default_factory=Counter)
    doubts: dict[str, str] = field(default_factory=dict)

    def note(self, table: Table, fields: Mapping[str, Fed], record_type: str) -> None:
        """Remember codes and formats of the columns that feed fields."""
        for name, fed in fields.items():
            for path in fed.paths:
                column = table.column(path)
                if column is None:
                    continue
                if FIELDS[record_type][name] == "value":
                    self._codes(table, column, name)
                elif FIELDS[record_type][name] == "time":
                    self.time(column)

    def _codes(self, table: Table, column: Column, name: str) -> None:
        self.codes.setdefault(name, Counter()).update(column.values.counted)
        self.absent[name] += len(column.values.texts) - len(column.values.filled)
        labels = self.labels.setdefault(name, {})
        for code, label in labels_of(name, table, column, self.words, self.lists).items():
            labels.setdefault(code, label)

    def time(self, column: Column) -> None:
        times = column.values.times
        for at, text in enumerate(times.formats if times else ()):
            self.formats[text] += len(column.values.filled) if at == 0 else 1
            if times and times.doubtful and at == 0:
                self.doubts.setdefault(text, times.doubtful)
            elif text in self.doubts and not (times and times.doubtful):
                self.doubts[text] = ""


def propose(name: str, family: str, seen: Sequence[Seen], words: Vocabulary) -> Proposal:
    """The mapping of a system out of the tables that were seen. Raises ValueError when none holds dossiers."""
    main, main_reading = _dossiers(seen, words)
    draft = _Draft(words, [each.table for each in seen])
    number = main_reading.fields.get("dossier_no")
    flows = [_flow("dossier", main, main_reading, draft)]
    flows += _in_the_same_row(main, main_reading, flows[0], draft)
    others = [each for each in seen if each is not main]
    notes = []
    for each in others:
        link = link_of(each.table, main.table, flows[0], number)
        found = _kind(each.table, words, [link[1]] if link else [])
        fits = found is not None and len(found.fields) >= 2 and (each.wanted or found.score >= _CHILD_LEAST)
        if link is None or found is None or not fits:
            notes.append(f"{each.table.name} ({each.table.rows} records seen)")
            continue
        called = _free(found, [flow.name for flow in flows], words, each.table.name)
        flow = _flow(called, each, found, draft, parent=link)
        flows.append(flow)
    values = {
        field_: codes_of(field_, seen_, draft.absent[field_], draft.labels.get(field_, {}), words)
        for field_, seen_ in draft.codes.items()
    }
    formats = {text: draft.doubts.get(text, "") for text, _ in draft.formats.most_common()}
    if not formats and any(FIELDS[f.record_type][n] == "time" for f in flows for n in f.fields):
        formats = {"%Y-%m-%d %H:%M:%S": "no time was seen"}
    return Proposal(name, family, flows, values, formats, notes)


def _dossiers(seen: Sequence[Seen], words: Vocabulary) -> tuple[Seen, Reading]:
    best: tuple[float, Seen, Reading] | None = None
    for each in seen:
        reading = read_as(each.table, "dossier", words)
        telling = {
            "dossier_no",
            "status",
            "received_at",
            "applicant_name",
            "due_at",
            "procedure_code",
            "procedure_name",
        }
        score = sum(fed.score for name, fed in reading.fields.items() if name in telling) + 0.05 * len(reading.fields)
        if len(telling & set(reading.fields)) >= 3 and (best is None or score > best[0]):
            best = (score, each, reading)
    if best is None:
        raise ValueError("nothing that was seen looks like dossiers: no number, status, applicant and dates together")
    return best[1], best[2]


def _kind(table: Table, words: Vocabulary, taken: Sequence[str] = ()) -> Reading | None:
    """The record type that a list or table of belongings fits best."""
    found = [read_as(table, kind, words, taken) for kind in _INSIDE]
    return max(found, key=lambda reading: reading.score, default=None)


def _free(found: Reading, used: Sequence[str], words: Vocabulary, table: str) -> str:
    base = "result" if found.record_type == "document" and "result" in words.concepts(table) else found.record_type
    return next(name for n in range(1, 99) if (name := base if n == 1 else f"{base}_{n}") not in used)


def _flow(name: str, seen: Seen, reading: Reading, draft: _Draft, parent: tuple[str, str] | None = None) -> Flow:
    table, words = seen.table, draft.words
    flow = Flow(name, reading.record_type, reading.fields, {}, parent=parent)
    if reading.record_type == "dossier":
        _fold(flow, table, reading, words)
    elif reading.record_type == "document":
        flow.constant = _document_kind(table.name, words)
    key_of(flow, table, reading, words, draft.lists)
    cursor_of(flow, table, reading, words)
    rules_of(flow, table)
    draft.note(table, flow.fields, flow.record_type)
    if flow.deleted and (column := table.column(flow.deleted)):
        draft.time(column)
    used = {*flow.key, flow.version, flow.deleted, parent[1] if parent else ""}
    left = [path for path in reading.rest if path not in used]
    for path, inside in table.lists.items():
        _inside(flow, path, inside, draft)
    if seen.takes_all:
        flow.ignore += left
    elif left:
        own = [c for path in left if (c := table.column(path)) and c.joined is None]
        empty = sum(column.values.empty for column in own)
        shown = ", ".join(column.path for column in own if not column.values.empty)
        flow.notes.append(f"not selected: {shown or 'none'}" + (f"; {empty} that were empty" if empty else ""))
    flow.read = seen.read(flow)
    return flow


def _in_the_same_row(seen: Seen, dossiers: Reading, flow: Flow, draft: _Draft) -> list[Flow]:
    """Belongings that a system keeps in the dossier's own row: the last request for papers, the result's paper.

    Only where a mapping can read the same table twice.
    """
    if seen.takes_all:
        return []
    made = []
    number = dossiers.fields.get("dossier_no")
    parent = ("dossier_no", number.paths[0]) if number else ("source_key", flow.key[0])
    for kind, concept in (("supplement", "supplement"), ("document", "result")):
        names = [path for path in dossiers.rest if concept in draft.words.concepts(path)]
        inside = Table(concept, [c for c in seen.table.columns if c.path in names], seen.table.rows)
        reading = read_as(inside, kind, draft.words)
        telling = next((n for n in ("requested_at", "document_code") if n in reading.fields), "")
        if not telling or len(reading.fields) < 2:
            continue
        other = Flow("result" if kind == "document" else kind, kind, reading.fields, {}, list(flow.key), parent=parent)
        other.version, other.cursor_format = flow.version, flow.cursor_format
        other.constant = "result" if kind == "document" else ""
        other.only_where = reading.fields[telling].paths[0]
        other.unsure["parent"] = "kept in the dossier's own row"
        draft.note(inside, reading.fields, kind)
        other.stamp = flow.stamp
        other.read = seen.read(other)
        made.append(other)
    return made


def _fold(flow: Flow, table: Table, reading: Reading, words: Vocabulary) -> None:
    """Small lists that are values of the dossier: its identity papers, the databases that it was checked against."""
    for path, inside in list(table.lists.items()):
        kind = _kind(inside, words)
        if kind is not None and words.likeness(path, words.records[kind.record_type]) >= SURE:
            continue
        for column in inside.columns:
            for name, index in _FOLDED.items():
                likeness = words.likeness(f"{path}.{column.path}", words.fields["dossier"][name], "dossier")
                shaped = name != "applicant_id_no" or column.values.is_("identity")
                if path in table.lists and likeness >= LEAST and shaped and len(inside.columns) <= 3:
                    fed = flow.fields.setdefault(name, Fed(name, [], likeness))
                    fed.paths.insert(0, f"{path}{index}.{column.path}")
                    rest = [other.path for other in inside.columns if other is not column]
                    flow.ignore += [f"{path}[].{other}" for other in rest]
                    del table.lists[path]


def _inside(flow: Flow, path: str, inside: Table, draft: _Draft) -> None:
    """A list inside the record as a child, or named as ignored."""
    found = _kind(inside, draft.words)
    if found is None or found.score < _CHILD_LEAST or not found.fields or flow.record_type != "dossier":
        flow.ignore.append(path)
        if inside.columns:
            flow.unsure[f"ignore {path}"] = f"{path} is a list that fits no record type"
        return
    part = Part(found.record_type, path, found.fields)
    part.why = "" if found.score >= 1.0 else f"{path} may be something else"
    if part.record_type == "document":
        part.constant = _document_kind(path, draft.words)
    unique = [c.path for c in inside.columns if c.values.unique and is_id(c, draft.words)]
    by_fields = [found.fields[n].paths[0] for n in IDENTIFYING[part.record_type] if n in found.fields]
    part.key = unique[:1] or by_fields[: 2 if part.record_type == "step" else 1]
    part.ignore = [*(rest for rest in found.rest if rest not in part.key), *inside.lists]
    flow.parts.append(part)
    draft.note(inside, found.fields, found.record_type)


def _document_kind(name: str, words: Vocabulary) -> str:
    said = set(words.concepts(name.rpartition(".")[2]))
    return "result" if "result" in said else "other" if "other" in said else "component"

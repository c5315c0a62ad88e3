"""What has changed at a source since its mapping was written, and the change of the mapping that would answer it.

Here: drift that was recorded while loading, a fresh look at one page, what vanished, and the edits for both. Not here:
noticing drift while loading (`hub/standardise`), editing text (`hub/scaffold/changes.py`). A fresh look reads one page
of each stream and writes nothing; no value of a person leaves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from connectors.errors import SourceError
from hub.errors import HubError
from hub.mapping import Child, Stream
from hub.previewing import sample
from hub.registry import Source
from hub.scaffold.changes import Edits
from hub.scaffold.fields import likely
from hub.scaffold.observed import Column, Table, table_of
from hub.scaffold.values import Values, format_of
from hub.scaffold.words import vocabulary
from hub.settings import Settings
from hub.showing import parsed
from hub.standardise.paths import child_path
from hub.standardise.protect import Hasher
from hub.standardise.reference import Reference

SAMPLE = 200
_SURE = 0.95


@dataclass(frozen=True)
class Drift:
    """One thing. `kind`: field, code, procedure, agency, text, type as recorded; vanished and renamed by a fresh look;
    silent when the source refuses the look. `value`: code or form, never a person's. `proposal`: what to do."""

    source_id: str
    mapping: str
    stream: str
    kind: str
    path: str
    value: str
    records: int
    since: str = ""
    proposal: str = ""


def recorded(connection: psycopg.Connection[Any], sources: Sequence[Source]) -> list[Drift]:
    """What loading met and the mapping, as it is now, still does not explain."""
    known = {source.source_id: source for source in sources}
    found = connection.execute(
        """select source_id, stream, kind, path, value, count, to_char(first_seen_at, 'YYYY-MM-DD')
           from ops.drift where source_id = any(%s) order by source_id, stream, kind, path, value""",
        (list(known),),
    ).fetchall()
    drifts = []
    for source_id, stream, kind, path, value, count, since in found:
        source = known[source_id]
        declared = source.mapping.streams.get(stream)
        if declared is not None and not _explained(source, declared, kind, path, value):
            drifts.append(Drift(source_id, source.mapping.mapping, stream, kind, path, value, count, since))
    return drifts


def fresh(source: Source, settings: Settings, reference: Reference, hasher: Hasher) -> list[Drift]:
    """What one page of each stream shows now. Never raises for what the source does."""
    found: list[Drift] = []
    for name, stream in source.mapping.streams.items():
        say = Drift(source.source_id, source.mapping.mapping, name, "", "", "", 0, "now")
        try:
            payloads, drift = sample(source, settings, reference, hasher, name, SAMPLE)
        except (HubError, SourceError) as error:
            found.append(replace(say, kind="silent", value=error.message, proposal=error.hint))
            continue
        if not payloads:
            continue
        table = _table(payloads)
        new = [replace(say, kind=k, path=p, value=v, records=n) for k, p, v, n in drift]
        gone = [] if source.family == "files" else _vanished(stream, table, say, len(payloads))
        found += _renamed(new, gone, stream, table)
    return found


def proposals(
    drifts: Sequence[Drift], sources: Sequence[Source], folder: Path, looks: dict[tuple[str, str], Table]
) -> tuple[list[Drift], list[str]]:
    """The same with what to do, and one diff for each mapping file that would change.

    looks: what a fresh look saw, by source and stream; without one the names alone speak.
    """
    by_id = {source.source_id: source for source in sources}
    edits: dict[Path, Edits] = {}
    done: dict[tuple[str, str, str, str, str], str] = {}
    answered = []
    for drift in drifts:
        source = by_id[drift.source_id]
        about = (drift.mapping, drift.stream, drift.kind, drift.path, drift.value)
        if about not in done:
            files = _files(folder, source.mapping.mapping, source.mapping.extends)
            texts = [edits.setdefault(file, Edits.of(file)) for file in files]
            stream = source.mapping.streams[drift.stream]
            done[about] = _answer(drift, stream, texts, looks.get((drift.source_id, drift.stream)))
        answered.append(replace(drift, proposal=drift.proposal or done[about]))
    return answered, [text for edit in edits.values() if (text := edit.diff())]


def look(source: Source, settings: Settings, reference: Reference, hasher: Hasher, stream: str) -> Table | None:
    """One page as a table; None when the source does not answer."""
    try:
        payloads, _ = sample(source, settings, reference, hasher, stream, SAMPLE)
    except (HubError, SourceError):
        return None
    return _table(payloads)


def _table(payloads: Iterable[bytes]) -> Table:
    return table_of("", [record for payload in payloads if (record := parsed(payload)) is not None])


def _files(folder: Path, *names: str) -> list[Path]:
    return [file for name in names if name and (file := folder / f"{name}.yml").is_file()]


def _explained(source: Source, stream: Stream, kind: str, path: str, value: str) -> bool:
    """Whether the mapping of today knows what was strange when it was recorded."""
    if kind == "field":
        below = [(child_path(child).removesuffix("[]"), child) for child in stream.children]
        named = {p for paths in stream.fields.values() for p in paths} | {*stream.ignore, *stream.volatile, *stream.key}
        named |= {stream.version, stream.deleted}
        for above, child in below:
            inside = [p for paths in child.fields.values() for p in paths] + child.ignore + child.key
            named |= {f"{above}[].{p}" for p in inside}
        plain = path.replace("[]", "")
        return any(
            plain == n.replace("[]", "").replace("[0]", "") or plain.startswith(n.replace("[]", "") + ".")
            for n in named
            if n
        )
    if kind == "code":
        fields = _fed_by(stream, path)
        return any(value in source.mapping.values.get(name, {}) for name in fields)
    if kind == "type":
        form = format_of(value)
        return bool(form) and form in source.mapping.formats.get("time", [])
    return False


def _fed_by(stream: Stream, path: str) -> list[str]:
    """The canonical fields that a path, as drift writes it (several by commas), feeds."""
    wanted = path.split(", ")
    found = [name for name, paths in stream.fields.items() if set(paths) & set(wanted)]
    for child in stream.children:
        above = child_path(child)
        found += [n for n, paths in child.fields.items() if {f"{above}.{p}" for p in paths} & set(wanted)]
    return found


def _vanished(stream: Stream, table: Table, say: Drift, records: int) -> list[Drift]:
    """Source fields of the mapping that no record of the page has, neither filled nor empty."""
    here = {column.path.removesuffix("[]") for column in table.columns} | set(table.lists)
    found = []
    for name, paths in stream.fields.items():
        missing = [p for p in paths if "[" not in p and p not in here]
        if len(missing) == len(paths):
            found.append(replace(say, kind="vanished", path=missing[0], value=name, records=records))
    return found


def _renamed(new: list[Drift], gone: list[Drift], stream: Stream, table: Table) -> list[Drift]:
    """A field that appeared and one that vanished are one when the new one feeds what the old one fed."""
    made: list[Drift] = []
    for drift in new:
        column = table.column(drift.path) if drift.kind == "field" else None
        if column is not None:
            meant = [name for name, _ in likely(column, stream.record_type, vocabulary())][:1]
            old = next((g for g in gone if g.value in meant), None)
            if old is not None:
                gone.remove(old)
                drift = replace(drift, kind="renamed", value=old.path)
        made.append(drift)
    return made + gone


def _answer(drift: Drift, stream: Stream, texts: list[Edits], table: Table | None) -> str:
    words, where = vocabulary(), ("streams", drift.stream)
    if drift.kind == "code":
        for name in _fed_by(stream, drift.path):
            meaning = words.code(name, drift.value)
            if any(text.code(name, drift.value, meaning, drift.records) for text in texts):
                return (
                    f"{drift.value} is {meaning} by its name" if meaning is not None else "decide what the code means"
                )
        return "decide what the code means"
    if drift.kind == "type":
        form = format_of(drift.value)
        if form and any(text.format(form) for text in texts):
            return f"times are written as {form}, too"
        return "ask why the value is written so; a reviewed repair is a correction"
    if drift.kind == "renamed":
        for text in texts:
            if text.rename(where, None, drift.value, drift.path):
                break
        return f"{drift.value} is called {drift.path} now"
    if drift.kind == "vanished":
        return f"no record has it any more: ask; {drift.value} stays empty"
    if drift.kind == "field":
        return _fed(drift, stream, texts, table)
    hints = {"procedure": "the catalogue does not know it", "agency": "the list of agencies does not know it"}
    return hints.get(drift.kind, "old fonts: encoding: mixed reads them")


def _fed(drift: Drift, stream: Stream, texts: list[Edits], table: Table | None) -> str:
    where = ("streams", drift.stream)
    number, child, path = _inside(stream, drift.path)
    inside = table.lists.get(child.path) if table is not None and child is not None else table
    column = inside.column(path) if inside is not None else None
    record_type = child.record_type if child is not None else stream.record_type
    found = likely(column or Column(path, Values([])), record_type, vocabulary())
    if not found:
        for text in texts:
            if text.ignore(where, drift.path):
                break
        return "nobody knows it: ignore it, or ask what it is"
    name, score = found[0]
    for text in texts:
        if text.feed(where, number, name, path, "" if score > _SURE else f"{score:.0%} likely"):
            break
    return f"probably feeds {name}"


def _inside(stream: Stream, path: str) -> tuple[int | None, Child | None, str]:
    for number, child in enumerate(stream.children):
        above = f"{child.path}[]."
        if path.startswith(above):
            return number, child, path.removeprefix(above)
    return None, None, path

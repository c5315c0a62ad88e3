"""A raw record as people may see it: every path, with values only where no person can stand in them.

Here: which paths of a stream are public, and the masked record. Not here: what the values mean (`hub/standardise`).
A path is public when it feeds a canonical field that is no personal one; everything else, unknown paths above all, is
masked: what nobody has declared may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from hub.mapping import Stream
from hub.standardise.paths import ALL, child_path, steps_of
from schemas.fields import FIELDS

MASK = "***"
PERSONAL_KINDS = frozenset({"identity", "name", "phone", "tech_id", "officer", "clear", "presence"})
_INDEX = re.compile(r"\[\d*\]")


def public_paths(stream: Stream) -> frozenset[str]:
    """Paths of a stream whose values may be shown; list indexes are written `[]`."""
    public = {_plain(path) for path in (stream.version, stream.deleted) if path}
    personal: set[str] = set()
    if stream.parent:
        public |= {_plain(path) for path in (stream.parent.dossier_no, stream.parent.source_key) if path}
    groups = [("", stream.record_type, stream.fields)]
    groups += [(child_path(child) + ".", child.record_type, child.fields) for child in stream.children]
    for prefix, record_type, fields in groups:
        for name, paths in fields.items():
            kinds = personal if FIELDS[record_type][name] in PERSONAL_KINDS else public
            kinds.update(_plain(prefix + path) for path in paths)
    return frozenset(public - personal)


def shown(payload: bytes, stream: Stream) -> list[tuple[str, str]]:
    """Path and text of everything in a record, masked where it is not public; empty when it is no JSON object."""
    record = parsed(payload)
    public = public_paths(stream)
    return [(path, _text(value) if _plain(path) in public else MASK) for path, value in _leaves(record, "")]


def parsed(payload: bytes) -> Any:
    """The record as plain values; None when it is no JSON object. Numbers keep all their digits."""
    try:
        record = msgspec.json.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def value_at(record: Any, path: str) -> str:
    """The text at a mapping's path, several joined by commas; "" when there is none."""
    values = [record]
    for step in steps_of(path):
        values = [value.get(step.name) for value in values if isinstance(value, dict)]
        if step.index is not None:
            lists = [value for value in values if isinstance(value, list)]
            values = [item for items in lists for item in (items if step.index == ALL else items[step.index :][:1])]
    return ", ".join(_text(value) for value in values if value is not None and not isinstance(value, dict | list))


def count_at(record: Any, path: str) -> int:
    """How many items the list at a path has."""
    below = record
    for step in steps_of(path):
        below = below.get(step.name) if isinstance(below, dict) else None
        if isinstance(below, list) and step.index is not None and step.index >= 0:
            below = below[step.index] if len(below) > step.index else None
    return len(below) if isinstance(below, list) else 0


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _leaves(below, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _leaves(below, f"{path}[{index}]")
    elif path and value not in (None, ""):
        yield path, value


def _plain(path: str) -> str:
    return _INDEX.sub("[]", path)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

"""Payloads into columns of text, and what could not be decoded.

Here: typed decoding of JSON records, unknown fields, columns by path. Not here: what a text means.
Two passes: the strict one knows only the names of the mapping and is the fast way when nothing is new; a record
that it refuses is read again leniently, so that an unknown field is reported and the record kept. A record that
is broken takes no neighbour with it. Numbers become text as they were written: an identity number that a source
sends as a JSON number keeps all its digits. Records live only some hundreds at a time: decoding 50,000 at once
takes three times as long, in Python's garbage collector and in memory that no cache holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import Any

import msgspec
import polars as pl

from hub.errors import HubError
from hub.standardise.paths import ALL, Layout, Node, Step, steps_of

_SCALAR = str | int | float | bool | None
_NAME_SHOWN = 200  # a field name is the source's to choose: it is cut before it is reported
_SLICE = 512  # records that are Python objects at one time: as many as the processor's cache holds

Columns = dict[str, pl.Series]


class _Reader:
    """Columns out of structs: plain values all at once, the others path by path."""

    def __init__(self, paths: list[str], tree: dict[str, Node]) -> None:
        steps = {path: steps_of(path) for path in paths}
        plain = {path: s[0].name for path, s in steps.items() if len(s) == 1 and s[0].index is None}
        self._plain = list(plain)
        self._get = attrgetter(*(_attribute(tree, name) for name in plain.values())) if plain else None
        self._other = {path: s for path, s in steps.items() if path not in plain}
        self._tree = tree

    def columns(self, records: list[Any]) -> Columns:
        """The text at every path."""
        values: dict[str, Sequence[Any]] = dict.fromkeys(self._plain, ())
        if records and self._get:
            rows = list(map(self._get, records))
            found = zip(*rows, strict=True) if len(self._plain) > 1 else [rows]
            values = dict(zip(self._plain, found, strict=True))
        values |= {path: _values(records, steps, self._tree) for path, steps in self._other.items()}
        return {path: _texts(found) for path, found in values.items()}


@dataclass(frozen=True)
class Shape:
    """The decoders of a stream's records and what is to be taken out of them and of the items of their lists."""

    strict: msgspec.json.Decoder[Any]
    lenient: msgspec.json.Decoder[Any]
    layout: Layout
    record: _Reader
    items: list[_Reader]


@dataclass
class Decoded:
    """Text by path. `positions`: the place in the chunk of each row of `columns`. `items`: for each list of the
    layout, the row that each item belongs to and the items' columns. `broken`: (place, reason code, path).
    `unknown`: (place, path) of every field that the mapping does not name, once per record."""

    positions: list[int]
    columns: Columns
    items: list[tuple[pl.Series, Columns]]
    broken: list[tuple[int, str, str]]
    unknown: list[tuple[int, str]]


@dataclass
class _Found:
    """What has been decoded so far, slice by slice."""

    shape: Shape
    positions: list[int] = field(default_factory=list)
    columns: list[Columns] = field(default_factory=list)
    owners: list[list[int]] = field(default_factory=list)
    items: list[list[Columns]] = field(default_factory=list)
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)


def shape_of(layout: Layout) -> Shape:
    """The decoders of a stream. Raises HubError when the mapping reads a name both as a value and as a group."""
    strict, lenient = _struct("Record", layout.tree, strict=True), _struct("Record", layout.tree, strict=False)
    return Shape(
        strict=msgspec.json.Decoder(strict),
        lenient=msgspec.json.Decoder(lenient),
        layout=layout,
        record=_Reader(layout.paths, layout.tree),
        items=[_Reader(list_.paths, list_.tree) for list_ in layout.lists],
    )


def decode(payloads: Sequence[bytes], shape: Shape) -> Decoded:
    """All records of a chunk; never raises for what a payload holds."""
    lists = shape.layout.lists
    found = _Found(shape, owners=[[] for _ in lists], items=[[] for _ in lists])
    for start in range(0, max(len(payloads), 1), _SLICE):
        part = payloads[start : start + _SLICE]
        _take(found, _records(found, part, start))
    return Decoded(
        positions=found.positions,
        columns=_joined_columns(found.columns),
        items=[
            (pl.Series(owners, dtype=pl.UInt32), _joined_columns(parts))
            for owners, parts in zip(found.owners, found.items, strict=True)
        ],
        broken=found.broken,
        unknown=found.unknown,
    )


def _records(found: _Found, payloads: Sequence[bytes], start: int) -> list[Any]:
    read = found.shape.strict.decode
    try:
        records = [read(payload) for payload in payloads]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _one_by_one(found, payloads, start)  # at least one is new or broken: find out which
    found.positions += range(start, start + len(payloads))
    return records


def _one_by_one(found: _Found, payloads: Sequence[bytes], start: int) -> list[Any]:
    records = []
    for position, payload in enumerate(payloads, start):
        try:
            records.append(_decode_one(payload, position, found))
            found.positions.append(position)
        except UnicodeDecodeError:
            found.broken.append((position, "BAD_ENCODING", ""))
        except msgspec.ValidationError as error:
            found.broken.append((position, "MALFORMED_RECORD", _path_in(error)))
        except (msgspec.MsgspecError, RecursionError):
            found.broken.append((position, "MALFORMED_RECORD", ""))
    return records


def _take(found: _Found, records: list[Any]) -> None:
    """Add the columns of some records and of the items in their lists."""
    shape = found.shape
    before = len(found.positions) - len(records)
    found.columns.append(shape.record.columns(records))
    for at, list_ in enumerate(shape.layout.lists):
        items: list[Any] = []
        for row, these in enumerate(_values(records, list_.steps, shape.layout.tree), before):
            if these:
                items += these
                found.owners[at] += [row] * len(these)
        if items or before == 0:
            found.items[at].append(shape.items[at].columns(items))


def _joined_columns(parts: list[Columns]) -> Columns:
    return {path: pl.concat([part[path] for part in parts], rechunk=True) for path in parts[0]}


def _values(records: Sequence[Any], steps: tuple[Step, ...], tree: dict[str, Node]) -> list[Any]:
    """The values at a path, one per record; a list of items for a path that ends in a list of groups."""
    values: list[Any] = list(records)
    for place, step in enumerate(steps):
        node = tree[step.name]
        get = attrgetter(_attribute(tree, step.name))
        values = list(map(get, values)) if place == 0 else [None if v is None else get(v) for v in values]
        if step.index is not None and step.index >= 0:
            at = step.index
            values = [v[at] if v is not None and len(v) > at else None for v in values]
        elif step.index == ALL and (place < len(steps) - 1 or not node.below):
            return _joined(values, steps[place + 1 :], node.below)
        tree = node.below
    return values


def _texts(values: Sequence[Any]) -> pl.Series:
    """A column of text; JSON numbers and booleans become their text."""
    try:
        return pl.Series(values, dtype=pl.String)
    except TypeError:
        return pl.Series(values, dtype=pl.String, strict=False)


def _attribute(tree: dict[str, Node], name: str) -> str:
    return f"f{list(tree).index(name)}"


def _struct(name: str, tree: dict[str, Node], *, strict: bool) -> type[msgspec.Struct]:
    fields: list[tuple[str, Any, Any]] = []
    rename = {}
    for source_name, node in tree.items():
        attribute = _attribute(tree, source_name)
        rename[attribute] = source_name
        type_: Any = msgspec.Raw
        if node.below:
            if node.read:
                raise HubError(f"the mapping reads {source_name!r} as a value and as a group", hint="keep one of them")
            type_ = _struct(source_name, node.below, strict=strict)
        elif node.read:
            type_ = _SCALAR
        if node.many and (node.below or node.read):
            type_ = list[type_]
        if type_ is msgspec.Raw:
            fields.append((attribute, type_, msgspec.Raw(b"")))
        else:
            fields.append((attribute, type_ | None, None))
    return msgspec.defstruct(name, fields, rename=rename, forbid_unknown_fields=strict, gc=False)


def _decode_one(payload: bytes, position: int, found: _Found) -> Any:
    try:
        return found.shape.strict.decode(payload)
    except msgspec.ValidationError:
        record = found.shape.lenient.decode(payload)
        met = set(_unknown(msgspec.json.decode(payload), found.shape.layout.tree, ""))
        found.unknown += [(position, path) for path in met]
        return record


def _unknown(value: Any, tree: dict[str, Node], above: str) -> list[str]:
    if isinstance(value, list):
        return [path for item in value for path in _unknown(item, tree, above + "[]")]
    if not isinstance(value, dict):
        return []
    found = []
    for name, below in value.items():
        path = f"{above}.{name}" if above else name
        node = tree.get(name)
        if node is None:
            found.append(path.replace("\0", "")[:_NAME_SHOWN])
        elif node.below:
            found += _unknown(below, node.below, path)
    return found


def _joined(lists: list[list[Any] | None], rest: tuple[Step, ...], tree: dict[str, Node]) -> list[str | None]:
    """The texts of each list's items, joined by commas; null for a list without any."""
    items = [item for found in lists if found for item in found]
    each = iter(_texts(_values(items, rest, tree) if rest else items).to_list())
    joined = (",".join(filter(None, islice(each, len(found)))) if found else None for found in lists)
    return [text or None for text in joined]


def _path_in(error: msgspec.ValidationError) -> str:
    """Where a record is not what the mapping says: `… - at `$.TaiLieuNop[0].Url`` -> TaiLieuNop[].Url."""
    _, found, path = str(error).rpartition("at `$")
    return re.sub(r"\[[^]]*\]", "[]", path.rstrip("`").lstrip("."))[:_NAME_SHOWN] if found else ""

"""Where a mapping finds its values inside a record: paths, and the tree of all names it knows.

Here: reading `A.B`, `A[0].B`, `A[].B` into steps, and the tree of every name that a stream maps or ignores.
Not here: taking values out (`decode.py`) or what they mean. Every name that is not in the tree is drift, so the
tree must hold keys, versions, parents, deletes and volatile fields as well as mapped ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hub.errors import HubError
from hub.mapping import Child, Stream

# What connectors add to a record: members that are only known, and members that are read. `$row` and `#v` name the
# encoding of rows and of files' records, `#numbers` and `#formulas` cells that were typed so (what a number lost shows
# in the value itself), `#fault` why a record must wait.
FAULT_CODE, FAULT_PATH = "#fault.code", "#fault.path"
_ADDED: dict[object, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "odbc": (("$row",), ()),
    "files": (("#v", "#text", "#formulas", "#numbers"), (FAULT_CODE, FAULT_PATH)),
}
ALL = -1  # the index that stands for every item of a list

_SEGMENT = re.compile(r"([^\[\]]+)(\[(\d*)\])?")


@dataclass(frozen=True)
class Step:
    """One name of a path; `index` is None for a plain value, ALL or a number for a list."""

    name: str
    index: int | None = None


@dataclass
class Node:
    """What a mapping knows about one name: nothing below it is read unless `read` or `below` says so."""

    read: bool = False
    many: bool = False
    below: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class List:
    """A list inside records: where it is, the paths read from each item, the names known of an item."""

    steps: tuple[Step, ...]
    paths: list[str]
    tree: dict[str, Node]


@dataclass(frozen=True)
class Layout:
    """The paths read from each record, the lists inside, and every name that is known."""

    paths: list[str]
    lists: list[List]
    tree: dict[str, Node]


def steps_of(path: str) -> tuple[Step, ...]:
    """`A[0].B` as steps. Raises HubError for a path that is none."""
    steps = []
    for part in path.split("."):
        match = _SEGMENT.fullmatch(part)
        if match is None:
            raise HubError(f"source path {path!r} cannot be read", hint="write A, A.B, A[0].B or A[].B")
        name, list_, index = match.groups()
        steps.append(Step(name, (int(index) if index else ALL) if list_ else None))
    return tuple(steps)


def layout_of(stream: Stream) -> Layout:
    """What is known of the records of a stream, and what is taken out. Raises HubError for a list inside a list."""
    top: dict[str, Node] = {}
    parent = [stream.parent.dossier_no, stream.parent.source_key] if stream.parent else []
    deletions = [stream.deleted, stream.tombstone.path if stream.tombstone else ""]
    read = [*_paths_read(stream.fields, []), *(path for path in (*deletions, *parent) if path)]
    added, judged = _ADDED.get(type(stream.read).__struct_config__.tag, ((), ()))
    read += judged
    _know(top, read, read=True)
    _know(top, added, read=False)
    _know(top, [path for path in (*stream.key, stream.version, *stream.volatile, *stream.ignore) if path], read=False)
    lists = []
    for child in stream.children:
        steps = steps_of(child_path(child))
        if any(step.index == ALL for step in steps[:-1]):
            raise HubError(f"the list {child.path!r} lies inside another list", hint="name the item: A[0].B")
        items = _know_path(top, child_path(child))
        paths = list(dict.fromkeys(_paths_read(child.fields, child.key)))
        _know(items.below, paths, read=True)
        _know(items.below, child.ignore, read=False)
        lists.append(List(steps, paths, items.below))
    return Layout(list(dict.fromkeys(read)), lists, top)


def child_path(child: Child) -> str:
    """The path of a child's list, always written as a list."""
    return child.path if child.path.endswith("]") else child.path + "[]"


def _paths_read(fields: dict[str, list[str]], key: list[str]) -> Iterator[str]:
    yield from key
    for paths in fields.values():
        yield from paths


def _know(top: dict[str, Node], paths: Iterable[str], *, read: bool) -> None:
    for path in paths:
        node = _know_path(top, path)
        node.read = node.read or read


def _know_path(top: dict[str, Node], path: str) -> Node:
    below, node = top, Node()
    for step in steps_of(path):
        node = below.setdefault(step.name, Node())
        node.many = node.many or step.index is not None
        below = node.below
    return node

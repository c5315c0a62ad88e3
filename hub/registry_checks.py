"""What a mapping file must mean: the checks that its shape alone cannot make.

Here: canonical fields, value maps, formats, source paths, fields in braces, parents, what is mapped and ignored at
once. Not here: reading the file (`registry_yaml`, `registry_shapes`). Each check names the entry it is about; a
check whose ground is already reported as wrong adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from hub.mapping import Child, Mapping, Stream
from hub.registry_yaml import Document, Where, near
from schemas.fields import FIELDS

BRACES = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")
ANYWHERE = ("since", "until", "size")
ALONE = ("page", "offset", "end", "cursor")
_NEEDED = {"page_number": "page", "offset": "offset", "cursor": "cursor", "none": None}
# Constants are columns of std that no source field feeds.
_CONSTANTS = {"document": {"document_kind": ("component", "other", "result")}}
_KINDS = {name: kind for fields in FIELDS.values() for name, kind in fields.items()}
_VALUES = [name for name, kind in _KINDS.items() if kind == "value"]
_STATUSES = range(1, 11)
_NAME = re.compile(r"[^\s.\[\]](?:[^.\[\]]*[^\s.\[\]])?")
_LIST_MARK = re.compile(r"\[0?\]$")
_TIME = {*"YymdeHIMSpbBjzTF", ".f"}  # of the frames that read the times (polars), where %.f is a fraction with its dot
_CURSOR = set("YmdHMSfz")  # of Python, by which connectors set cursors back


def check_mapping(document: Document, mapping: Mapping) -> None:
    """Note in the document everything in which the mapping is wrong."""
    _Checks(document, mapping).all()


class _Checks:
    def __init__(self, document: Document, mapping: Mapping) -> None:
        self._mapping = mapping
        self._add = document.add

    def all(self) -> None:
        if self._mapping.zone:
            self._zone()
        self._value_maps()
        self._formats()
        if not self._mapping.streams:
            self._add(("streams",), "is empty: name at least one stream")
        for name, stream in self._mapping.streams.items():
            self._stream(("streams", name), stream)
        self._corrections()

    def _zone(self) -> None:
        try:
            ZoneInfo(self._mapping.zone)
        except (KeyError, ValueError, OSError):
            self._add(("zone",), f"unknown time zone {self._mapping.zone!r} — in Vietnam Asia/Ho_Chi_Minh")

    def _value_maps(self) -> None:
        for name, values in self._mapping.values.items():
            if name not in _VALUES:
                self._add(("values", name), "no field takes a value map of this name" + near(name, _VALUES))
            for code, status in values.items():
                if name == "status" and status not in _STATUSES:
                    self._add(("values", name, code), f"{status} is no status: they are 1 to 10")

    def _formats(self) -> None:
        for name, formats in self._mapping.formats.items():
            if name != "time":
                self._add(("formats", name), "unknown entry" + near(name, ("time",)))
            for number, text in enumerate(formats):
                if fault := _format_fault(text, _TIME, ("Y", "m", "d")):
                    self._add(("formats", name, number), fault)

    def _corrections(self) -> None:
        for number, correction in enumerate(self._mapping.corrections):
            where: Where = ("corrections", number)
            if correction.field not in _KINDS:
                self._add((*where, "field"), _unknown_field(correction.field, _KINDS))
            if not correction.reason.strip():
                self._add((*where, "reason"), "is empty: say why the value is changed")
            try:
                date.fromisoformat(correction.on)
            except ValueError:
                self._add((*where, "on"), f"must be a date like 2025-07-01, not {correction.on!r}")

    def _stream(self, where: Where, stream: Stream) -> None:
        self._record(where, stream)
        if not stream.key:
            self._add((*where, "key"), "is empty: name what identifies a record")
        for name in ("key", "version", "deleted", "volatile"):
            self._paths((*where, name), getattr(stream, name), plain=name in ("key", "version"))
        self._crossing((*where, "key"), [*stream.key, stream.version])
        if stream.cursor_format and (fault := _format_fault(stream.cursor_format, _CURSOR, ("Y", "m", "d"))):
            self._add((*where, "cursor_format"), fault)
        if stream.read.order and not stream.version:
            self._add((*where, "read", "order"), "needs a version: name the path by which the source sorts")
        self._parent((*where, "parent"), stream)
        self._read((*where, "read"), stream)
        for number, child in enumerate(stream.children):
            self._child((*where, "children", number), child)

    def _child(self, where: Where, child: Child) -> None:
        self._record(where, child)
        if child.record_type == "dossier":
            self._add((*where, "record_type"), "a dossier is no child: give it a stream of its own")
        self._paths((*where, "path"), child.path, plain=True)
        self._paths((*where, "key"), child.key, plain=True)
        known = _CONSTANTS.get(child.record_type, {})
        for name, text in child.constant.items():
            if name not in known:
                self._add((*where, "constant", name), "unknown constant" + near(name, known))
            elif text not in known[name]:
                self._add((*where, "constant", name), f"unknown value {text!r}{near(text, known[name])}")

    def _record(self, where: Where, record: Stream | Child) -> None:
        """What streams and children have in common."""
        kinds = FIELDS.get(record.record_type)
        if kinds is None:
            told = f"unknown record type {record.record_type!r}"
            self._add((*where, "record_type"), told + near(record.record_type, FIELDS))
        self._fields((*where, "fields"), record, kinds)
        for number, name in enumerate(record.required):
            if kinds is not None and name not in kinds:
                self._add((*where, "required", number), _unknown_field(name, kinds))
            elif name not in record.fields:
                self._add((*where, "required", number), f"{name} is required, and no source path feeds it")
        self._paths((*where, "ignore"), record.ignore)
        mapped = {path: name for name, paths in record.fields.items() for path in paths}
        if isinstance(record, Stream):
            mapped |= {child.path: "children" for child in record.children}
        for number, path in enumerate(record.ignore):
            if path in mapped:
                self._add((*where, "ignore", number), f"{path} is mapped to {mapped[path]} and ignored: choose one")

    def _fields(self, where: Where, record: Stream | Child, kinds: dict[str, str] | None) -> None:
        if not record.fields:
            self._add(where, "is empty: say which source path feeds which field")
        for name, paths in record.fields.items():
            kind = None if kinds is None else kinds.get(name)
            if kinds is not None and kind is None:
                self._add((*where, name), _unknown_field(name, kinds))
            if kind == "value" and name not in self._mapping.values:
                self._add((*where, name), f"needs a value map: add values.{name} with the source's codes")
            if kind == "time" and not self._mapping.formats.get("time"):
                self._add(("formats", "time"), "missing: say how this vendor writes times")
            if not paths:
                self._add((*where, name), "is empty: name the source path")
            self._paths((*where, name), paths)

    def _parent(self, where: Where, stream: Stream) -> None:
        if stream.record_type == "dossier":
            if stream.parent is not None:
                self._add(where, "a dossier has no parent: delete it")
        elif stream.record_type not in FIELDS:
            return
        elif stream.parent is None:
            self._add(where, f"missing: say how a {stream.record_type} names its dossier, like {{dossier_no: MaHoSo}}")
        elif bool(stream.parent.dossier_no) == bool(stream.parent.source_key):
            self._add(where, "must name its dossier by dossier_no or by source_key, one of them")
        else:
            name = "dossier_no" if stream.parent.dossier_no else "source_key"
            self._paths((*where, name), getattr(stream.parent, name), plain=True)

    def _read(self, where: Where, stream: Stream) -> None:
        read = stream.read
        body = read.body if isinstance(read.body, dict) else {"": read.body}
        sent = {"params": read.params, "sweep": read.sweep or {}, "body": body}
        alone: set[tuple[str, str]] = set()
        for part, name, value in ((part, *entry) for part, entries in sent.items() for entry in entries.items()):
            for field in (field for text in _texts(value) for field in BRACES.findall(text)):
                if field not in (*ANYWHERE, *ALONE):
                    self._add((*where, part, name), f"unknown field in braces {{{field}}}" + _near_in_braces(field))
                elif field in ALONE and (value != f"{{{field}}}" or part == "sweep"):
                    self._add(
                        (*where, part, name), f"{{{field}}} must stand alone, as a parameter or entry of the body"
                    )
                elif field in ALONE:
                    alone.add((field, part))
        needed = _NEEDED[read.paging.kind]
        if needed and needed not in {field for field, _ in alone}:
            told = f"kind {read.paging.kind} needs {{{needed}}} in params or body, else each page is the first"
            self._add((*where, "paging", "kind"), told)
        if len({part for _, part in alone}) > 1:
            self._add((*where, "body"), "the fields in braces of the paging stand in params and in body: choose one")
        if read.paging.kind == "cursor" and not read.paging.next_cursor:
            self._add((*where, "paging", "next_cursor"), "missing: where the answer says the next cursor")
        envelope = {"records": read.records, "total": read.total, "paging.next_cursor": read.paging.next_cursor}
        for name, path in envelope.items():
            self._paths((*where, *name.split(".")), path, plain=True)
        success = read.success.path if read.success else ""
        self._paths((*where, "success", "path"), success, plain=True)
        self._crossing((*where, "records"), [*envelope.values(), success])

    def _paths(self, where: Where, paths: str | list[str], *, plain: bool = False) -> None:
        """The syntax of source paths; `plain` ones name no lists."""
        single = isinstance(paths, str)
        for number, path in enumerate([paths] if isinstance(paths, str) else paths):
            if single and not path:
                continue
            parts = path.split(".")
            names = parts if plain else [*(_LIST_MARK.sub("", part) for part in parts[:-1]), parts[-1]]
            if not all(_NAME.fullmatch(name) for name in names):
                form = "A or A.B" if plain else "A, A.B, A[0].B or A[].B"
                self._add(where if single else (*where, number), f"{path!r} is no source path: write {form}")

    def _crossing(self, where: Where, paths: Iterable[str]) -> None:
        filled = sorted({path for path in paths if path})
        for path in filled:
            if above := next((other for other in filled if path.startswith(other + ".")), None):
                self._add(where, f"{above} cannot be a value and hold {path}")


def _unknown_field(name: str, names: Iterable[str]) -> str:
    return "unknown canonical field" + near(name, names)


def _near_in_braces(field: str) -> str:
    return near(f"{{{field}}}", [f"{{{name}}}" for name in (*ANYWHERE, *ALONE)])


def _texts(value: Any) -> Iterable[str]:
    """All texts of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _format_fault(text: str, known: set[str], needed: Iterable[str]) -> str:
    """What is wrong with a time format; "" when nothing is."""
    directives = re.findall(r"%(\.?.?)", text)
    for directive in directives:
        if directive not in known and directive != "%":
            listed = " ".join(f"%{each}" for each in sorted(known))
            return f"{text!r}: %{directive} is no part of a time — known: {listed}"
    shorthand = {"T": ("H", "M", "S"), "F": ("Y", "m", "d"), "y": ("Y",), "e": ("d",), "b": ("m",), "B": ("m",)}
    said = {each for directive in directives for each in (directive, *shorthand.get(directive, ()))}
    missing = [f"%{each}" for each in needed if each not in said]
    return f"{text!r} says no full date: {', '.join(missing)} missing" if missing else ""

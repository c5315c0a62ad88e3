"""What a mapping file must mean: the checks that its shape alone cannot make.

Here: canonical fields, value maps, formats, source paths, fields in braces, parents, what is mapped and ignored at
once. Not here: reading the file (`registry_yaml`, `registry_shapes`). Each check names the entry it is about; a
check whose ground is already reported as wrong adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from hub.mapping import Child, Mapping, Stream
from hub.registry_reads import check_census, check_crossing, check_paths, check_read, check_tombstone
from hub.registry_yaml import Document, Where, near
from schemas.fields import FIELDS

# Constants are columns of std that no source field feeds.
_CONSTANTS = {"document": {"document_kind": ("component", "other", "result")}}
_KINDS = {name: kind for fields in FIELDS.values() for name, kind in fields.items()}
_VALUES = [name for name, kind in _KINDS.items() if kind == "value"]
_STATUSES = range(1, 11)
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
            check_paths(self._add, (*where, name), getattr(stream, name), plain=name in ("key", "version"))
        check_crossing(self._add, (*where, "key"), [*stream.key, stream.version])
        if stream.cursor_format and (fault := _format_fault(stream.cursor_format, _CURSOR, ("Y", "m", "d"))):
            self._add((*where, "cursor_format"), fault)
        self._parent((*where, "parent"), stream)
        check_read(self._add, (*where, "read"), stream)
        check_census(self._add, (*where, "census"), stream)
        check_tombstone(self._add, (*where, "tombstone"), stream)
        self._implied(where, stream)
        for number, child in enumerate(stream.children):
            self._child((*where, "children", number), child)

    def _implied(self, where: Where, stream: Stream) -> None:
        for number, implied in enumerate(stream.implied_status):
            entry: Where = (*where, "implied_status", number)
            if implied.status not in _STATUSES:
                self._add((*entry, "status"), f"{implied.status} is no status: they are 1 to 10")
            if implied.field not in stream.fields:
                told = f"{implied.field} implies a status, and no source path feeds it"
                self._add((*entry, "field"), told + near(implied.field, stream.fields))
        if not 0 <= stream.procedure_by_name <= 100:
            self._add((*where, "procedure_by_name"), "must be 0 to 100")
        elif stream.procedure_by_name and "procedure_name" not in stream.fields:
            self._add((*where, "procedure_by_name"), "needs the field procedure_name")

    def _child(self, where: Where, child: Child) -> None:
        self._record(where, child)
        if child.record_type == "dossier":
            self._add((*where, "record_type"), "a dossier is no child: give it a stream of its own")
        check_paths(self._add, (*where, "path"), child.path, plain=True)
        check_paths(self._add, (*where, "key"), child.key, plain=True)

    def _record(self, where: Where, record: Stream | Child) -> None:
        """What streams and children have in common."""
        kinds = FIELDS.get(record.record_type)
        if kinds is None:
            told = f"unknown record type {record.record_type!r}"
            self._add((*where, "record_type"), told + near(record.record_type, FIELDS))
        self._fields((*where, "fields"), record, kinds)
        known = _CONSTANTS.get(record.record_type, {})
        for name, text in record.constant.items():
            if name not in known:
                self._add((*where, "constant", name), "unknown constant" + near(name, known))
            elif text not in known[name]:
                self._add((*where, "constant", name), f"unknown value {text!r}{near(text, known[name])}")
        for number, name in enumerate(record.required):
            if kinds is not None and name not in kinds:
                self._add((*where, "required", number), _unknown_field(name, kinds))
            elif name not in record.fields:
                self._add((*where, "required", number), f"{name} is required, and no source path feeds it")
        check_paths(self._add, (*where, "ignore"), record.ignore)
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
            check_paths(self._add, (*where, name), paths)

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
            check_paths(self._add, (*where, name), getattr(stream.parent, name), plain=True)


def _unknown_field(name: str, names: Iterable[str]) -> str:
    return "unknown canonical field" + near(name, names)


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

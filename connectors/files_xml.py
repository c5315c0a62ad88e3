"""XML packages: read once, piece by piece, by one hardened parser; every record becomes bytes or carries its fault.

Here: the envelope of a package, its manifest, one record at a time. Not here: the parser's settings and elements
as members (`files_element`), folders (`files_folder`), what a record means. A document with a DOCTYPE is refused
before any record is taken, since an entity that is not resolved leaves a field silently empty. Memory is bounded by
what may pass between two records: finished records and manifest entries are cut out with everything before them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from lxml import etree

from connectors.contract import StreamSpec
from connectors.cursors import CursorFormat
from connectors.errors import Refused
from connectors.files_element import ElementReader, hardened
from connectors.files_record import key_of, payload_of, text_at
from connectors.files_reject import Rejected
from connectors.files_source import FilesSource, FilesStream

_CHUNK_BYTES = 64 * 1024
Take = Callable[[str, bytes], None]  # key, payload


@dataclass(slots=True)
class Header:
    """What the header of a package says. `digests`: by number, as often as the manifest has it."""

    id: str = ""
    sent_at: str = ""
    count: str = ""
    carried: dict[str, str] = field(default_factory=dict)
    entries: int = 0
    digests: dict[str, list[str]] = field(default_factory=dict)


def load_schema(stream: FilesStream) -> etree.XMLSchema | None:
    """The schema of one record. Raises Refused when there is none at the path."""
    if stream.schema is None:
        return None
    try:
        return etree.XMLSchema(file=stream.schema)
    except (etree.LxmlError, OSError):
        raise Refused(
            f"{stream.name}: the schema {stream.schema} cannot be read", "mend read.schema in the mapping"
        ) from None


class PackageReader:
    """Reads the packages of one stream."""

    def __init__(self, source: FilesSource, stream: FilesStream) -> None:
        self._source, self._stream, self._names = source, stream, stream.package
        self._schema = load_schema(stream)
        self._elements = elements = ElementReader(stream)
        self._record = [elements.tag(name) for name in stream.record.split("/")]
        self._header = [elements.tag(name) for name in stream.header.split("/")]
        entries = self._names.entries.split("/") if self._names.entries else []
        self._entry = [*self._header, *map(elements.tag, entries)] if entries else []
        self._tags = list(dict.fromkeys(path[-1] for path in (self._record, self._header, self._entry) if path))

    def manifest_time(self, file: BinaryIO) -> str:
        """The time of sending, read without the records; "" when there is none. Raises Rejected."""
        return _Reading(self, file, None).header().sent_at

    def read(self, file: BinaryIO, take: Take) -> Header:
        """Hand every record over; what was handed over counts only when this returns. Raises Rejected."""
        return _Reading(self, file, take).whole()

    def header_of(self, element: Any) -> Header:
        """The header's own fields. Raises Rejected."""
        fields = self._elements.value(element, "")
        fields = fields if isinstance(fields, dict) else {}
        names = self._names
        said = {path: text_at(fields, path).strip() for path in (names.id, names.sent_at, names.count)}
        header = Header(said[names.id], said[names.sent_at], said[names.count])
        header.carried = {name: text for name in self._stream.carry if (text := text_at(fields, name))}
        if names.id and not header.id:
            raise Rejected("NO_PACKAGE_ID")
        if header.sent_at and not _is_time(self._stream, header.sent_at):
            raise Rejected("BAD_TIME")
        return header

    def payload(self, element: Any, header: Header) -> tuple[str, bytes]:
        """Key and bytes of a record, with its fault if it has one."""
        members = self._elements.value(element, "")
        if not isinstance(members, dict):
            members = {"#text": members} if members else {}
        fault = self._fault(element, members, header)
        return key_of(members, self._stream.key_paths), payload_of(header.carried | members, fault)

    def _fault(self, element: Any, members: dict[str, Any], header: Header) -> tuple[str, str] | None:
        if self._schema is not None and not self._schema.validate(element):
            found = _first_path(self._schema.error_log)
            return "SCHEMA", ".".join(found.split("/")[2:])
        if self._entry:
            form = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
            digest = hashlib.sha256(form).hexdigest()
            expected = header.digests.get(text_at(members, self._names.number).strip(), [])
            if digest not in expected:
                return "HASH_DIFFERS", "" if expected else self._names.number
            expected.remove(digest)
        return None


class _Reading:
    """One pass over one document."""

    def __init__(self, reader: PackageReader, file: BinaryIO, take: Take | None) -> None:
        self._reader, self._file, self._take = reader, file, take
        self._parser = hardened(reader._tags)
        self._found: Header | None = None
        self._digests: dict[str, list[str]] = {}
        self._entries = self.records = self._quiet = 0
        self._begun = self._doctype = False

    def header(self) -> Header:
        """Read up to the end of the header."""
        while self._found is None:
            if not self._step():
                raise Rejected("NO_HEADER")
        return self._found

    def whole(self) -> Header:
        """Read to the end and judge the envelope."""
        while self._step():
            pass
        header = self._found
        if header is None:
            raise Rejected("NO_HEADER")
        names = self._reader._names
        stated = [header.count] if names.count else []
        stated += [str(header.entries)] if self._reader._entry else []
        if any(text.lstrip("0") != str(self.records).lstrip("0") or not text for text in stated):
            raise Rejected("COUNT_DIFFERS")
        return header

    def _step(self) -> bool:
        """Parse a piece; whether there is more to come. Raises Rejected."""
        chunk = self._file.read(_CHUNK_BYTES)
        if not self._quiet and not self._begun:
            self._doctype = b"<!DOCTYPE" in chunk.replace(b"\0", b"")
        try:
            if chunk:
                self._parser.feed(chunk)
            else:
                _no_doctype(self._parser.close().getroottree())
        except etree.LxmlError as error:
            line = error.position[0] if isinstance(error, etree.ParseError) and error.position else 0
            # A bomb of entities is stopped before the first element tells of its DOCTYPE.
            where = f"dòng {line}" if line else ""
            raise (Rejected("DTD") if self._doctype else Rejected("NOT_WELL_FORMED", where)) from None
        self._quiet += len(chunk)
        for event, element in self._parser.read_events():
            self._event(event, element)
        if self._quiet > self._reader._source.max_record_bytes:
            raise Rejected("TOO_LARGE")
        return bool(chunk)

    def _event(self, event: str, element: Any) -> None:
        if event == "start":
            if not self._begun:  # a DOCTYPE stands before the root: it is seen with the first element or never
                _no_doctype(element.getroottree())
                self._begun = True
            return
        reader = self._reader
        if reader._entry and _is_at(element, reader._entry):
            self._entries += 1
            number, digest = element.get(reader._names.number, ""), element.get(reader._names.digest, "")
            self._digests.setdefault(number.strip(), []).append(digest.strip().lower())
            self._quiet = 0
            if self._entries > reader._source.max_records:
                raise Rejected("TOO_MANY_RECORDS")
            _cut(element)
        elif _is_at(element, reader._header):
            if self._found is not None:
                raise Rejected("NO_HEADER")
            self._found = reader.header_of(element)
            self._found.entries, self._found.digests = self._entries, self._digests
            self._quiet = 0
            _cut(element)
        elif _is_at(element, reader._record):
            self._record(element)

    def _record(self, element: Any) -> None:
        if self._found is None:
            raise Rejected("NO_HEADER")
        self.records += 1
        if self.records > self._reader._source.max_records:
            raise Rejected("TOO_MANY_RECORDS")
        if self._take is not None:
            self._take(*self._reader.payload(element, self._found))
        self._quiet = 0
        _cut(element)


def _first_path(errors: Any) -> str:
    return next((error.path or "" for error in errors), "")


def _no_doctype(tree: Any) -> None:
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise Rejected("DTD")


def _is_at(element: Any, path: list[str]) -> bool:
    """Whether the element stands at the path below the root."""
    for tag in reversed(path):
        if element is None or element.tag != tag:
            return False
        element = element.getparent()
    return element is not None and element.getparent() is None


def _cut(element: Any) -> None:
    """Empty a finished element and drop what stands before it; else the whole document stays in memory."""
    element.clear()
    parent = element.getparent()
    while (earlier := element.getprevious()) is not None:
        parent.remove(earlier)


def _is_time(stream: StreamSpec, text: str) -> bool:
    if not stream.cursor_format:
        return True
    try:
        CursorFormat(stream.cursor_format).moment(text)
    except ValueError:
        return False
    return True

"""How a mapping says where records are: one check for each family of systems, and the syntax of source paths.

Here: `read` of a stream. Not here: fields, keys, value maps (`registry_checks`), the connection (`registry_sources`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from hub.mapping import FilesRead, OdbcRead, Read, Stream
from hub.registry_yaml import Where, near

Add = Callable[[Where, str], None]
BRACES = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")
ANYWHERE = ("since", "until", "size")
ALONE = ("page", "offset", "end", "cursor")
DIALECTS = ("tsql", "postgres", "mariadb", "sqlite")
_NEEDED = {"page_number": "page", "offset": "offset", "cursor": "cursor", "none": None}
_NAME = re.compile(r"[^\s.\[\]](?:[^.\[\]]*[^\s.\[\]])?")
_LIST_MARK = re.compile(r"\[0?\]$")
_SELECT = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_PAGED = re.compile(r"\b(order\s+by|limit|offset|fetch\s+(?:first|next)|top\s*\()(?![^(]*\))", re.IGNORECASE)


def check_read(add: Add, where: Where, stream: Stream) -> None:
    """Note what is wrong with where the records of a stream are."""
    read = stream.read
    if isinstance(read, OdbcRead):
        _odbc(add, where, stream, read)
    elif isinstance(read, FilesRead):
        _files(add, where, stream, read)
    else:
        _rest(add, where, read, stream)


def _odbc(add: Add, where: Where, stream: Stream, read: OdbcRead) -> None:
    texts = {("sql",): read.sql} | {("variants", name): text for name, text in read.variants.items()}
    for name in read.variants:
        if name not in DIALECTS:
            add((*where, "variants", name), "unknown dialect" + near(name, DIALECTS))
    for place, text in texts.items():
        if not _SELECT.match(text):
            add((*where, *place), "must be a SELECT: the hub only reads")
        elif ";" in text.rstrip().rstrip(";"):
            add((*where, *place), "holds several statements: write one SELECT")
        elif found := _PAGED.search(text):
            add((*where, *place), f"holds {found[1]}: windows, order and pages are laid around it by the connector")
    if len(stream.key) > 1 and read.identity != "text":
        add((*where, "identity"), "a composite key is text")


_XML_ONLY = ("record", "header", "carry", "namespaces", "xsd")
_EXCEL_ONLY = ("titles", "preamble", "sheets", "identity", "contact", "split")


def _files(add: Add, where: Where, stream: Stream, read: FilesRead) -> None:
    foreign, whose = (_EXCEL_ONLY, "registers") if read.kind == "xml" else (_XML_ONLY, "XML packages")
    for name in foreign:
        if getattr(read, name):
            add((*where, name), f"belongs to {whose}")
    needed = ("record", "header") if read.kind == "xml" else ("titles", "identity")
    for name in needed:
        if not getattr(read, name):
            add((*where, name), "missing: without it no record is found")
    if read.kind == "xml":
        return
    if bool(read.contact) != bool(read.split) or len(read.split) not in (0, 2):
        add((*where, "split"), "names two fields, for the address and the telephone out of the column `contact`")
    known = {*read.titles, *read.preamble, *read.split}
    mapped: list[tuple[Where, str]] = [
        (("fields", name), path) for name, found in stream.fields.items() for path in found
    ]
    mapped += [(("key",), path) for path in stream.key]
    for place, path in [*mapped, *((("read", "identity"), path) for path in read.identity)]:
        if path not in known:
            add((*where[:-1], *place), f"{path!r} is no column of the register" + near(path, known))


def check_census(add: Add, where: Where, stream: Stream) -> None:
    """Note what is wrong with how a stream is asked what it holds."""
    census = stream.census
    if census is None:
        return
    groups = {"agency": census.agency, "day": census.day, "status": census.status}
    fed = {"agency": "receiving_agency", "day": "received_at", "status": "status"}
    for name, path in groups.items():
        allowed = list(stream.fields.get(fed[name], [])) if stream.record_type == "dossier" else []
        allowed += [stream.version] if name == "day" and stream.version else []
        if path and path not in allowed:
            told = f"{path!r} feeds no {fed[name]}" + (" and is not the version" if name == "day" else "")
            add((*where, name), f"{told}: std could not be counted by it" + near(path, allowed))
        check_paths(add, (*where, name), path, plain=isinstance(stream.read, OdbcRead))
    if isinstance(stream.read, FilesRead):
        for name in ("agency", "day", "status", "key", "version"):
            if getattr(census, name):
                add((*where, name), "does not apply to files: write census: {}, which compares the files themselves")
    if not isinstance(stream.read, Read):
        for name in ("walk", "listing"):
            if getattr(census, name):
                add((*where, name), "belongs to family rest")
        return
    if bool(census.walk) == (census.listing is not None):
        add((*where, "walk"), "write walk: true, which reads the whole list, or listing, a list of keys: one of them")
    if census.listing is None:
        for name in ("key", "version"):
            if getattr(census, name):
                add((*where, name), "is for a listing: the list itself has the key and version of the stream")
    else:
        _rest(add, (*where, "listing"), census.listing, stream)
    check_paths(add, (*where, "key"), census.key, plain=True)
    check_paths(add, (*where, "version"), census.version, plain=True)


def check_tombstone(add: Add, where: Where, stream: Stream) -> None:
    """Note what is wrong with how a message says that a record is gone."""
    if stream.tombstone is None:
        return
    if not stream.version:
        add(where, "needs a version: else an older record that comes late would bring back what is gone")
    if not stream.tombstone.values:
        add((*where, "values"), "is empty: say which codes mean that the record is gone")
    check_paths(add, (*where, "path"), stream.tombstone.path, plain=True)


def _rest(add: Add, where: Where, read: Read, stream: Stream) -> None:
    if read.order and not stream.version:
        add((*where, "order"), "needs a version: name the path by which the source sorts")
    body = read.body if isinstance(read.body, dict) else {"": read.body}
    sent = {"params": read.params, "sweep": read.sweep or {}, "body": body}
    alone: set[tuple[str, str]] = set()
    for part, name, value in ((part, *entry) for part, entries in sent.items() for entry in entries.items()):
        for field in (field for text in _texts(value) for field in BRACES.findall(text)):
            if field not in (*ANYWHERE, *ALONE):
                add((*where, part, name), f"unknown field in braces {{{field}}}" + _near_in_braces(field))
            elif field in ALONE and (value != f"{{{field}}}" or part == "sweep"):
                add((*where, part, name), f"{{{field}}} must stand alone, as a parameter or entry of the body")
            elif field in ALONE:
                alone.add((field, part))
    needed = _NEEDED[read.paging.kind]
    if needed and needed not in {field for field, _ in alone}:
        told = f"kind {read.paging.kind} needs {{{needed}}} in params or body, else each page is the first"
        add((*where, "paging", "kind"), told)
    if len({part for _, part in alone}) > 1:
        add((*where, "body"), "the fields in braces of the paging stand in params and in body: choose one")
    if read.paging.kind == "cursor" and not read.paging.next_cursor:
        add((*where, "paging", "next_cursor"), "missing: where the answer says the next cursor")
    envelope = {"records": read.records, "total": read.total, "paging.next_cursor": read.paging.next_cursor}
    for name, path in envelope.items():
        check_paths(add, (*where, *name.split(".")), path, plain=True)
    success = read.success.path if read.success else ""
    check_paths(add, (*where, "success", "path"), success, plain=True)
    check_crossing(add, (*where, "records"), [*envelope.values(), success])


def check_paths(add: Add, where: Where, paths: str | list[str], *, plain: bool = False) -> None:
    """The syntax of source paths; `plain` ones name no lists."""
    single = isinstance(paths, str)
    for number, path in enumerate([paths] if isinstance(paths, str) else paths):
        if single and not path:
            continue
        parts = path.split(".")
        names = parts if plain else [*(_LIST_MARK.sub("", part) for part in parts[:-1]), parts[-1]]
        if not all(_NAME.fullmatch(name) for name in names):
            form = "A or A.B" if plain else "A, A.B, A[0].B or A[].B"
            add(where if single else (*where, number), f"{path!r} is no source path: write {form}")


def check_crossing(add: Add, where: Where, paths: Iterable[str]) -> None:
    filled = sorted({path for path in paths if path})
    for path in filled:
        if above := next((other for other in filled if path.startswith(other + ".")), None):
            add(where, f"{above} cannot be a value and hold {path}")


def _near_in_braces(field: str) -> str:
    return near(f"{{{field}}}", [f"{{{name}}}" for name in (*ANYWHERE, *ALONE)])


def _texts(value: Any) -> Iterable[str]:
    """All texts of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)

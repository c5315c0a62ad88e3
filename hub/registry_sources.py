"""From one file of `schemas/sources` to its sources: one per name or per agency, with overrides, for a given day.

Here: expanding, fields in braces of agencies, secrets in clear, validity. Not here: reading files (`registry_yaml`),
mappings (`registry_checks`), connecting (`hub/connecting.py`). A source outside its validity is listed as inactive
and not dropped: its history stays in the warehouse, and who looks for a dissolved district must find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
import yaml

from hub.mapping import Mapping as RecordMapping
from hub.registry_reads import BRACES
from hub.registry_shapes import is_secret, read
from hub.registry_systems import Systems
from hub.registry_yaml import Document, Where, entries, laid_over, near
from hub.source import CONNECTIONS, Declared, Source, SourceFile

Agency = Mapping[str, Any]
_SOURCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SECRET_NAME = re.compile(r"(password|passwd|pwd|secret|matkhau)$", re.IGNORECASE)
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_AGENCY_FIELDS = {"agency.code": "agency_code", "agency.slug": "slug", "agency.name": "name"}
_DECLARED = tuple(Declared.__struct_fields__)
_MOST_PER_PAGE = 100_000
_TOKEN_LOGINS = ("body_token", "oauth2_client_credentials", "session")


@dataclass(frozen=True)
class _Wanted:
    """A source to be made: its name, the entry that names it, and of an agency its row and days of existence."""

    source_id: str
    where: Where
    agency: Agency | None = None
    first: date | None = None
    last: date | None = None


def expand(
    document: Document,
    mappings: Mapping[str, RecordMapping],
    agencies: Sequence[Agency] | None,
    today: date,
    systems: Systems | None = None,
) -> list[Source]:
    """The sources of one file; what is wrong goes to the document's problems, and then the list may be short.

    agencies: rows with agency_code, level, slug, name, valid_from, valid_to (as of `hub.reference.agencies()`).
    systems: which agency has which software, and when.
    """
    file = msgspec.convert(read(document, SourceFile, document.root), SourceFile)
    pairs = [pair for pair in document.root.value if pair[0].value in _DECLARED]
    base = yaml.MappingNode(document.root.tag, pairs, document.root.start_mark)
    shared = _declared(document, file, base, (), mappings)
    if file.for_each is None:
        wanted = list(_named(document, file))
    else:
        wanted = list(_per_agency(document, file, agencies, today, systems or Systems()))
    own: dict[str, Declared] = {}
    for name, node in _overrides(document, {each.source_id for each in wanted}):
        own[name] = _declared(document, file, laid_over(node, base), ("overrides", name), mappings)
    sources = []
    for each in wanted:
        declared = own.get(each.source_id, shared)
        where: Where = ("overrides", each.source_id) if each.source_id in own else each.where
        if not _SOURCE_ID.fullmatch(each.source_id):
            document.add(each.where, f"{each.source_id!r} is no name for a source: use letters, digits and . _ -")
        elif declared.mapping in mappings:
            sources.append(_source(file, each, declared, mappings[declared.mapping], document.marks[where], today))
    return [source for source in sources if source is not None]


def _named(document: Document, file: SourceFile) -> Iterator[_Wanted]:
    if not file.sources:
        document.add(("sources",), "missing: name the sources, or write for_each")
    if file.id:
        document.add(("id",), "belongs to for_each: the sources have their names already")
    for number, source_id in enumerate(file.sources):
        yield _Wanted(source_id, ("sources", number))


def _per_agency(
    document: Document, file: SourceFile, agencies: Sequence[Agency] | None, today: date, systems: Systems
) -> Iterator[_Wanted]:
    level, system = (file.for_each.agencies.level, file.for_each.agencies.system) if file.for_each else ("", "")
    if system and system not in systems.names:
        told = f"no agency has the system {system!r} in systems.csv"
        document.add(("for_each", "agencies", "system"), told + near(system, systems.names))
    if file.sources:
        document.add(("sources",), "stands beside for_each: choose one")
    fields = BRACES.findall(file.id)
    unknown = [field for field in fields if not _is_known(document, ("id",), field)]
    if not fields:
        document.add(("id",), "needs a field in braces, like district-{agency.code}: each source has its own name")
    if agencies is None:
        document.add(("for_each", "agencies"), "needs the list of agencies, which was not given")
    if agencies is None or unknown or not fields:
        return
    rows: dict[str, list[Agency]] = {}
    for row in agencies:
        if row["level"] == level:
            rows.setdefault(row["agency_code"], []).append(row)
    if not rows:
        levels = {row["level"] for row in agencies}
        document.add(("for_each", "agencies", "level"), f"no agency has the level {level!r}" + near(level, levels))
    for same in rows.values():
        # A row is one name of the agency for some time; the source lives as long as all of them together.
        same.sort(key=lambda row: row["valid_from"] or date.min)
        current = next((row for row in same if _inside(today, row["valid_from"], row["valid_to"])), same[-1])
        first, last = same[0]["valid_from"], same[-1]["valid_to"]
        if system:
            span = systems.span(current["agency_code"], system)
            if span is None:
                continue
            first = max(filter(None, (first, span[0])), default=None)
            last = min(filter(None, (last, span[1])), default=None)
        yield _Wanted(_filled(file.id, current), ("for_each",), current, first, last)


def _overrides(document: Document, names: set[str]) -> Iterator[tuple[str, yaml.Node]]:
    for entry, _, value in entries(document.root):
        for name, _, node in entries(value) if entry == "overrides" else ():
            where: Where = ("overrides", name)
            foreign = [key for key, _, _ in entries(node) if key not in _DECLARED]
            if names and name not in names:
                document.add(where, "no source of this file has this name" + near(name, names))
            elif not isinstance(node, yaml.MappingNode):
                document.add(where, f"must be a mapping with {', '.join(_DECLARED)}")
            elif foreign:
                document.add(where, f"cannot override {foreign[0]}" + near(foreign[0], _DECLARED))
            else:
                yield name, node


def _declared(
    document: Document, file: SourceFile, node: yaml.Node, where: Where, mappings: Mapping[str, RecordMapping]
) -> Declared:
    """The common part of sources, its connection read by the shape of its family."""
    declared = msgspec.convert(read(document, Declared, node, where), Declared)
    mapping = mappings.get(declared.mapping)
    # Of another family than the mapping is told below; that its entries do not fit either, goes without saying.
    fits = mapping is None or mapping.family == file.family
    shape: Any = CONNECTIONS.get(file.family, dict[str, Any]) if fits else dict[str, Any]
    for name, _, value in entries(node):
        if name == "connection":
            connection = read(document, shape, value, (*where, name), secrets=True)
            declared = msgspec.structs.replace(declared, connection=connection)
    if mapping is None:
        document.add((*where, "mapping"), f"unknown mapping {declared.mapping!r}" + near(declared.mapping, mappings))
    elif mapping.family != file.family:
        told = f"{declared.mapping} is a mapping of family {mapping.family}, the sources are of family {file.family}"
        document.add((*where, "mapping"), told)
    pull, valid = declared.pull, declared.valid
    if not 1 <= pull.page_size <= _MOST_PER_PAGE:
        document.add((*where, "pull", "page_size"), f"must be 1 to {_MOST_PER_PAGE:,}")
    for name in ("every", "timeout", "budget", "deadline"):
        if getattr(pull, name) <= timedelta(0):
            document.add((*where, "pull", name), "must be longer than nothing")
    for number, hours in enumerate(pull.quiet):
        if not _HOURS.fullmatch(hours):
            document.add((*where, "pull", "quiet", number), f"{hours!r} are no hours: write them like 07:00-11:30")
    if not 0 <= declared.shrink.share <= 1:
        document.add((*where, "shrink", "share"), "must be 0 to 1: 0.1 is a tenth")
    if declared.shrink.least < 0:
        document.add((*where, "shrink", "least"), "must not be negative")
    if valid.from_ and valid.to and valid.from_ >= valid.to:
        document.add((*where, "valid", "to"), "ends before it begins: `to` is the first day on which it is over")
    _check_connection(document, (*where, "connection"), declared.connection, per_agency=file.for_each is not None)
    if file.family == "rest":
        _check_rest(document, (*where, "connection"), declared.connection)
    return declared


def _check_connection(document: Document, where: Where, value: Any, *, per_agency: bool) -> None:
    """Fields in braces, names of secrets, and no secret in clear, at any depth."""
    if isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            _check_connection(document, (*where, name), item, per_agency=per_agency)
    elif isinstance(value, str):
        for field in BRACES.findall(value):
            if _is_known(document, where, field) and not per_agency:
                document.add(where, f"{{{field}}} has a meaning only with for_each")
        if where[-1] == "env" and not _ENV_NAME.fullmatch(BRACES.sub("X", value)):
            document.add(where, "is no name of a variable: use capitals, digits and _")
        # By the name of the entry, since the value cannot tell. Whoever wrote it here has shown it to others.
        if value and _SECRET_NAME.search(str(where[-1])):
            document.add(where, "holds a secret in clear: write {env: NAME}, set NAME, and change the secret")


def _check_rest(document: Document, where: Where, connection: dict[str, Any]) -> None:
    base_url, auth = connection.get("base_url"), connection.get("auth", {})
    written = (*where, "base_url") in document.marks
    if written and isinstance(base_url, str) and not base_url.startswith(("http://", "https://")):
        document.add((*where, "base_url"), "must begin with http:// or https://")
    kind, fields = auth.get("kind", "none"), auth.get("fields", {})
    if kind in _TOKEN_LOGINS and not auth.get("url"):
        document.add((*where, "auth", "url"), f"missing: where a login of kind {kind} is sent")
    for name in ("username", "password") if kind == "basic" else ():
        if name not in fields:
            document.add((*where, "auth", "fields", name), "missing: a login of kind basic needs it")


def _is_known(document: Document, where: Where, field: str) -> bool:
    if field in _AGENCY_FIELDS:
        return True
    known = [f"{{{name}}}" for name in _AGENCY_FIELDS]
    document.add(where, f"unknown field in braces {{{field}}}" + near(f"{{{field}}}", known))
    return False


def _source(
    file: SourceFile, wanted: _Wanted, declared: Declared, mapping: RecordMapping, mark: tuple[str, int], today: date
) -> Source | None:
    """One source; None when the agency did not exist on any day on which the file is valid."""
    first = max(filter(None, (declared.valid.from_, wanted.first)), default=None)
    last = min(filter(None, (declared.valid.to, wanted.last)), default=None)
    if first and last and first >= last:
        return None
    return Source(
        source_id=wanted.source_id,
        level=file.level,
        family=file.family,
        mapping=mapping,
        agency_code=wanted.agency["agency_code"] if wanted.agency else None,
        connection=_filled(declared.connection, wanted.agency) if wanted.agency else declared.connection,
        pull=declared.pull,
        valid_from=first,
        valid_to=last,
        active=_inside(today, first, last),
        file=mark[0],
        line=mark[1],
        shrink=declared.shrink,
    )


def _filled(value: Any, agency: Agency) -> Any:
    """The value with the agency's code, slug and name in place of the fields in braces, at any depth."""
    if is_secret(value):
        # The codes of agencies have dots, the names of variables cannot.
        return {"env": re.sub(r"[^A-Za-z0-9_]", "_", _filled(value["env"], agency))}
    if isinstance(value, dict):
        return {name: _filled(item, agency) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, agency) for item in value]
    if isinstance(value, str):
        return BRACES.sub(lambda match: str(agency.get(_AGENCY_FIELDS.get(match[1], ""), match[0])), value)
    return value


def _inside(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day < last)

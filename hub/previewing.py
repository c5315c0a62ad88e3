"""Trying a source and its mapping: connection checks, and a few records raw beside standardised.

Here: one page of a source through the same connector and the same standardising as a real run, kept in memory.
Not here: any writing; a preview leaves no trace, not even in the ledger, so that a mapping can be tried on a
production source before anybody has decided to take it in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import polars as pl

from connectors.contract import Check, Page, Window
from connectors.errors import SourceError
from hub.connecting import connect, to_stream_spec
from hub.errors import HubError
from hub.mapping import Stream
from hub.registry import Source
from hub.registry_yaml import near
from hub.settings import ZONE, Settings
from hub.showing import MASK, PERSONAL_KINDS, count_at, parsed, shown, value_at
from hub.standardise.paths import child_path
from hub.standardise.protect import Hasher
from hub.standardise.records import Context, Raw, Result, standardise
from hub.standardise.reference import Reference
from hub.unchanged import content_hashes
from schemas.fields import FIELDS

_COLUMN = {"agency": "{}_code", "agency_name": "{}_code", "name": "{}_masked", "phone": "{}_hash", "tech_id": "{}_hash"}


@dataclass(frozen=True)
class Field:
    """One canonical field: where it is read, what stands there, what was made of it (masked where personal)."""

    name: str
    paths: list[str]
    raw: str
    standardised: str


@dataclass
class Previewed:
    """One record. `children` are (path, record type, items in raw, rows in std); `reason` is empty unless the record
    would be quarantined; `raw` is the whole record, masked."""

    source_key: str
    version: str
    raw: list[tuple[str, str]]
    fields: list[Field] = field(default_factory=list)
    children: list[tuple[str, str, int, int]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    reason: str = ""
    sentence: str = ""


@dataclass
class Preview:
    """What a few records of a stream look like. `drift` are (kind, path, value, count)."""

    source_id: str
    stream: str
    announced: int | None
    records: list[Previewed]
    refused: list[str]
    drift: list[tuple[str, str, str, int]]


def check(source: Source, settings: Settings) -> list[Check]:
    """The connector's own checks; what the configuration lacks is a failed check, too. Never raises for a source."""
    try:
        connector = connect(source, settings)
    except (HubError, SourceError) as error:
        return [Check("configuration", False, error.message, error.hint)]
    try:
        return connector.check()
    finally:
        connector.close()


def preview(
    source: Source, settings: Settings, reference: Reference, hasher: Hasher, stream_name: str = "", limit: int = 5
) -> Preview:
    """The first `limit` records of a stream (the mapping's first one by default), from the source's beginning.

    Raises HubError for an unknown stream or a broken configuration, SourceError for what the source does.
    """
    streams = source.mapping.streams
    name = stream_name or next(iter(streams))
    if name not in streams:
        raise HubError(
            f"{source.source_id} has no stream {name}{near(name, streams)}", f"choose one of {', '.join(streams)}"
        )
    page, raw, result = _standardised(source, settings, reference, hasher, name, limit)
    return Preview(
        source_id=source.source_id,
        stream=name,
        announced=page.announced,
        records=[_record(raw, at, streams[name], result) for at in raw.rows],
        refused=list(page.refused),
        drift=result.drift.drop("batch_id").rows(),
    )


def sample(
    source: Source, settings: Settings, reference: Reference, hasher: Hasher, stream: str, limit: int
) -> tuple[list[bytes], list[tuple[str, str, str, int]]]:
    """The first records of a stream as they came, and their drift (kind, path, value, count). Raises as `preview`."""
    _, raw, result = _standardised(source, settings, reference, hasher, stream, limit)
    return raw.payloads, result.drift.drop("batch_id").rows()


def _standardised(
    source: Source, settings: Settings, reference: Reference, hasher: Hasher, name: str, limit: int
) -> tuple[Page, Raw, Result]:
    streams = source.mapping.streams
    small = msgspec.structs.replace(source, pull=msgspec.structs.replace(source.pull, page_size=limit))
    page = _first_page(small, settings, name)
    raw = Raw(
        keys=page.keys[:limit],
        versions=page.versions[:limit],
        payloads=page.payloads[:limit],
        rows=list(range(len(page.keys[:limit]))),
        hashes=content_hashes(page.payloads[:limit], streams[name].volatile),
        batches=[0] * len(page.keys[:limit]),
        agency_codes=[source.agency_code] * len(page.keys[:limit]),
    )
    context = Context(source.mapping, streams[name], reference, hasher)
    return page, raw, standardise(raw, context)


def _first_page(source: Source, settings: Settings, name: str) -> Page:
    connector = connect(source, settings)
    pages = connector.pages(to_stream_spec(source.mapping.streams[name], source, name), Window())
    try:
        return next((page for page in pages if page.keys or page.refused), Page([], [], []))
    finally:
        pages.close()  # type: ignore[attr-defined]  # a generator: nobody waits for pages that nobody reads
        connector.close()


def _record(raw: Raw, at: int, stream: Stream, result: Result) -> Previewed:
    record = Previewed(raw.keys[at], raw.versions[at], shown(raw.payloads[at], stream))
    for row in result.quarantined.filter(pl.col("raw_row") == at).iter_rows(named=True):
        record.reason, record.sentence = row["reason_code"], row["sentence"]
    rows = result.tables[stream.record_type].filter(pl.col("raw_row") == at).to_dicts()
    std = rows[0] if rows else {}
    values = parsed(raw.payloads[at])
    record.flags = std.get("flags") or []
    for name, paths in stream.fields.items():
        record.fields.append(_field(stream.record_type, name, paths, values, std))
    for child in stream.children:
        made = result.tables[child.record_type].filter(pl.col("parent_key") == raw.keys[at])
        if child.constant:
            made = made.filter(pl.col(column) == value for column, value in child.constant.items())
        record.children.append(
            (child.path, child.record_type, count_at(values, child_path(child).removesuffix("[]")), made.height)
        )
    return record


def _field(record_type: str, name: str, paths: Sequence[str], values: Any, std: dict[str, Any]) -> Field:
    kind = FIELDS[record_type][name]
    text = next((found for path in paths if (found := value_at(values, path))), "")
    if kind in PERSONAL_KINDS:
        text = MASK if text else ""
    if kind in ("clear", "officer"):
        made = "vault" if text and std else ""
    else:
        value = std.get(_column(kind, name))
        value = value.astimezone(ZONE) if isinstance(value, datetime) else value
        made = "hash" if isinstance(value, bytes) else "" if value is None else str(value)
    return Field(name, list(paths), text, made)


def _column(kind: str, name: str) -> str:
    """The std column that shows a field best."""
    if kind == "identity":
        return name.removesuffix("_no") + "_masked"
    if kind == "presence":
        return "has_" + name.removesuffix("_url")
    return _COLUMN.get(kind, "{}").format(name)

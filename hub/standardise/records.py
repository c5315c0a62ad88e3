"""One chunk of raw records of one stream into frames of std and vault, quarantine and drift.

Here: the order of the steps, and what decides whether a record may stay. Not here: reading (`raw`), writing
(the loader), what a single value means (the modules beside this one). Everything is a pure function of the chunk
and the context: a record is standardised the same way whatever stands beside it, so chunks may be cut anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from hub.mapping import Mapping, Stream
from hub.standardise import distortions
from hub.standardise.children import child_body
from hub.standardise.decode import Columns, Decoded, Shape, decode, shape_of
from hub.standardise.fields import Body, Setting, cleaned, read_fields
from hub.standardise.findings import Findings, drift_frame
from hub.standardise.frames import clear_columns, clear_frame, filled, frame
from hub.standardise.identifiers import LONGEST_KEY, normal_numbers
from hub.standardise.implied import imply
from hub.standardise.paths import FAULT_CODE, FAULT_PATH, layout_of
from hub.standardise.protect import Hasher
from hub.standardise.reasons import REASONS, sentence
from hub.standardise.reference import Reference
from hub.standardise.text import clean
from hub.standardise.times import parse_times
from schemas.fields import FIELDS

QUARANTINED = {
    "raw_row": pl.Int32,
    "source_key": pl.String,
    "payload_hash": pl.Binary,
    "version": pl.String,
    "reason_code": pl.String,
    "field": pl.String,
    "sentence": pl.String,
    "agency_code": pl.String,
}
_INHERITED = ("source_key", "raw_row", "version", "version_at")  # by children from their parent
_NOT_YET_RECEIVED = (1, 3)  # statuses of dossiers that were never received: submitted, rejected


@dataclass(frozen=True)
class Raw:
    """A chunk as parallel columns: key ("" for none), version ("" for none), payload, number of the row, SHA-256; then
    the batch and the source's own agency (None for none). Sources of one mapping may share a chunk."""

    keys: list[str]
    versions: list[str]
    payloads: list[bytes]
    rows: list[int]
    hashes: list[bytes]
    batches: list[int]
    agency_codes: list[str | None]


@dataclass(frozen=True)
class Context:
    """What a stream's records are read with; made once per stream and load."""

    mapping: Mapping
    stream: Stream
    reference: Reference
    hasher: Hasher

    @cached_property
    def shape(self) -> Shape:
        """Decoders of the stream. Raises HubError when paths of the mapping contradict each other."""
        return shape_of(layout_of(self.stream))

    def setting(self, agency_codes: pl.Series) -> Setting:
        """What the readers of values need."""
        implied, by_name = self.stream.implied_status, self.stream.procedure_by_name
        return Setting(self.mapping, self.reference, self.hasher, agency_codes, implied, by_name)


@dataclass
class Result:
    """Frames by record type, for the types that came: `tables` with the std columns but source_id, batch_id,
    recorded_at; `clear` with raw_row and the vault columns but source_id; `quarantined` (one row per refused record)
    and `drift` (batch_id, kind, path, value, count)."""

    tables: dict[str, pl.DataFrame]
    clear: dict[str, pl.DataFrame]
    quarantined: pl.DataFrame
    drift: pl.DataFrame


def standardise(raw: Raw, context: Context) -> Result:
    """Give every record of the chunk its one meaning, or a reason why it has none."""
    stream = context.stream
    decoded = decode(raw.payloads, context.shape)
    body, sources = _body(decoded, raw, context)
    origin = _origin(decoded, raw, context)
    deleted = _deletion(body, sources, context)
    speaks = ~(body.std["deletion"] == "message").fill_null(False)  # that a record is gone needs nothing but its key
    _judge_parent(body, sources, context, origin, speaks)
    _judge_codes(body, speaks)
    _judge_required(body, stream.required, deleted)
    kept = body.findings.kept()
    std, clear = _finished(body, origin, kept)
    tables, clears = {stream.record_type: [std]}, {stream.record_type: [clear]}
    drifted = body.findings.drifted
    drifted.update((raw.batches[at], "field", path, "") for at, path in decoded.unknown)
    inherited = {name: origin[name] for name in _INHERITED}
    for child, (owners, items) in zip(stream.children, decoded.items, strict=True):
        tables.setdefault(child.record_type, [])
        if owners.is_empty():
            continue
        part, part_origin = child_body(child, owners, items, inherited, body)
        std, clear = _finished(part, part_origin, kept.gather(owners))
        tables.setdefault(child.record_type, []).append(std)
        clears.setdefault(child.record_type, []).append(clear)
        drifted.update(part.findings.drifted)
    return Result(
        tables={kind: pl.concat(parts) if parts else frame(kind, 0, {}) for kind, parts in tables.items()},
        clear={kind: pl.concat(parts) for kind, parts in clears.items() if clear_columns(kind)},
        quarantined=_quarantined(raw, decoded, body, context),
        drift=drift_frame(drifted),
    )


def _body(decoded: Decoded, raw: Raw, context: Context) -> tuple[Body, Columns]:
    """The records' own fields, read, and the text that they were read from."""
    stream, height = context.stream, len(decoded.positions)
    findings = Findings(pl.Series([raw.batches[i] for i in decoded.positions], dtype=pl.Int64))
    agencies = pl.Series([raw.agency_codes[i] for i in decoded.positions], dtype=pl.String)
    shown = {name: ", ".join(paths) for name, paths in stream.fields.items()}
    body = Body(stream.record_type, height, context.setting(agencies), findings, shown)
    keys = pl.Series([raw.keys[i] for i in decoded.positions], dtype=pl.String)
    findings.refuse("KEY_MISSING", "", "", keys == "")
    unreadable = keys.str.contains("\0", literal=True) | (keys.str.len_chars() > LONGEST_KEY)
    findings.refuse("KEY_UNREADABLE", "", "", unreadable)
    sources = cleaned(decoded.columns, findings)
    _judge_faults(body, sources)
    read_fields(body, stream.fields, sources)
    for name, value in stream.constant.items():
        body.std[name] = filled(value, pl.String(), height)
    imply(body)
    distortions.mark(body)
    return body, sources


def _judge_faults(body: Body, sources: Columns) -> None:
    """What the connector found wrong with a record of a file."""
    if FAULT_CODE not in sources:
        return
    codes, paths = sources[FAULT_CODE], sources[FAULT_PATH]
    for code, path in pl.DataFrame({"code": codes, "path": paths}).drop_nulls("code").unique().rows():
        reason = code if code in REASONS else "MALFORMED_RECORD"
        same = (codes == code) & (paths == path if path is not None else paths.is_null())
        body.findings.refuse(reason, path or "", "", same)


def _origin(decoded: Decoded, raw: Raw, context: Context) -> Columns:
    """Where each record comes from, its version and its parent."""
    at = decoded.positions
    version = clean(pl.Series([raw.versions[i].replace("\0", "") for i in at], dtype=pl.String))
    return {
        "source_key": pl.Series([raw.keys[i] for i in at], dtype=pl.String),
        "raw_row": pl.Series([raw.rows[i] for i in at], dtype=pl.Int32),
        "payload_hash": pl.Series([raw.hashes[i] for i in at], dtype=pl.Binary),
        "version": version,
        "version_at": _version_times(version, context),
    }


def _version_times(versions: pl.Series, context: Context) -> pl.Series:
    """The source's versions as moments, to tell earlier from later."""
    stream, mapping = context.stream, context.mapping
    # The cursor's format is Python's, the times' are chrono's: there `%f` alone is a whole number of nanoseconds.
    formats = [stream.cursor_format.replace(".%f", "%.f")] if stream.cursor_format else []
    return parse_times(versions, [*formats, *mapping.formats.get("time", [])], mapping.zone)[0]


def _judge_parent(body: Body, sources: Columns, context: Context, origin: Columns, speaks: pl.Series) -> None:
    parent = context.stream.parent
    if parent is None:
        return
    paths = {"parent_no": parent.dossier_no, "parent_key": parent.source_key}
    named = {column_: path for column_, path in paths.items() if path}
    nobody = filled(True, pl.Boolean(), body.height)
    for column_, path in named.items():
        text = sources[path]
        origin[column_] = normal_numbers(text) if column_ == "parent_no" else text
        origin[column_] = origin[column_].set(origin[column_].str.len_chars() > LONGEST_KEY, None)
        nobody = nobody & origin[column_].is_null()
    body.findings.refuse("PARENT_MISSING", ", ".join(named.values()), "", nobody & speaks)


def _judge_codes(body: Body, speaks: pl.Series) -> None:
    """A status or channel that nobody has explained makes every figure wrong: the record waits for its meaning."""
    for name in ("status", "channel"):
        if name in body.text:
            unknown = body.text[name].is_not_null() & body.std[name].is_null() & speaks
            reason = f"UNKNOWN_{name.upper()}"
            body.findings.refuse(reason, body.paths[name], name, unknown, body.text[name])


def _deletion(body: Body, sources: Columns, context: Context) -> pl.Series:
    """Which records the source has deleted: a filled field that does not say no, or a message that says so."""
    deleted = message = filled(False, pl.Boolean(), body.height)
    path, tombstone = context.stream.deleted, context.stream.tombstone
    if path:
        text, mapping = sources[path], context.mapping
        deleted = text.is_not_null() & ~text.str.to_lowercase().is_in(["0", "false"]).fill_null(False)
        body.std["deleted_at"], _ = parse_times(text, mapping.formats.get("time", []), mapping.zone)
    if tombstone:
        message = sources[tombstone.path].is_in(tombstone.values).fill_null(False)
    told = pl.DataFrame({"message": message, "deleted": deleted})
    why = pl.when("message").then(pl.lit("message")).when("deleted").then(pl.lit("source"))
    body.std["is_deleted"] = deleted | message
    body.std["deletion"] = told.select(why.alias("deletion"))["deletion"]
    return deleted | message


def _judge_required(body: Body, required: list[str], deleted: pl.Series) -> None:
    """What must be there is there. A deleted record needs nothing: that it is gone is all it has to say."""
    findings, live = body.findings, ~deleted
    if body.record_type == "dossier":
        absent = body.column("status", pl.Int16()).is_null()
        findings.refuse("STATUS_MISSING", body.paths.get("status", ""), "status", absent & live)
    for name in required:
        text, path = body.text[name], body.paths[name]
        needed = live
        if name == "received_at":
            needed = live & ~body.column("status", pl.Int16()).is_in(_NOT_YET_RECEIVED).fill_null(False)
        if FIELDS[body.record_type][name] == "time":
            findings.refuse("UNREADABLE_DATE", path, name, text.is_not_null() & body.column(name).is_null() & needed)
        findings.refuse("REQUIRED_MISSING", path, name, text.is_null() & needed)


def _finished(body: Body, origin: Columns, kept: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The std frame and the vault frame of the rows that stay."""
    hasher = body.setting.hasher
    clear = clear_frame(body.record_type, body.height, body.clear, hasher)
    key_id = filled(hasher.key_id, pl.Int16(), body.height)
    more = {"flags": body.findings.flags(), "key_id": key_id, "clear_hash": clear["clear_hash"]}
    std = frame(body.record_type, body.height, {**body.std, **origin, **more})
    clear = clear.insert_column(0, origin["source_key"].alias("source_key"))
    clear = clear.insert_column(0, origin["raw_row"].alias("raw_row"))
    return std.filter(kept), clear.filter(kept & clear["clear_hash"].is_not_null())


def _quarantined(raw: Raw, decoded: Decoded, body: Body, context: Context) -> pl.DataFrame:
    found = [(at, reason, path, sentence(reason, path), raw.agency_codes[at]) for at, reason, path in decoded.broken]
    agencies = body.column("receiving_agency_code")
    for row, (reason, field_, why) in body.findings.refused.items():
        at = decoded.positions[row]
        found.append((at, reason, field_, why, agencies[row] or raw.agency_codes[at]))
    rows = [(raw.rows[at], raw.keys[at], raw.hashes[at], raw.versions[at], *told) for at, *told in found]
    made = pl.DataFrame(rows, schema=QUARANTINED, orient="row").sort("raw_row")
    shown = pl.col("source_key", "version").str.replace_all("\0", "\ufffd", literal=True)
    made = made.with_columns(shown)
    return made.with_columns(version_at=_version_times(clean(made["version"]), context))

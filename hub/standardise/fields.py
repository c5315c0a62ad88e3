"""Columns of source text into the columns of std and vault, field by field, by the kind of each field.

Here: which reader serves which kind and what its columns are called. Not here: decoding, keys, whether a row may
stay. Times and numbers come first, because agencies are looked up on the day of the dossier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from hub.mapping import Correction, Implied
from hub.mapping import Mapping as SourceMapping
from hub.standardise import identifiers, protect, values
from hub.standardise.agencies import find_agencies, known_codes, valid_codes
from hub.standardise.decode import Columns
from hub.standardise.findings import Findings
from hub.standardise.frames import filled
from hub.standardise.reference import Reference
from hub.standardise.text import clean, clean_all, single_spaced
from hub.standardise.times import parse_times
from schemas.fields import FIELDS
from schemas.tables.base import precision_of

_PEOPLE_WRITE = {"text", "name", "officer", "clear", "agency", "agency_name", "presence"}  # old fonts occur here
_ONE_LINE = {"text", "name", "officer", "agency", "agency_name", "code", "list", "identity", "phone", "procedure"}
_OF_A_TYPE = {"time", "integer", "money", "flag"}  # what another way of writing makes unreadable is reported as drift
_ABSENCE_COUNTS = {"value", "presence", "number"}
_TEXT = pl.String()
_INTEGER_TYPE = pl.Int32()
_DAY_OF_DOSSIER = ("received_at", "submitted_at")  # the first that is known


@dataclass(frozen=True)
class Setting:
    """What the readers need besides the text. `agency_codes`: whose record each row is, by the source that sent it."""

    mapping: SourceMapping
    reference: Reference
    hasher: protect.Hasher
    agency_codes: pl.Series
    implied_status: Sequence[Implied] = ()
    procedure_by_name: int = 0


@dataclass
class Body:
    """Columns of one record type in the making: `std` and `clear` by column name, `text` by field as the source wrote
    it after cleaning, `paths` by field for messages."""

    record_type: str
    height: int
    setting: Setting
    findings: Findings
    paths: dict[str, str]
    text: dict[str, pl.Series] = field(default_factory=dict)
    std: dict[str, pl.Series] = field(default_factory=dict)
    clear: dict[str, pl.Series] = field(default_factory=dict)

    def column(self, name: str, dtype: pl.DataType = _TEXT) -> pl.Series:
        """A std column, all null when the mapping does not feed it."""
        return self.std[name] if name in self.std else filled(None, dtype, self.height)


def read_fields(body: Body, fields: Mapping[str, list[str]], sources: Mapping[str, pl.Series]) -> None:
    """Fill `body` from `sources` (text by source path) as `fields` (canonical name -> paths) say."""
    kinds = FIELDS[body.record_type]
    for name, paths in fields.items():
        body.text[name] = _source_text(body, name, kinds[name], [sources[path] for path in paths])
    # Absence says something in a few kinds only; in all others an empty column has nothing to read.
    filled_ = [n for n in fields if kinds[n] in _ABSENCE_COUNTS or body.text[n].null_count() < body.height]
    _read_times(body, [name for name in filled_ if kinds[name] == "time"])
    later = [name for name in filled_ if kinds[name] in ("agency", "agency_name")]
    for name in filled_:
        if kinds[name] != "time" and name not in later:
            _READERS[kinds[name]](body, name)
    if later or body.record_type == "dossier":
        _read_agencies(body, later)


def cleaned(columns: Columns, findings: Findings) -> Columns:
    """Each column NFC, trimmed, null where empty. PostgreSQL knows no NUL: it is taken out and flagged."""
    frame = pl.DataFrame([text.alias(path) for path, text in columns.items()])
    if frame.is_empty():
        return columns
    found = frame.select(pl.all().str.contains("\0", literal=True).any()).row(0, named=True)
    with_nul = [path for path, some in found.items() if some]
    for path in with_nul:
        findings.flag("nul_stripped", frame[path].str.contains("\0", literal=True))
    frame = frame.with_columns(pl.col(with_nul).str.replace_all("\0", "", literal=True))
    return clean_all(frame).to_dict()


def _source_text(body: Body, name: str, kind: str, candidates: list[pl.Series]) -> pl.Series:
    """The first text that is not empty, cleaned; old fonts read, reviewed corrections applied."""
    text = candidates[0]
    for other in candidates[1:]:
        text = text.zip_with(text.is_not_null(), other)
    if text.null_count() == body.height:
        return text
    mapping, legacy = body.setting.mapping, body.setting.reference.legacy
    if kind in _PEOPLE_WRITE and mapping.encoding == "mixed":
        text, converted = legacy.detected(text)
        if converted is not None:
            body.findings.flag(f"legacy_text:{name}", converted)
            body.findings.drift("text", body.paths[name], converted)
    elif kind in _PEOPLE_WRITE and mapping.encoding in ("tcvn3", "vni"):
        text = legacy.always(text, mapping.encoding)
    if kind in _ONE_LINE:
        text = single_spaced(text)
    return _corrected(body, name, text, [c for c in mapping.corrections if c.field == name])


def _corrected(body: Body, name: str, text: pl.Series, corrections: list[Correction]) -> pl.Series:
    if not corrections:
        return text
    wrong = clean(pl.Series([c.from_ for c in corrections]))
    right = clean(pl.Series([c.to for c in corrections]))
    hit = text.is_in(wrong.implode())
    body.findings.flag(f"corrected:{name}", hit)
    return text.zip_with(~hit.fill_null(False), text.replace(wrong, right))


def _read_times(body: Body, names: list[str]) -> None:
    if not names:
        return
    mapping = body.setting.mapping
    # One call for all times of the record type: the formats are the same and a long column is cheap.
    together = pl.concat([body.text[name].alias("text") for name in names])
    moments, precisions = parse_times(together, mapping.formats.get("time", []), mapping.zone)
    for i, name in enumerate(names):
        body.std[name] = moments.slice(i * body.height, body.height)
        body.std[precision_of(name)] = precisions.slice(i * body.height, body.height)
        _unreadable(body, name, body.std[name])


def _read_agencies(body: Body, names: list[str]) -> None:
    setting, reference = body.setting, body.setting.reference
    days = _filed_on(body)
    in_number = valid_codes(known_codes(body.column("number_agency_code"), reference), days, reference)
    own = setting.agency_codes
    for name in names:
        written = body.text[name]
        hints = (in_number, own)
        code = find_agencies(written, body.paths[name], days, hints, reference, body.findings)
        body.std[f"{name}_code"] = code
        if FIELDS[body.record_type][name] == "agency_name":
            body.std[f"{name}_name"] = written
    if body.record_type == "dossier":
        receiving = body.column("receiving_agency_code")
        receiving = receiving.zip_with(receiving.is_not_null(), in_number)
        body.std["receiving_agency_code"] = receiving.zip_with(receiving.is_not_null(), own)
        body.std["filed_on"] = days


def _filed_on(body: Body) -> pl.Series:
    """The day of receipt, else of submission, else the day in the number."""
    days = body.column("number_date", pl.Date())
    for name in reversed(_DAY_OF_DOSSIER):
        # without time zone tables: the zone has had no clock change since 1975
        day = body.column(name, pl.Datetime("us", "UTC")).dt.offset_by("7h").dt.date()
        days = day.zip_with(day.is_not_null(), days)
    return days


def _unreadable(body: Body, name: str, value: pl.Series) -> None:
    unread = body.text[name].is_not_null() & value.is_null()
    body.findings.flag(f"unreadable:{name}", unread)
    if FIELDS[body.record_type][name] in _OF_A_TYPE:
        body.findings.drift_of_type(body.paths[name], unread, body.text[name])


def _number(body: Body, name: str) -> None:
    body.std[name] = identifiers.normal_numbers(body.text[name])
    _unreadable(body, name, body.std[name])
    if name == "dossier_no":
        parts = identifiers.number_parts(body.std[name])
        body.std |= {column: parts[column] for column in parts.columns}
        body.findings.flag("legacy_number", parts["number_form"] == "legacy")


def _procedure(body: Body, name: str) -> None:
    written, root = body.text[name], identifiers.procedure_roots(body.text[name])
    body.std[name], body.std["local_procedure_code"] = root, written
    known = root.is_in(list(body.setting.reference.procedures)).fill_null(False)
    unknown = written.is_not_null() & ~known
    body.findings.flag("unknown_procedure", unknown)
    body.findings.drift("procedure", body.paths[name], unknown, root.zip_with(root.is_not_null(), written))


def _value(body: Body, name: str) -> None:
    text, findings = body.text[name], body.findings
    body.std[name] = values.mapped(text, body.setting.mapping.values.get(name, {}))
    unknown = text.is_not_null() & body.std[name].is_null()
    findings.drift("code", body.paths[name], unknown, text)
    findings.flag(f"unknown_code:{name}", unknown)
    if name == "status" and body.record_type == "dossier":
        body.std["source_status"] = text


def _code(body: Body, name: str) -> None:
    """Codes and receipt numbers are keys of indexes: what is too long for one is no code."""
    text = body.text[name]
    body.std[name] = text.set((text.str.len_chars() > identifiers.LONGEST_KEY).fill_null(False), None)
    _unreadable(body, name, body.std[name])


def _text(body: Body, name: str) -> None:
    body.std[name] = body.text[name]


def _integer(body: Body, name: str) -> None:
    number = values.whole(body.text[name])
    _unreadable(body, name, number)
    fitting = values.fits(number, _INTEGER_TYPE)
    body.findings.flag(f"out_of_range:{name}", ~fitting)
    body.std[name] = number.set(~fitting, None)


def _money(body: Body, name: str) -> None:
    body.std[name] = values.money(body.text[name])
    _unreadable(body, name, body.std[name])


def _flag(body: Body, name: str) -> None:
    body.std[name] = values.yes_no(body.text[name])
    unknown = body.text[name].is_not_null() & body.std[name].is_null()
    body.findings.flag(f"unknown_code:{name}", unknown)
    body.findings.drift_of_type(body.paths[name], unknown, body.text[name])


def _identity(body: Body, name: str) -> None:
    reference, column = body.setting.reference, name.removesuffix("_no")
    number, kind = identifiers.identities(body.text[name], reference.dummy_identities, body.findings)
    body.std[f"{column}_hash"] = body.setting.hasher.identities(number)
    body.std[f"{column}_kind"] = kind
    body.std[f"{column}_masked"] = protect.masked_identities(number)
    body.clear[name] = number.zip_with(number.is_not_null(), body.text[name])


def _name(body: Body, name: str) -> None:
    body.std[f"{name}_hash"] = body.setting.hasher.identities(body.text[name].str.to_lowercase())
    body.std[f"{name}_masked"] = protect.masked_names(body.text[name])
    body.clear[name] = body.text[name]


def _phone(body: Body, name: str) -> None:
    number = identifiers.phones(body.text[name], body.setting.reference.phone_prefixes, body.findings)
    _unreadable(body, name, number)
    body.std[f"{name}_hash"] = body.setting.hasher.identities(number)
    body.clear[name] = number.zip_with(number.is_not_null(), body.text[name])


def _tech_id(body: Body, name: str) -> None:
    body.std[f"{name}_hash"] = body.setting.hasher.identities(body.text[name])
    body.clear[name] = body.text[name]


def _officer(body: Body, name: str) -> None:
    hashes = body.setting.hasher.identities(body.text[name].str.to_lowercase())
    body.std[f"{name.removesuffix('_name')}_hash"] = hashes
    body.clear[name] = body.text[name]


def _clear(body: Body, name: str) -> None:
    body.clear[name] = body.text[name]


def _presence(body: Body, name: str) -> None:
    body.clear[name] = body.text[name]
    body.std[f"has_{name.removesuffix('_url')}"] = body.text[name].is_not_null()


_READERS: dict[str, Callable[[Body, str], None]] = {
    "number": _number,
    "procedure": _procedure,
    "code": _code,
    "text": _text,
    "list": _text,
    "value": _value,
    "integer": _integer,
    "money": _money,
    "flag": _flag,
    "identity": _identity,
    "name": _name,
    "phone": _phone,
    "tech_id": _tech_id,
    "officer": _officer,
    "clear": _clear,
    "presence": _presence,
}

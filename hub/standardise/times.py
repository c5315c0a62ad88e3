"""Moments out of text: the formats of the mapping, the offset if the text has one, and how exact it is.

Here: parsing. Not here: which time a field means or whether it is required.
Formats are tried in the order of the mapping and none is guessed: `03/04/2022` means what the vendor says it means.
The precision is what the text shows (s, m, d): a register's date is a date, kept as local midnight with precision
d, and not a claim that something happened at midnight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

UTC = pl.Datetime("us", "UTC")
YEARS = (1990, 2100)  # no dossier is older; 1900-01-01 and 0001-01-01 are how software writes "no date"

# An offset is read apart from the formats, so that one format serves texts with and without it.
_OFFSET = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*?\s*(Z|[+-]\d{2}:?\d{2})$"
_COMPACT = re.compile(r"(%[YmdHMS])+")  # no separators: only the length tells where a part ends


def parse_times(values: pl.Series, formats: Sequence[str], zone: str) -> tuple[pl.Series, pl.Series]:
    """Text -> (moment in UTC, precision); null where no format fits or the year is out of `YEARS`.

    A naive text is local time of `zone`; an offset or Z at the end of an ISO text is respected.
    """
    local = pl.Series([None] * len(values), dtype=pl.Datetime("us"))
    exact = pl.Series([None] * len(values), dtype=pl.String)
    offset, bare = _offsets(values)
    open_ = bare.is_not_null()
    for format_ in formats:
        if not open_.any():
            break
        rest = bare.set(~open_, None) if open_.sum() < len(bare) else bare
        found = _parse(rest, format_.removesuffix("%z"))
        hit = found.is_not_null()
        if hit.any():
            local = local.zip_with(~hit, found)
            exact = exact.set(hit, _precision(format_))
            open_ = open_ & ~hit
    local = local.set(~local.dt.year().is_between(*YEARS), None)
    moment = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    if offset is not None:
        told = (local - offset).dt.replace_time_zone("UTC")
        moment = moment.zip_with(offset.is_null(), told)
    return moment, exact.set(moment.is_null(), None)


def _offsets(values: pl.Series) -> tuple[pl.Series | None, pl.Series]:
    told = values.str.extract(_OFFSET)
    if told.null_count() == len(told):
        return None, values
    has = told.is_not_null()
    digits = told.str.replace("Z", "+0000").str.replace(":", "", literal=True)
    minutes = digits.str.slice(1, 2).cast(pl.Int64) * 60 + digits.str.slice(3, 2).cast(pl.Int64)
    minutes = minutes.zip_with(~digits.str.starts_with("-").fill_null(False), -minutes)
    bare = values.zip_with(~has, values.str.replace(r"\s*(Z|[+-]\d{2}:?\d{2})$", ""))
    return (minutes * 60_000_000).cast(pl.Duration("us")), bare


def _parse(values: pl.Series, format_: str) -> pl.Series:
    if _COMPACT.fullmatch(format_):
        length = sum(4 if part == "Y" else 2 for part in format_.split("%")[1:])
        values = values.set(values.str.len_bytes() != length, None)
    if "%H" in format_ or "%I" in format_:
        return values.str.to_datetime(format_, strict=False, time_unit="us")
    return values.str.to_date(format_, strict=False).cast(pl.Datetime("us"))


def _precision(format_: str) -> str:
    if "%S" in format_:
        return "s"
    return "m" if "%H" in format_ or "%I" in format_ else "d"

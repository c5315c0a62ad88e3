"""Small values: money, whole numbers, yes and no, and codes through the value maps of a mapping.

Here: text -> value, null where it cannot be read. Not here: what an unreadable value costs the record.
"""

from __future__ import annotations

import polars as pl

from hub.standardise.frames import filled

_CURRENCY = r"(?i)\s*(?:vnđ|vnd|đồng|đ|₫)\.?$"
_GROUPED = r"^\d{1,3}(?:[.,\s]\d{3})+(?:[.,]0{1,2})?$"  # 100.000 and 1,500,000.00
_PLAIN = r"^\d+(?:[.,]0+)?$"  # 100000, and 100000.0000 as SQL decimals are written
_YES_NO = {"1": True, "true": True, "0": False, "false": False}


def money(values: pl.Series) -> pl.Series:
    """Whole đồng; null for a negative or fractional amount and for what is no amount."""
    bare = values.str.replace(_CURRENCY, "").str.strip_chars()
    grouped = bare.str.contains(_GROUPED).fill_null(False)
    joined = bare.str.replace(r"[.,]0{1,2}$", "").str.replace_all(r"[.,\s]", "")
    plain = bare.set(~bare.str.contains(_PLAIN), None).str.replace(r"[.,]0+$", "")
    return plain.zip_with(~grouped, joined).cast(pl.Int64, strict=False)


def whole(values: pl.Series) -> pl.Series:
    """Whole numbers of any size that 64 bits hold; `2.0` is 2."""
    return values.str.replace(r"\.0+$", "").str.replace(r"^\+", "").cast(pl.Int64, strict=False)


def fits(values: pl.Series, type_: pl.DataType) -> pl.Series:
    """Whether each number fits into `type_`; null counts as fitting."""
    return values.cast(type_, strict=False).is_not_null() | values.is_null()


def yes_no(values: pl.Series) -> pl.Series:
    """`0/1`, `True/False`; null for anything else."""
    return values.str.to_lowercase().replace_strict(_YES_NO, default=None, return_dtype=pl.Boolean)


def mapped(values: pl.Series, codes: dict[str, int]) -> pl.Series:
    """Codes of the source -> codes of the hub; an absent one is what the map says for "", if it says anything."""
    known = values.replace_strict(codes, default=None, return_dtype=pl.Int16)
    if "" in codes:
        known = known.zip_with(values.is_not_null(), filled(codes[""], pl.Int16(), len(values)))
    return known

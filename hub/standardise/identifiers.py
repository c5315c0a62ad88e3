"""Numbers that name something: dossiers, procedures, persons and firms, telephones.

Here: one written form for each, what kind it is, and what was repaired. Not here: hashing them (`protect.py`).
Forms: dossier numbers by TT 01/2018/TT-VPCP (agency-YYMMDD-sequence) and as met since TT 03/2025/TT-VPCP
(agency-YYYYMMDD-sequence), agency codes by QCVN 102:2016/BTTTT or QĐ 20/2020/QĐ-TTg; 12-digit personal numbers,
9-digit identity cards, tax codes with their check digit. What Excel did (a lost leading zero) is mended and flagged.
"""

from __future__ import annotations

import polars as pl
from stdnum.vn import mst

from hub.standardise.findings import Findings

AGENCY_SUFFIX = r"\.\d{3}\.\d{2}\.\d{2}\.[GHK]\d{2}$"  # the agency that a localised procedure code ends with
PROCEDURE_ROOT = r"^\d\.\d{6}$"
AGENCY_CODE = r"(?:\d{3}\.\d{2}\.\d{2}\.[GHK]\d{2}|[GHK]\d{2}(?:\.\d{1,3}){0,4})"
_NUMBER = rf"^(?P<unit>{AGENCY_CODE})-(?P<day>\d{{6}}|\d{{8}})-\d{{3,7}}$"
# Longer than any real one; an index of PostgreSQL holds 2,700 bytes, and two keys and a path must fit into that.
LONGEST_KEY = 200
_LAST_PROVINCE = 96  # codes of provinces at the head of a personal number run from 001 to 096


def normal_numbers(values: pl.Series) -> pl.Series:
    """A dossier number in capitals, single spaces, plain hyphens without spaces around them; null when too long."""
    values = values.set(values.str.len_chars() > LONGEST_KEY, None)
    values = values.str.to_uppercase().str.replace_all(r"\s*[-\x{2010}-\x{2015}\x{2212}]\s*", "-")
    return values.str.replace_all(r"\s+", " ")


def number_parts(numbers: pl.Series) -> pl.DataFrame:
    """Normalised numbers -> number_form (tt01, tt03, invented, legacy), number_agency_code, number_date.

    `invented`: a day of six digits and five random ones, as the provincial software makes for the national copy of a
    dossier whose own number does not name the province; no office has accepted it.
    """
    parts = pl.DataFrame([numbers.alias("n")]).select(pl.col("n"), pl.col("n").str.extract_groups(_NUMBER).alias("p"))
    unit, day = pl.col("p").struct.field("unit"), pl.col("p").struct.field("day")
    short = day.str.len_bytes() == 6
    date = pl.when(short).then(pl.concat_str(pl.lit("20"), day)).otherwise(day).str.to_date("%Y%m%d", strict=False)
    parts = parts.with_columns(number_date=date, unit=unit, short=short)
    real = pl.col("number_date").is_not_null() & pl.col("number_date").dt.year().is_between(2000, 2099)
    invented = pl.col("n").str.contains(r"-\d{6}-\d{5}$")
    form = (
        pl.when(real & invented)
        .then(pl.lit("invented"))
        .when(real & pl.col("short"))
        .then(pl.lit("tt01"))
        .when(real)
        .then(pl.lit("tt03"))
    )
    return parts.select(
        number_form=form.otherwise(pl.when(pl.col("n").is_not_null()).then(pl.lit("legacy"))),
        number_agency_code=pl.when(real).then(pl.col("unit")),
        number_date=pl.when(real).then(pl.col("number_date")),
    )


def procedure_roots(values: pl.Series) -> pl.Series:
    """The national code inside a local one; null when the text holds none."""
    root = values.str.to_uppercase().str.replace_all(r"\s+", "").str.replace(AGENCY_SUFFIX, "")
    return root.set(~root.str.contains(PROCEDURE_ROOT), None)


def identities(values: pl.Series, dummies: frozenset[str], findings: Findings) -> tuple[pl.Series, pl.Series]:
    """Text -> (normalised identity, kind); null for numbers that identify nobody (flag `dummy_identity`)."""
    bare = values.str.to_uppercase().str.replace_all(r"[\s.\-]+", "")
    bare = bare.set(bare == "", None)
    dummy = bare.is_in(list(dummies))
    findings.flag("dummy_identity", dummy)
    bare = bare.set(dummy, None)
    lost = (bare.str.contains(r"^38\d{9}$") | bare.str.contains(r"^\d{8}$")).fill_null(False)
    findings.flag("lost_zero", lost)
    number = bare.zip_with(~lost, "0" + bare)
    kind = _identity_kinds(number)
    findings.flag("unproven_identity", kind == "other")
    return number, kind


def phones(values: pl.Series, prefixes: dict[str, str], findings: Findings) -> pl.Series:
    """The first number of the text as 0 and 9 or 10 digits; null for what is no telephone number."""
    bare = values.str.replace(r"[;,/].*$", "").str.replace_all(r"[\s.\-()]+", "")
    bare = bare.str.replace(r"^(?:\+|00)?84(\d{9,10})$", "0$1")
    old = bare.str.contains(r"^01\d{9}$") & bare.str.slice(0, 4).is_in(list(prefixes))
    findings.flag("old_phone", old)
    if old.any():
        moved = bare.str.slice(0, 4).replace(prefixes) + bare.str.slice(4)
        bare = bare.zip_with(~old.fill_null(False), moved)
    return bare.set(~bare.str.contains(r"^0\d{9,10}$"), None)


def _identity_kinds(numbers: pl.Series) -> pl.Series:
    v = pl.col("v")
    province = v.str.slice(0, 3).cast(pl.Int32, strict=False)
    kind = (
        pl.when(v.str.contains(r"^\d{12}$") & province.is_between(1, _LAST_PROVINCE))
        .then(pl.lit("cccd"))
        .when(v.str.contains(r"^\d{9}$"))
        .then(pl.lit("cmnd"))
        .when(v.str.contains(r"^\d{10}(?:\d{3})?$"))
        .then(pl.lit("tax"))
        .when(v.str.contains(r"^[A-Z]\d{7,8}$"))
        .then(pl.lit("passport"))
        .when(v.is_not_null())
        .then(pl.lit("other"))
    )
    kinds = pl.DataFrame([numbers.alias("v")]).select(kind=kind)["kind"]
    tax = (kinds == "tax").fill_null(False)
    if not tax.any():
        return kinds
    codes = numbers.filter(tax).unique()
    wrong = codes.filter(pl.Series([not mst.is_valid(code) for code in codes.to_list()], dtype=pl.Boolean))
    return kinds.set(numbers.is_in(wrong.implode()) & tax, "other")

"""The reference lists as standardising needs them: ready for joins, built once per run.

Here: `Reference` and building it from the shipped lists. Not here: the lists (`schemas/codes`, `hub/reference.py`).
Agency codes of QCVN 102:2016/BTTTT (`vvv.zz.yy.M`) and of QĐ 20/2020/QĐ-TTg (`M.yy.zz.vvv`, trailing zero groups
dropped) stand for each other only where the list knows the one and not the other: provinces have renumbered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from hub import reference
from hub.standardise.procedures import Catalogue
from hub.standardise.text import Legacy, name_key

ALWAYS, NEVER = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True)
class Reference:
    """agency_names: key, agency_code, valid_from, valid_to; agency_codes: written, agency_code;
    agency_validity: agency_code, valid_from, valid_to (ends filled, valid_to exclusive)."""

    agency_names: pl.DataFrame
    agency_codes: pl.DataFrame
    agency_validity: pl.DataFrame
    procedures: frozenset[str] = field(repr=False)
    dummy_identities: frozenset[str] = field(repr=False)
    phone_prefixes: dict[str, str] = field(repr=False)
    legacy: Legacy = field(repr=False)
    procedure_names: Catalogue = field(repr=False, default_factory=Catalogue)


def build(
    agencies: pl.DataFrame, aliases: pl.DataFrame, procedures: frozenset[str], named: Catalogue | None = None
) -> Reference:
    """A reference over these agencies (agency_code, valid_from, valid_to, name), other spellings (alias,
    agency_code, valid_from), root codes and their names; the rest are the shipped lists."""
    validity = agencies.select(
        "agency_code", pl.col("valid_from").fill_null(ALWAYS), pl.col("valid_to").fill_null(NEVER), "name"
    )
    other = aliases.select(pl.col("alias").alias("name"), "agency_code", since=pl.col("valid_from"))
    spans = validity.group_by("agency_code").agg(pl.col("valid_from").min(), pl.col("valid_to").max())
    other = other.join(spans, on="agency_code").with_columns(valid_from=pl.coalesce("since", "valid_from"))
    columns = ["name", "agency_code", "valid_from", "valid_to"]
    names = pl.concat([validity.select(columns), other.select(columns)])
    return Reference(
        agency_names=names.with_columns(name_key(names["name"]).alias("key")).drop("name").unique(),
        agency_codes=_written_codes(validity["agency_code"].unique().to_list()),
        agency_validity=validity.drop("name"),
        procedures=procedures,
        dummy_identities=reference.dummy_identities(),
        phone_prefixes=reference.phone_prefixes(),
        legacy=Legacy(reference.legacy_table("TCVN3"), reference.legacy_table("VNI")),
        procedure_names=named or Catalogue(),
    )


def shipped() -> Reference:
    """The lists of `schemas/codes`."""
    procedures = reference.procedures()
    codes = frozenset(procedures["procedure_code"].to_list())
    return build(reference.agencies(), reference.agency_aliases(), codes, Catalogue.of(procedures))


def other_form(code: str) -> str | None:
    """`000.09.23.H56` <-> `H56.23.09`; None for what is neither."""
    if re.fullmatch(r"\d{3}\.\d{2}\.\d{2}\.[GHK]\d{2}", code):
        groups = code.split(".")[::-1]
        while not groups[-1].strip("0"):
            groups.pop()
        return ".".join(groups)
    levels = re.fullmatch(r"([GHK]\d{2})(?:\.(\d{2})(?:\.(\d{2})(?:\.(\d{3}))?)?)?", code)
    if levels is None:
        return None
    top, second, third, fourth = levels.groups()
    return ".".join((fourth or "000", third or "00", second or "00", top))


def _written_codes(codes: list[str]) -> pl.DataFrame:
    known = {code: code for code in codes}
    for code in codes:
        converted = other_form(code)
        if converted is not None:
            known.setdefault(converted, code)
    return pl.DataFrame({"written": list(known), "agency_code": list(known.values())})

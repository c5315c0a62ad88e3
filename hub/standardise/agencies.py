"""Agencies by code or by name, as they were on the day of the dossier.

Here: finding the agency code of a written code or name. Not here: the lists, and whether the agency was competent.
Names are not unique (communes of one name in several districts, a commune of 2025 that bears an old district's
name), so a name means the agency that bore it on that day; where several did, the agency in the dossier's number
or the source's own agency decides, and where neither is among them there is no answer.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from hub.standardise.findings import Findings
from hub.standardise.reference import Reference
from hub.standardise.text import name_key


def known_codes(codes: pl.Series, reference: Reference) -> pl.Series:
    """Written agency codes -> codes of the list; null for unknown ones."""
    frame = pl.DataFrame({"written": codes.str.to_uppercase().str.replace_all(r"\s+", "")})
    return frame.join(reference.agency_codes, on="written", how="left", maintain_order="left")["agency_code"]


def valid_codes(codes: pl.Series, days: pl.Series, reference: Reference) -> pl.Series:
    """Codes of the list, null where the agency did not exist on the day (a null day asks nothing)."""
    frame = pl.DataFrame({"agency_code": codes, "day": days}).with_row_index("row")
    known = frame.join(reference.agency_validity, on="agency_code", how="inner").filter(_on_the_day())
    return codes.set(~frame["row"].is_in(known["row"].implode()), None)


def find_agencies(
    written: pl.Series, path: str, days: pl.Series, hints: Sequence[pl.Series], reference: Reference, findings: Findings
) -> pl.Series:
    """Agency codes of written codes or names on `days`; `hints` are codes that decide between equal names.

    Flags `unknown_agency` (with drift) where there is none or no single one, `agency_not_valid` where the only
    agency of that name or code did not exist on the day.
    """
    codes = known_codes(written, reference)
    by_name = _by_name(written, days, hints, reference)
    found = codes.zip_with(codes.is_not_null(), by_name)
    unknown = written.is_not_null() & found.is_null()
    findings.flag("unknown_agency", unknown)
    findings.drift("agency", path, unknown, written)
    findings.flag("agency_not_valid", found.is_not_null() & valid_codes(found, days, reference).is_null())
    return found


def _by_name(written: pl.Series, days: pl.Series, hints: Sequence[pl.Series], reference: Reference) -> pl.Series:
    asked = pl.DataFrame([written.alias("name"), days.alias("day")]).with_columns(
        *(hint.alias(f"hint{i}") for i, hint in enumerate(hints))
    )
    distinct = asked.filter(pl.col("name").is_not_null()).unique()
    distinct = distinct.with_columns(key=name_key(distinct["name"])).with_row_index("row")
    bearers = distinct.join(reference.agency_names, on="key", how="inner").with_columns(valid=_on_the_day())
    code = pl.col("agency_code")
    # Those who bore the name on the day; only when nobody did, those who ever bore it.
    bearers = bearers.filter(pl.col("valid") == pl.col("valid").any().over("row"))
    hinted = [code.filter(code == pl.col(f"hint{i}")).first() for i in range(len(hints))]
    single = pl.when(code.n_unique() == 1).then(code.first())
    chosen = bearers.group_by("row").agg(found=pl.coalesce(*hinted, single))
    answers = distinct.join(chosen, on="row", how="left").drop("row", "key")
    keys = ["name", "day", *(f"hint{i}" for i in range(len(hints)))]
    return asked.join(answers, on=keys, how="left", nulls_equal=True, maintain_order="left")["found"]


def _on_the_day() -> pl.Expr:
    day = pl.col("day")
    return (day.is_null() | day.is_between(pl.col("valid_from"), pl.col("valid_to"), closed="left")).fill_null(False)

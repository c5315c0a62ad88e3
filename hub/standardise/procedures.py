"""Procedures by name, for registers that know no code.

Here: finding the code of a name, with the score by which it was found. Not here: codes that are written
(`fields.py`), the catalogue (`schemas/codes/procedures.csv`). A name means a procedure when it is that of one alone,
or when one alone is nearest and near enough: the same name stands for several codes where a procedure was renumbered,
and choosing one of them would judge the dossier by another's time limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from hub.standardise.text import name_key

_PREFIX = r"^(thủ tục( hành chính)?|tthc)\s*:?\s+"
_CODE_IN_NAME = r"\(?\s*\d\.\d{6}\s*\)?"


@dataclass(frozen=True)
class Catalogue:
    """Names as they are compared, and the codes that bear them."""

    codes: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, procedures: pl.DataFrame) -> Catalogue:
        """From rows with procedure_code and name."""
        keys = compared(procedures["name"])
        pairs = (
            pl.DataFrame({"key": keys, "code": procedures["procedure_code"]}).drop_nulls().unique().sort("key", "code")
        )
        grouped = pairs.group_by("key", maintain_order=True).agg("code")
        return cls(dict(zip(grouped["key"].to_list(), grouped["code"].to_list(), strict=True)))


def compared(names: pl.Series) -> pl.Series:
    """How names of procedures are compared: as agency names are, without the word for procedure and without codes."""
    key = name_key(names.str.replace_all(_CODE_IN_NAME, " "))
    key = key.str.replace_all(r"[“”\"'«»;:()\-–/]+", " ").str.replace_all(r"\s+", " ").str.strip_chars()
    return key.str.replace(_PREFIX, "")


def by_name(names: pl.Series, threshold: float, catalogue: Catalogue) -> pl.DataFrame:
    """For each name `code`, null where none is sure, and `score` of the nearest name, 0 to 1, null for no name."""
    asked = pl.DataFrame({"key": compared(names)})
    distinct = [key for key in asked["key"].unique().to_list() if key]
    found: dict[str, tuple[str | None, float]] = {}
    for key in distinct:
        codes = catalogue.codes.get(key)
        if codes is not None:
            found[key] = (codes[0] if len(codes) == 1 else None, 1.0)
    found |= _nearest([key for key in distinct if key not in found], threshold, catalogue)
    answers = pl.DataFrame(
        {
            "key": list(found),
            "code": [code for code, _ in found.values()],
            "score": [score for _, score in found.values()],
        },
        schema={"key": pl.String, "code": pl.String, "score": pl.Float64},
    )
    return asked.join(answers, on="key", how="left", maintain_order="left").drop("key")


def _nearest(keys: list[str], threshold: float, catalogue: Catalogue) -> dict[str, tuple[str | None, float]]:
    """The code of the one nearest name for each key, and how near it is."""
    if not keys or not catalogue.codes:
        return {}
    known = list(catalogue.codes)
    scores = process.cdist(keys, known, scorer=fuzz.ratio, dtype=np.float32) / 100
    found: dict[str, tuple[str | None, float]] = {}
    for key, row in zip(keys, scores, strict=True):
        best = float(row.max())
        at = np.flatnonzero(row >= best - 1e-6)
        codes = catalogue.codes[known[int(at[0])]]
        sure = best >= threshold and len(at) == 1 and len(codes) == 1
        found[key] = (codes[0] if sure else None, round(best, 4))
    return found

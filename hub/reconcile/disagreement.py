"""How far apart two records are about a person: kind and number of differing letters, never the values.

Here: the clear values of losing and kept record side by side, in memory, and what kind of difference it is. Not here:
which values lose (`weighing.py`). The vault's values are neither stored nor shown; what is kept is a word and a number.
"""

from __future__ import annotations

from typing import Any

import polars as pl
import psycopg
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from hub.reconcile.gathering import analyse
from hub.warehouse import staging
from hub.warehouse.reading import read
from hub.warehouse.statements import run, text

Connection = psycopg.Connection[Any]
_KEY = {"dossier_id": pl.Int64, "field": pl.String, "source_id": pl.String, "source_key": pl.String}
_SIDES = {**_KEY, "lost": pl.String, "kept": pl.String}
_TYPING = 2  # letters: more is another person more often than another finger


def measure(connection: Connection) -> None:
    """Give the found conflicts about persons their kind and size."""
    sides = read(connection, text("core/personal"), _SIDES)
    if sides.is_empty():
        return
    found = pl.concat([sides.select(*_KEY), compared(sides)], how="horizontal")
    staging.copy(connection, staging.table("apart"), *staging.encode(found))
    analyse(connection, "apart")
    run(connection, "core/personal_measured")


def compared(sides: pl.DataFrame) -> pl.DataFrame:
    """`kind` and `size` (letters to type otherwise, a swap of neighbours is one) for columns `field`, `lost`, `kept`.

    Identity numbers: missing_digits (one is within the other), transposed, typing, differs. Names: tones (equal without
    them), typing, shortened (all words of one stand in the other), differs.
    """
    lost, kept = (sides[side].fill_null("").str.to_lowercase().str.normalize("NFC") for side in ("lost", "kept"))
    bare_lost, bare_kept = _without_tones(lost), _without_tones(kept)
    size = _distance(lost, kept, OSA.distance)
    plain = _distance(bare_lost, bare_kept, OSA.distance)
    swapped = plain < _distance(bare_lost, bare_kept, Levenshtein.distance)
    frame = pl.DataFrame({
        "lost": lost, "kept": kept, "bare": bare_lost == bare_kept, "size": size, "plain": plain, "swapped": swapped,
        "number": sides["field"] == "applicant_id_hash",
    })  # fmt: skip
    a, b = pl.col("lost"), pl.col("kept")
    within = (a.str.len_chars() != b.str.len_chars()) & (
        a.str.contains(b, literal=True) | b.str.contains(a, literal=True)
    )
    words = [side.str.split(" ").list for side in (a, b)]
    shorter = words[0].set_difference(b.str.split(" ")).list.len() == 0
    longer = words[1].set_difference(a.str.split(" ")).list.len() == 0
    near = pl.col("plain") <= _TYPING
    known = (a != "") & (b != "")
    kind = (
        pl.when(~known)
        .then(pl.lit("differs"))
        .when(pl.col("number"))
        .then(
            pl.when(within)
            .then(pl.lit("missing_digits"))
            .when(pl.col("swapped") & near)
            .then(pl.lit("transposed"))
            .when(near)
            .then(pl.lit("typing"))
            .otherwise(pl.lit("differs"))
        )
        .when(pl.col("bare"))
        .then(pl.lit("tones"))
        .when(near)
        .then(pl.lit("typing"))
        .when(shorter | longer)
        .then(pl.lit("shortened"))
        .otherwise(pl.lit("differs"))
    )
    return frame.select(kind=kind, size=pl.when(known).then(pl.col("size").cast(pl.Float64)))


def _without_tones(names: pl.Series) -> pl.Series:
    return names.str.normalize("NFD").str.replace_all(r"\p{M}", "").str.replace_all("đ", "d", literal=True)


def _distance(a: pl.Series, b: pl.Series, scorer: Any) -> pl.Series:
    return pl.Series(process.cpdist(a.to_list(), b.to_list(), scorer=scorer), dtype=pl.Int64)

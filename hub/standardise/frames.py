"""The last step: columns into frames with exactly the columns and types that the tables declare.

Here: types of polars for types of the warehouse, std frames, vault frames. Not here: any value.
The declarations in `schemas/tables` decide: a column that a mapping does not feed is null, a column that no table
has is not carried along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from hub.standardise.protect import Hasher
from schemas.tables.std import RECORD_TABLES
from schemas.tables.vault import CLEAR_TABLES

_LOADER_ADDS = ("source_id", "batch_id", "recorded_at")
_BETWEEN = "\x1f"  # stands between values that are hashed together: no text of a source survives with it inside

# The first that fits decides: SmallInteger and BigInteger are kinds of Integer.
_TYPES: tuple[tuple[type[sa.types.TypeEngine[Any]], pl.DataType], ...] = (
    (sa.SmallInteger, pl.Int16()),
    (sa.BigInteger, pl.Int64()),
    (sa.Integer, pl.Int32()),
    (sa.Boolean, pl.Boolean()),
    (sa.Date, pl.Date()),
    (sa.TIMESTAMP, pl.Datetime("us", "UTC")),
    (pg.BYTEA, pl.Binary()),
    (pg.ARRAY, pl.List(pl.String())),
    (sa.Text, pl.String()),
)


@cache
def std_schema(record_type: str) -> dict[str, pl.DataType]:
    """Columns of a std frame: those of the table without what only the loader knows."""
    return {c.name: _type(c.type) for c in RECORD_TABLES[record_type].columns if c.name not in _LOADER_ADDS}


@cache
def clear_columns(record_type: str) -> tuple[str, ...]:
    """The clear columns of a record type, in the order that `clear_hash` is made of; none for types without a vault."""
    table = CLEAR_TABLES.get(record_type)
    return () if table is None else tuple(c.name for c in table.columns if not c.primary_key)


def filled(value: object, type_: pl.DataType, height: int) -> pl.Series:
    """One value in every row."""
    return pl.Series([value], dtype=type_).new_from_index(0, height)


def frame(record_type: str, height: int, columns: Mapping[str, pl.Series]) -> pl.DataFrame:
    """A std frame out of columns by name."""
    return pl.DataFrame(
        [
            columns[name].cast(type_).alias(name) if name in columns else filled(None, type_, height).alias(name)
            for name, type_ in std_schema(record_type).items()
        ]
    )


def clear_frame(record_type: str, height: int, clear: Mapping[str, pl.Series], hasher: Hasher) -> pl.DataFrame:
    """The clear columns of all rows and their `clear_hash`, null where nothing is clear."""
    nothing = filled(None, pl.String(), height)
    columns = [clear.get(name, nothing).alias(name) for name in clear_columns(record_type)]
    if not columns:
        return pl.DataFrame({"clear_hash": nothing.cast(pl.Binary)})
    made = pl.DataFrame(columns)
    some = made.select(some=pl.any_horizontal(pl.all().is_not_null()))["some"]
    return made.with_columns(clear_hash=hasher.contents(together(columns).set(~some, None)))


def together(columns: Sequence[pl.Series]) -> pl.Series:
    """The texts of each row as one, null as empty: what a content hash is made of."""
    frame_ = pl.DataFrame([column.alias(str(i)) for i, column in enumerate(columns)])
    return frame_.select(t=pl.concat_str(pl.all().fill_null(""), separator=_BETWEEN))["t"]


def _type(type_: sa.types.TypeEngine[Any]) -> pl.DataType:
    return next(polars for sql, polars in _TYPES if isinstance(type_, sql))

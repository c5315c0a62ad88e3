"""Rows of a query as a frame: by COPY, a whole result at once, without a Python object per value.

Here: the transfer. Not here: any query. Times come as microseconds, bytes as hex text: neither driver nor session time
zone can change them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import polars as pl
import psycopg

PolarsType = type[pl.DataType] | pl.DataType


def read(connection: psycopg.Connection[Any], query: str, schema: Mapping[str, PolarsType]) -> pl.DataFrame:
    """The rows of `query`, which takes no values; `schema` names its columns in order with their types."""
    whole = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"copy ({query}) to stdout (format csv)".encode()) as copy:
        for block in copy:
            whole.write(block)
    if not whole.tell():
        return pl.DataFrame(schema=dict(schema))
    whole.seek(0)
    # PostgreSQL writes t and f, and quotes an empty text; null is nothing at all
    plain = {name: pl.String if kind == pl.Boolean else kind for name, kind in schema.items()}
    frame = pl.read_csv(whole, has_header=False, schema=plain)
    flags = [(pl.col(name) == "t").alias(name) for name, kind in schema.items() if kind == pl.Boolean]
    return frame.with_columns(flags)

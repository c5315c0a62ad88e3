"""Private staging tables: where a worker's rows wait, by COPY, until one MERGE takes them over.

Here: temporary tables of the worker's own connection, COPY of frames. Not here: what is done with the rows
(`merge.py`). No two loaders ever share a table: shared staging is how other loaders lose rows without an error. The
tables live as long as the connection, because making them anew costs more than the small pulls that use them.

Temporary, not unlogged: a transaction that makes or truncates an unlogged table and is then rolled back leaves a file
that PostgreSQL, when it crashes in the next moment, cannot get past in its recovery ("could not create file: File
exists"), and the server never starts again. Besides, nobody else can read what lies here.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import polars as pl
import psycopg
import sqlalchemy as sa

from schemas.tables.base import sql_type

_FEW = 64 * 1024  # bytes, of rows and of what was deleted before
TIME_FORMAT = "%Y-%m-%d %H:%M:%S%.6f+00"  # frames hold UTC; the server turns it into timestamptz


def table(name: str) -> str:
    """The full name of this connection's staging table."""
    return f"pg_temp.staged_{name}"


def prepare(connection: psycopg.Connection[Any], name: str, columns: Iterable[sa.Column[Any]]) -> str:
    """The empty staging table for these columns; made when the connection does not have it. Gives its full name.

    Whoever uses it leaves it empty in the same transaction, so a table that exists is empty.
    """
    full = table(name)
    row = connection.execute("select to_regclass(%s)", (full,)).fetchone()
    if not (row and row[0]):
        body = ", ".join(f'"{c.name}" {sql_type(c)}' for c in columns)
        connection.execute(f"create temporary table {full} ({body})")
    return full


def empty(connection: psycopg.Connection[Any], tables: Iterable[str]) -> None:
    """Leave the tables without rows. A few rows are deleted: to truncate is to make a new file for each table."""
    filled = connection.execute(
        "select t, pg_relation_size(t::regclass) from unnest(%s::text[]) t where pg_relation_size(t::regclass) > 0",
        (list(tables),),
    ).fetchall()
    statements = [f"delete from {name}" for name, size in filled if size <= _FEW]
    if large := [name for name, size in filled if size > _FEW]:
        statements.append(f"truncate {', '.join(large)}")
    if statements:
        connection.execute("; ".join(statements).encode())


def encode(frame: pl.DataFrame) -> tuple[list[str], bytes]:
    """Columns and CSV bytes for COPY: null is empty, an empty text is quoted, bytes are hex, lists are array literals.

    A column that is null in every row is left out: most fields of a vendor's records are never filled.
    """
    names = [name for name in frame.columns if frame[name].null_count() < frame.height]
    made = []
    for name in names:
        if frame.schema[name] == pl.Binary:
            made.append(("\\x" + pl.col(name).bin.encode("hex")).alias(name))
        elif isinstance(frame.schema[name], pl.List):
            made.append(("{" + pl.col(name).list.join(",") + "}").alias(name))
    data = io.BytesIO()
    frame.select(names).with_columns(made).write_csv(data, include_header=False, datetime_format=TIME_FORMAT)
    return names, data.getvalue()


def copy(connection: psycopg.Connection[Any], table: str, columns: Iterable[str], data: bytes) -> int:
    """COPY CSV bytes into a table; the server checks every type. Gives the number of rows by the COPY tag."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        with cursor.copy(f"copy {table} ({names}) from stdin (format csv)") as stream:
            stream.write(data)
        return cursor.rowcount

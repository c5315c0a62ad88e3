"""From a declared SQL source to the values of its connector.

Here: family odbc alone. Not here: secrets and the choice of the family (`connecting.py`), how SQL systems are read
(`connectors/odbc.py`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import msgspec

from connectors.odbc_source import DialectName, OdbcSource, OdbcStream
from hub.errors import HubError
from hub.mapping import OdbcRead, Stream
from hub.source import OdbcConnection, Source

# What a driver's name or file says of the server behind it.
_DIALECTS: tuple[tuple[str, DialectName], ...] = (
    ("sql server", "tsql"),
    ("msodbcsql", "tsql"),
    ("freetds", "tsql"),
    ("tdsodbc", "tsql"),
    ("postgres", "postgres"),
    ("psqlodbc", "postgres"),
    ("maria", "mariadb"),
    ("maodbc", "mariadb"),
    ("mysql", "mariadb"),
    ("sqlite", "sqlite"),
)


def to_odbc_source(
    source: Source, resolved: dict[str, Any], limiter: AbstractContextManager[object] | None = None
) -> OdbcSource:
    """The configuration of the ODBC connector. Raises HubError when the driver does not say which SQL is spoken."""
    connection = msgspec.convert(resolved, OdbcConnection)
    dialect = connection.dialect or _dialect(connection.driver)
    if not dialect:
        raise HubError(
            f"{source.file}:{source.line}: {source.source_id}: the driver {connection.driver!r} does not say which "
            "SQL the server speaks",
            "write connection.dialect: tsql, postgres, mariadb or sqlite",
        )
    try:
        return OdbcSource(
            name=source.source_id,
            driver=connection.driver,
            dialect=dialect,
            parameters=_parameters(connection, dialect),
            user=connection.user,
            password=connection.password,
            query_timeout_s=source.pull.timeout.total_seconds(),
            budget_s=source.pull.budget.total_seconds(),
            limiter=limiter or nullcontext(),
        )
    except ValueError as error:
        raise HubError(f"{source.file}:{source.line}: {error}", "mend the connection of this source") from None


def to_odbc_stream(stream: Stream, source: Source, name: str) -> OdbcStream:
    """The stream `name` of the source's mapping as its connector reads it."""
    read = stream.read
    assert isinstance(read, OdbcRead), "the registry gives each family its own shape"
    return OdbcStream(
        name=name,
        sql=read.sql,
        sql_variants=read.variants,
        cursor_type=read.cursor,
        key_type=read.identity,
        key=tuple(stream.key) if len(stream.key) > 1 else stream.key[0],
        version=stream.version or None,
        cursor_format=stream.cursor_format or None,
        lag=source.pull.lag,
        page_size=source.pull.page_size,
    )


def _dialect(driver: str) -> DialectName | None:
    known = driver.lower()
    return next((dialect for word, dialect in _DIALECTS if word in known), None)


def _parameters(connection: OdbcConnection, dialect: str) -> dict[str, str]:
    """Where the server is, as the drivers spell it; Microsoft's takes the port behind a comma."""
    words: dict[str, str] = {}
    if connection.server:
        together = dialect == "tsql" and connection.port and "freetds" not in connection.driver.lower()
        words["SERVER"] = f"{connection.server},{connection.port}" if together else connection.server
        if connection.port and not together:
            words["PORT"] = connection.port
    words["DATABASE"] = connection.database
    return words | connection.options

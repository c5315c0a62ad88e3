"""The SQL of PostgreSQL, MariaDB and SQLite, and all dialects by name.

Here: how a value becomes text and text a value again, how a page is cut, how a session is made to read only. Not here:
the spelling that they keep to (`odbc_spelling`), SQL Server (`odbc_tsql`), when anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.odbc_spelling import SECONDS, Dialect, Kind, bare, quoted
from connectors.odbc_tsql import Tsql


class Postgres(Dialect):
    """PostgreSQL. Types are spelled as `regtype` does; a domain counts as what it stands on."""

    page = " OFFSET 0 ROWS FETCH NEXT ? ROWS ONLY"
    unordered = ""
    session = (
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, ISOLATION LEVEL READ COMMITTED",
        "SET statement_timeout = {ms}",
        "SET DateStyle = 'ISO, YMD'",
        "SET TimeZone = 'UTC'",
    )
    tolerated = ()
    version = "SELECT current_setting('server_version')"
    clock = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
    escapes = False
    package = "odbc-postgresql"

    def types(self, sql: str, names: list[str]) -> tuple[str, tuple[str, ...]]:
        told = (
            f"(SELECT coalesce(nullif(y.typbasetype, 0), y.oid)::regtype::text FROM pg_type y"
            f" WHERE y.oid = pg_typeof(t.{quoted(name)}))"
            for name in names
        )
        return f"SELECT {', '.join(told)} FROM (VALUES (1)) AS one (n) LEFT JOIN ({sql}) AS t ON false", ()

    def rendered(self, value: str, kind: str) -> str:
        match kind:
            case "text" | "character varying" | "character":
                return value
            case "boolean":
                return f"CAST(CAST({value} AS integer) AS text)"
            case "bytea":
                return f"encode({value}, 'hex')"
            case "date":
                return _within_years(value, "DATE", f"to_char({value}, 'YYYY-MM-DD')")
            case "timestamp without time zone":
                return _within_years(value, "TIMESTAMP", f"to_char({value}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')")
            case "timestamp with time zone":
                utc = f"({value} AT TIME ZONE 'UTC')"
                text = f"to_char({utc}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00'"
                return _within_years(utc, "TIMESTAMP", text)
            case _:
                return f"CAST({value} AS text)"

    def packed(self, columns: Sequence[tuple[str, str]]) -> str:
        # A text would lose the blanks at the end of a `character`; concat takes it as it is printed.
        texts = [
            f"CASE WHEN {value} IS NOT NULL THEN concat({value}) END"
            if kind == "character"
            else self.rendered(value, kind)
            for value, kind in columns
        ]
        return f"CAST(array_to_json(CAST(ARRAY[{', '.join(texts)}] AS text[])) AS text)"

    def bound(self, kind: str, declared: Kind) -> str:
        del declared
        like = {"character varying": "text", "character": "bpchar", "name": "text", '"char"': "text"}
        return f"CAST(? AS {like.get(kind, kind)})"

    def cursor_format(self, kind: str) -> str | None:
        return {
            "timestamp without time zone": SECONDS,
            "timestamp with time zone": SECONDS + "%z",
            "date": "%Y-%m-%d",
        }.get(kind)


class MariaDb(Dialect):
    """MariaDB and MySQL. Types are told by the driver alone, as `described` spells them."""

    page = " LIMIT ?"  # FETCH NEXT is known since MariaDB 10.6 and to no MySQL
    unordered = ""
    session = (
        "SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'",  # and no NO_ZERO_DATE: 0000-00-00 is a cursor too
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET SESSION TRANSACTION READ ONLY",
    )
    tolerated = ("SET SESSION max_statement_time = {s}", "SET SESSION max_execution_time = {ms}")
    version = "SELECT version()"
    clock = "SELECT DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%f')"
    escapes = True
    package = "odbc-mariadb"
    narrow = True

    def types(self, sql: str, names: list[str]) -> None:
        return None

    def rendered(self, value: str, kind: str) -> str:
        match bare(kind):
            case "text":
                # Converted, because the driver takes a uuid for text too; as binary, because some collations give
                # a NUL no weight, so that it would be found in every text.
                text = f"CONVERT({value} USING utf8mb4)"
                octets = f"CAST({text} AS BINARY)"
                mark = f"INSTR({octets}, x'00') > 0 OR LEFT({octets}, 1) = x'01'"
                return f"CASE WHEN {mark} THEN CONCAT(CHAR(1), HEX({text})) ELSE {text} END"
            case "datetime":
                return f"DATE_FORMAT({value}, '%Y-%m-%dT%H:%i:%s.%f')"
            case "double":
                return f"CAST({value} + 0e0 AS CHAR)"
            case "bit":
                return f"CAST({value} + 0 AS CHAR)"
            case "binary":
                return f"LOWER(HEX({value}))"
            case _:
                return f"CAST({value} AS CHAR)"

    def bound(self, kind: str, declared: Kind) -> str:
        del declared
        casts: Mapping[str, str] = {
            "datetime": "CAST(? AS datetime(6))",
            "date": "CAST(? AS date)",
            "integer": "CAST(? AS signed)",
            "decimal": "CAST(? AS decimal(65, 30))",
        }
        return casts.get(bare(kind), "?")  # a cast text would bring a collation that quarrels with the column's

    def cursor_format(self, kind: str) -> str | None:
        return {"datetime": SECONDS, "date": "%Y-%m-%d"}.get(bare(kind))


class Sqlite(Dialect):
    """SQLite, where every value has a type of its own, so declared types decide nothing."""

    page = " LIMIT ?"
    unordered = ""
    session = ("PRAGMA query_only = ON",)
    tolerated = ()
    version = "SELECT sqlite_version()"
    clock = "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"
    escapes = True
    package = "libsqliteodbc"

    def types(self, sql: str, names: list[str]) -> None:
        return None

    def rendered(self, value: str, kind: str) -> str:
        del kind
        short, exact = f"printf('%.15g', {value})", f"printf('%!.17g', {value})"
        number = f"CASE WHEN CAST({short} AS REAL) = {value} THEN {short} ELSE {exact} END"
        # All of it as hex: the driver also drops, without a word, what is no UTF-8.
        return (
            f"CASE typeof({value}) WHEN 'null' THEN NULL WHEN 'blob' THEN char(1) || hex(lower(hex({value})))"
            f" WHEN 'real' THEN {number} ELSE char(1) || hex(CAST({value} AS TEXT)) END"
        )

    def bound(self, kind: str, declared: Kind) -> str:
        del kind
        return "CAST(? AS INTEGER)" if declared == "integer" else "?"

    def cursor_format(self, kind: str) -> str | None:
        return None


DIALECTS: Mapping[str, Dialect] = {"tsql": Tsql(), "postgres": Postgres(), "mariadb": MariaDb(), "sqlite": Sqlite()}


def _within_years(value: str, kind: str, text: str) -> str:
    """Infinity, years before Christ and after 9999 as PostgreSQL prints them: to_char would change or drop them."""
    inside = f"{value} >= {kind} '0001-01-01' AND {value} < {kind} '10000-01-01'"
    return f"CASE WHEN {inside} THEN {text} ELSE CAST({value} AS text) END"

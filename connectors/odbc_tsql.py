"""The SQL of SQL Server, as texts: no SQL Server runs in the tests, so what is pinned here was parsed, not run.

Here: types, comparisons and pages in T-SQL. Not here: the other products (`odbc_dialects`). What must be looked at when
the first real server is connected stands in docs/sql-server.md.
"""

from __future__ import annotations

import re

from connectors.odbc_spelling import SECONDS, Dialect, Kind, bare

_LENGTH = re.compile(r"\((\d+)\)")


class Tsql(Dialect):
    """SQL Server 2016 and later. Types are spelled as `sys.dm_exec_describe_first_result_set` does."""

    page = " OFFSET 0 ROWS FETCH NEXT ? ROWS ONLY"
    unordered = " ORDER BY (SELECT NULL)"
    session = ("SET QUOTED_IDENTIFIER ON", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    tolerated = ()
    version = (
        "SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(60))"
        " + N', collation ' + CAST(SERVERPROPERTY('Collation') AS nvarchar(128))"
    )
    clock = "SELECT CONVERT(varchar(33), SYSUTCDATETIME(), 126)"
    escapes = False
    package = "tdsodbc"

    def types(self, sql: str, names: list[str]) -> tuple[str, tuple[str, ...]]:
        del names
        described = "sys.dm_exec_describe_first_result_set(CAST(? AS nvarchar(max)), NULL, 0)"
        return f"SELECT name, system_type_name FROM {described} WHERE is_hidden = 0 ORDER BY column_ordinal", (sql,)

    def rendered(self, value: str, kind: str) -> str:
        # Style 121 and not 126, which leaves a fraction of zero away, so that texts would not sort as times do.
        match bare(kind):
            case "datetime2":
                return f"REPLACE(CONVERT(varchar(33), CAST({value} AS datetime2(7)), 121), ' ', 'T')"
            case "datetime" | "smalldatetime":
                return f"REPLACE(CONVERT(varchar(33), CAST({value} AS datetime), 121), ' ', 'T')"
            case "datetimeoffset":
                text = f"CONVERT(varchar(40), CAST({value} AS datetimeoffset(7)), 121)"
                return f"REPLACE(REPLACE(REPLACE({text}, ' +', '+'), ' -', '-'), ' ', 'T')"
            case "date":
                return f"CONVERT(varchar(10), {value}, 23)"
            case "time":
                return f"CONVERT(varchar(16), CAST({value} AS time(7)), 121)"
            case "bit" | "tinyint" | "smallint" | "int" | "bigint" | "decimal" | "numeric":
                return f"CONVERT(varchar(60), {value})"
            case "money" | "smallmoney":
                return f"CONVERT(varchar(40), {value}, 2)"
            case "float" | "real":
                return f"CAST({value} AS float)"  # as the number itself: its shortest text is made on our side
            case "uniqueidentifier":
                return f"CONVERT(char(36), {value})"
            case "timestamp" | "rowversion":
                return f"CONVERT(varchar(20), CAST({value} AS bigint))"
            case "binary" | "varbinary" | "image":
                return f"LOWER(CONVERT(varchar(max), CAST({value} AS varbinary(max)), 2))"
            case "nchar" | "nvarchar":
                return value
            case "char" | "varchar":
                # The server knows the code page of the column; the driver would ask the locale of our process.
                size = _LENGTH.search(kind)
                return f"CAST({value} AS nvarchar({size[1] if size and int(size[1]) <= 4000 else 'max'}))"
            case _:
                return f"CONVERT(nvarchar(max), {value})"

    def bound(self, kind: str, declared: Kind) -> str:
        match bare(kind):
            case "datetime2":
                return "CAST(? AS datetime2(7))"
            case "datetime" | "smalldatetime":
                return "CAST(? AS datetime)"
            case "datetimeoffset":
                return "CAST(? AS datetimeoffset(7))"
            case "timestamp" | "rowversion":
                return "CAST(CAST(? AS bigint) AS binary(8))"
            case "tinyint" | "smallint" | "int":
                return "CAST(? AS bigint)"
            case "char" | "varchar" | "nchar" | "nvarchar" | "bigint" | "date" | "decimal" | "numeric" if (
                "max" not in kind
            ):
                return f"CAST(? AS {kind})"  # of another type, every row would be converted before it is compared
            case "uniqueidentifier":
                return "CAST(? AS uniqueidentifier)"
            case _:
                return {"time": "CAST(? AS datetime2(7))", "integer": "CAST(? AS bigint)"}.get(
                    declared, "CAST(? AS nvarchar(4000))"
                )

    def cursor_format(self, kind: str) -> str | None:
        known = {"datetime2": SECONDS, "datetime": SECONDS, "smalldatetime": SECONDS, "date": "%Y-%m-%d"}
        return SECONDS + "%z" if bare(kind) == "datetimeoffset" else known.get(bare(kind))

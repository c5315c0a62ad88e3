"""Real SQL servers with the table of a one-stop system, and the login that reads it.

Not here: what the conformance suite makes of them (`served_odbc.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import psycopg
import pyodbc

from connectors.odbc_source import DialectName
from hub.sandbox.mariadb import MariaDb
from tests.connectors.served import Row

USER, PASSWORD = "doc_hub", "M;ật {kh}ẩu/+&%'=1"
COPIES = "1.50"


class Server(Protocol):
    """A server with the table; `spoil` makes every row of it unreadable or readable again."""

    dialect: DialectName
    driver: str
    spoilt: str  # a condition that is true, or fails while the switch is on

    def load(self, rows: Sequence[Row]) -> None: ...
    def spoil(self, on: bool) -> None: ...
    def parameters(self) -> dict[str, str]: ...
    def close(self) -> None: ...


class PostgresServer:
    """The project's own PostgreSQL, in a database of its own."""

    dialect: DialectName = "postgres"
    driver = "PostgreSQL Unicode"
    spoilt = '1 / ("On" - 1) < 2'

    def __init__(self, url: str) -> None:
        self._url = url.replace("+psycopg", "").rsplit("/", 1)[0]
        with psycopg.connect(f"{self._url}/postgres", autocommit=True) as admin:
            admin.execute("DROP DATABASE IF EXISTS one_stop WITH (FORCE)")
            admin.execute("CREATE DATABASE one_stop")
            admin.execute(f"DROP ROLE IF EXISTS {USER}")  # of a suite before this one
            admin.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD.replace(chr(39), chr(39) * 2)}'")
        self.admin = psycopg.connect(f"{self._url}/one_stop", autocommit=True)
        self.admin.execute(
            'CREATE TABLE "HoSos" ("MaHoSo" varchar(50), "NgayCapNhat" varchar(40), "ChuHoSo" text,'
            ' "SoBoHoSo" numeric(9, 2));'
            'CREATE TABLE "Switch" ("On" int); INSERT INTO "Switch" VALUES (0);'
            f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {USER};"
            f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {USER}"
        )

    def load(self, rows: Sequence[Row]) -> None:
        self.admin.execute('TRUNCATE "HoSos"')
        with self.admin.cursor().copy('COPY "HoSos" FROM STDIN') as copy:
            for row in rows:
                copy.write_row((row.key, row.version, row.text, COPIES))

    def spoil(self, on: bool) -> None:
        self.admin.execute('UPDATE "Switch" SET "On" = %s', (int(on),))

    def parameters(self) -> dict[str, str]:
        info = self.admin.info
        return {"SERVER": "127.0.0.1", "PORT": str(info.port), "DATABASE": "one_stop"}

    def close(self) -> None:
        self.admin.close()


class MariaDbServer:
    """A private MariaDB, whose text columns have a collation that takes capitals and small letters for equal."""

    dialect: DialectName = "mariadb"
    driver = "MariaDB Unicode"
    spoilt = '("On" = 0 OR "spoilt"("On") = 0)'

    def __init__(self, server: MariaDb) -> None:
        self._server = server
        login = f"UID={server.user};PWD={server.password}"
        self.admin = pyodbc.connect(
            f"DRIVER={self.driver};SERVER=127.0.0.1;PORT={server.port};CHARSET=utf8mb4;{login}", autocommit=True
        )
        password = PASSWORD.replace("'", "''")
        for statement in (
            "SET SESSION sql_mode = 'ANSI_QUOTES'",
            "CREATE OR REPLACE DATABASE one_stop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
            "USE one_stop",
            'CREATE TABLE "HoSos" ("MaHoSo" varchar(50), "NgayCapNhat" varchar(40), "ChuHoSo" text,'
            ' "SoBoHoSo" decimal(9, 2), INDEX ("NgayCapNhat", "MaHoSo"))',
            'CREATE TABLE "Switch" ("On" int)',
            'INSERT INTO "Switch" VALUES (0)',
            'CREATE FUNCTION "spoilt"("wrong" int) RETURNS int NOT DETERMINISTIC READS SQL DATA BEGIN'
            " IF \"wrong\" = 1 THEN SIGNAL SQLSTATE '22018' SET MESSAGE_TEXT = 'wrong value ''038204012345'''; END IF;"
            " RETURN 0; END",
            f"CREATE OR REPLACE USER {USER}@'127.0.0.1' IDENTIFIED BY '{password}'",
            f"CREATE OR REPLACE USER {USER}@localhost IDENTIFIED BY '{password}'",
            f"GRANT SELECT, EXECUTE ON one_stop.* TO {USER}@'127.0.0.1'",
            f"GRANT SELECT, EXECUTE ON one_stop.* TO {USER}@localhost",
        ):
            self.admin.execute(statement)

    def load(self, rows: Sequence[Row]) -> None:
        self.admin.execute('DELETE FROM "HoSos"')
        for first in range(0, len(rows), 1000):
            some = rows[first : first + 1000]
            values = [value for row in some for value in (row.key, row.version, row.text, COPIES)]
            self.admin.execute(f'INSERT INTO "HoSos" VALUES {", ".join(["(?, ?, ?, ?)"] * len(some))}', values)

    def spoil(self, on: bool) -> None:
        self.admin.execute('UPDATE "Switch" SET "On" = ?', int(on))

    def parameters(self) -> dict[str, str]:
        return {"SERVER": "127.0.0.1", "PORT": str(self._server.port), "DATABASE": "one_stop"}

    def close(self) -> None:
        self.admin.close()


class SqliteFile:
    """A file. It has no wire, so what is wrong with a page is what stands in it."""

    dialect: DialectName = "sqlite"
    driver = "SQLite3"
    spoilt = "1 = 1"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "one_stop.sqlite"
        self.admin = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.admin.executescript(
            'CREATE TABLE "HoSos" ("MaHoSo" text, "NgayCapNhat" text, "ChuHoSo" text, "SoBoHoSo" text);'
            'CREATE TABLE "Switch" ("On" int); INSERT INTO "Switch" VALUES (0)'
        )

    def load(self, rows: Sequence[Row]) -> None:
        self.admin.execute("BEGIN")
        self.admin.execute('DELETE FROM "HoSos"')
        values = [(row.key, row.version, row.text, COPIES) for row in rows]
        self.admin.executemany('INSERT INTO "HoSos" VALUES (?, ?, ?, ?)', values)
        self.admin.execute("COMMIT")

    def garble(self, key: str) -> None:
        """Put bytes that are no UTF-8 into one row."""
        self.admin.execute('UPDATE "HoSos" SET "ChuHoSo" = CAST(x\'4eff\' AS TEXT) WHERE "MaHoSo" = ?', (key,))

    def spoil(self, on: bool) -> None: ...

    def parameters(self) -> dict[str, str]:
        return {"Database": str(self.path)}

    def close(self) -> None:
        self.admin.close()

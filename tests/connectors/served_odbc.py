"""One-stop systems in real SQL servers behind their real ODBC drivers, as the conformance suite wants them.

Here: the table, the login that reads it, and how each server is made to misbehave. Not here: the wire (`tcp_proxy`).
The cursor is a text with seven digits of fraction: SQL Server writes that, and none of these could hold it as a time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pyodbc

from connectors.odbc import OdbcConnector
from connectors.odbc_source import DialectName, OdbcSource, OdbcStream, Retry
from hub.sandbox.mariadb import MariaDb
from tests.connectors.served import Fault, Row
from tests.connectors.served_rest import FastClock
from tests.connectors.tcp_proxy import Harm, Proxy

USER, PASSWORD = "doc_hub", "M;ật {kh}ẩu/+&%'=1"
COPIES = "1.50"
SQL = (
    'SELECT "MaHoSo", "ChuHoSo", "NgayCapNhat", "SoBoHoSo" FROM "HoSos"'
    ' CROSS JOIN "Switch" WHERE "On" >= 0 AND {spoilt}'
)


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


class _Loading(AbstractContextManager[None]):
    """Entered around each query: what the test has done to the rows by then is in the table."""

    def __init__(self, served: ServedOdbc) -> None:
        self._served = served

    def __enter__(self) -> None:
        self._served.load()

    def __exit__(self, *error: object) -> None: ...


@dataclass
class _Strike:
    page: int
    times: int


class ServedOdbc:
    """A system in one server; `ServedSource` of the suite."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.rows: list[Row] = []
        self.time = FastClock(waited=self._waited)
        self.secrets = (PASSWORD,)
        self.requests = 0
        self._loaded: list[Row] | None = None
        self._faults: dict[Fault, _Strike] = {}
        self._positions: list[bytes] = []
        self._spoilt = False
        parameters = server.parameters()
        self.proxy = Proxy(int(parameters["PORT"]), self._watch) if "PORT" in parameters else None

    # What the suite asks for

    def stream(self, **changes: Any) -> OdbcStream:
        spec = OdbcStream(
            "dossiers",
            key="MaHoSo",
            version="NgayCapNhat",
            cursor_format="%Y-%m-%dT%H:%M:%S.%f",
            cursor_type="text",
            page_size=10,
            sql=SQL.format(spoilt=self.server.spoilt),
        )
        return replace(spec, **changes)

    def source(self, **changes: Any) -> OdbcSource:
        parameters = self.server.parameters()
        if self.proxy is not None:
            parameters["PORT"] = str(self.proxy.port)
        source = OdbcSource(
            "district-391",
            self.server.driver,
            self.server.dialect,
            parameters,
            USER,
            PASSWORD,
            login_timeout_s=5,
            query_timeout_s=0.5,
            retry=Retry(attempts=3, backoff_s=0.5),
            limiter=_Loading(self),
            clock=self.time.clock(),
        )
        return replace(source, **changes)

    def connector(self, **changes: Any) -> OdbcConnector:
        return OdbcConnector(self.source(**changes), self.stream())

    def payload(self, row: Row) -> bytes:
        record = {
            "$row": "1",
            "ChuHoSo": row.text,
            "MaHoSo": row.key,
            "NgayCapNhat": row.version,
            "SoBoHoSo": COPIES,
        }
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()

    def misbehave(self, fault: Fault, *, page: int = 1, times: int = 1_000_000) -> None:
        self._faults[fault] = _Strike(page, times)
        if fault is Fault.DEAD and self.proxy is not None:
            self.proxy.close()
        elif fault is Fault.DEAD and isinstance(self.server, SqliteFile):
            self.server.path.rename(self.server.path.with_suffix(".gone"))
        self._loaded = None

    def close(self) -> None:
        if self.proxy is not None and Fault.DEAD not in self._faults:
            self.proxy.close()
        if self._spoilt:
            self.server.spoil(False)

    # What happens to a query on its way

    def load(self) -> None:
        if self._loaded != self.rows and Fault.DEAD not in self._faults:
            self.server.load(self.rows)
            self._loaded = list(self.rows)
            strike = self._faults.get(Fault.GARBLED)
            if strike is not None and strike.times > 0 and isinstance(self.server, SqliteFile):
                self.server.garble(str(self.rows[strike.page * 10 - 5].key))

    def _waited(self) -> None:
        """A file is mended while the connector waits."""
        strike = self._faults.get(Fault.GARBLED)
        if self.proxy is None and strike is not None:
            strike.times -= 1
            if strike.times <= 0:
                self._loaded = None

    def _watch(self, request: bytes) -> Harm:
        page = self._page(request)
        spoil = self._strikes(Fault.GARBLED, page)
        if page and spoil != self._spoilt:
            self._spoilt = spoil
            self.server.spoil(spoil)
        if self._strikes(Fault.CUT, page):
            return "cut"
        return "silence" if self._strikes(Fault.SLOW, page) else ""

    def _page(self, request: bytes) -> int:
        """Which page of the main list a request asks for; 0 when it asks for something else."""
        found = [row.key.encode() for row in self.rows if row.key and row.key.encode() in request]
        if found:
            if found[0] not in self._positions:
                self._positions.append(found[0])
            return self._positions.index(found[0]) + 2
        if b'ORDER BY t."NgayCapNhat", t."MaHoSo"' in request and b"OR t." not in request:
            self._positions = []
            return 1
        return 0

    def _strikes(self, fault: Fault, page: int) -> bool:
        strike = self._faults.get(fault)
        if strike is None or strike.times <= 0 or strike.page != page:
            return False
        strike.times -= 1
        return True

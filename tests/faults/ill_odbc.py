"""One-stop systems in real SQL servers behind real ODBC drivers: a view `HoSos` over a table, which a fault may change.

Here: tables, the view, the login that reads it, and the wire. Not here: faults (`strikes_odbc.py`).
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pyodbc
from sqlalchemy.engine import make_url

from connectors.contract import Connector
from connectors.odbc import OdbcConnector
from connectors.odbc_source import DialectName, OdbcSource
from hub.connecting import to_stream_spec
from hub.mapping import Mapping
from hub.registry import load_mapping
from hub.sandbox import mariadb
from hub.settings import Settings
from hub.source import Family, Source
from tests.connectors.tcp_proxy import Harm, Proxy
from tests.faults.experiment import QUICK

READER, PASSWORD, OLD_PASSWORD = "doc_mot_cua", "M;ật {kh}ẩu/+&%'=2", "mật khẩu cũ 2"
RECORDS = 35  # four pages of ten
PAGES = 4
COLUMNS = {
    "MaHoSo": "varchar(50)",
    "NgayCapNhat": "{time}",
    "MaTTHC": "varchar(50)",
    "TenTTHC": "varchar(200)",
    "ChuHoSo": "varchar(200)",
    "SoGiayToChuHoSo": "varchar(20)",
    "NgayTiepNhan": "{time}",
    "NgayHenTra": "{time}",
    "TrangThai": "integer",
}


@cache
def mapping() -> Mapping:
    return load_mapping(Path(__file__).with_name("mot_cua_sql.yml"))


def rows() -> list[tuple[Any, ...]]:
    """The records as they should be."""
    received, due = "2024-03-15 08:30:00", "2024-03-20 17:00:00"
    return [
        (
            *(f"000.00.12.H56-240315-{n:05}", f"2024-03-15 09:00:{n:02}.000007", "1.001193", "Đăng ký khai sinh"),
            *("Lê Thị Bưởi", "038190004321", received, due, 4),
        )
        for n in range(RECORDS)
    ]


class IllSql(ABC):
    """What the servers have in common. query_s: the time-out of a query; reader: login and password told to the hub."""

    family: Family = "odbc"
    dialect: DialectName
    driver: str
    secrets = (PASSWORD, OLD_PASSWORD)

    def begin(self, name: str) -> Mapping:
        del name
        self.budget_s, self.query_s, self.login_s = 15.0, 8.0, 5.0
        self.password = PASSWORD
        self.watch: Callable[[int], Harm] = lambda page: ""
        self.restore()
        return mapping()

    def keys(self) -> set[str]:
        return {row[0] for row in rows()}

    def connect(self, source: Source, settings: Settings) -> Connector[Any]:
        made = OdbcSource(
            source.source_id,
            self.driver,
            self.dialect,
            self.parameters(),
            self.reader(),
            self.password if self.reader() else "",
            login_timeout_s=self.login_s,
            query_timeout_s=self.query_s,
            budget_s=self.budget_s,
            retry=QUICK,
        )
        probe = next(iter(source.mapping.streams.items()))
        return OdbcConnector(made, to_stream_spec(probe[1], source, probe[0]))

    def reader(self) -> str:
        return READER

    @abstractmethod
    def restore(self) -> None:
        """Table and view as they should be."""

    @abstractmethod
    def parameters(self) -> dict[str, str]:
        """Where the server is, as the driver spells it."""

    def view(self, where: str = "1 = 1", **columns: str) -> str:
        """The statement that makes the view; `columns` are expressions in place of columns, "" leaves one out."""
        chosen = {name: columns.get(name, f'"{name}"') for name in COLUMNS} | columns
        listed = ", ".join(f'{expression} AS "{name}"' for name, expression in chosen.items() if expression)
        return f'CREATE VIEW "HoSos" AS SELECT {listed} FROM goc WHERE {where}'


class Networked(IllSql):
    """A server behind a wire that can be cut. `watch` is told the page that is asked for, from 1."""

    target: int

    def _wired(self) -> None:
        self.proxy = Proxy(self.target, self._asked)
        self._pages = itertools.count(1)

    def rewired(self, **options: Any) -> None:
        """A new wire, at another port."""
        self.proxy.close()
        self.proxy = Proxy(self.target, self._asked, **options)

    def begin(self, name: str) -> Mapping:
        self._pages = itertools.count(1)
        return super().begin(name)

    def _asked(self, request: bytes) -> Harm:
        if b'ORDER BY t."NgayCapNhat", t."MaHoSo"' not in request:
            return ""
        return self.watch(next(self._pages))


class IllPostgres(Networked):
    """A database of its own in the project's PostgreSQL."""

    dialect: DialectName = "postgres"
    driver = "PostgreSQL Unicode"

    def __init__(self, server: str) -> None:
        self.url = make_url(server).set(drivername="postgresql", database="mot_cua")
        self.target = int(self.url.port or 5432)
        self.root = psycopg.connect(self._plain("postgres"), autocommit=True)
        self.root.execute("DROP DATABASE IF EXISTS mot_cua WITH (FORCE)")
        self.root.execute("CREATE DATABASE mot_cua")
        self.root.execute(f"DROP ROLE IF EXISTS {READER}")
        self.root.execute(f"CREATE ROLE {READER}")
        self.admin = self.another()
        listed = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items()).replace("{time}", "timestamp")
        self.admin.execute(f"CREATE TABLE goc ({listed})".encode())
        self.admin.execute(
            "CREATE FUNCTION fails(state text, words text) RETURNS boolean LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION '%', words USING errcode = state; END $$"
        )
        self._wired()

    def another(self) -> psycopg.Connection[Any]:
        """One more session of the administrator."""
        return psycopg.connect(self._plain("mot_cua"), autocommit=True)

    def _plain(self, database: str) -> str:
        return self.url.set(database=database).render_as_string(hide_password=False)

    def restore(self) -> None:
        word = PASSWORD.replace("'", "''")
        self.root.execute(f"ALTER ROLE {READER} LOGIN CONNECTION LIMIT -1 PASSWORD '{word}'".encode())
        self.admin.execute("TRUNCATE goc")
        with self.admin.cursor().copy("COPY goc FROM STDIN") as copy:
            for row in rows():
                copy.write_row(row)
        self.show()

    def show(self, **changes: str) -> None:
        """Put the view in place of what there is."""
        self.admin.execute(
            f'DROP VIEW IF EXISTS "HoSos"; {self.view(**changes)}; GRANT SELECT ON "HoSos" TO {READER}'.encode()
        )

    def parameters(self) -> dict[str, str]:
        return {"SERVER": "127.0.0.1", "PORT": str(self.proxy.port), "DATABASE": "mot_cua"}

    def close(self) -> None:
        self.proxy.close()
        self.admin.close()
        self.root.close()


class IllMaria(Networked):
    """A private MariaDB."""

    dialect: DialectName = "mariadb"
    driver = "MariaDB Unicode"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.server = mariadb.start(home)
        self.target = self.server.port
        self._opened()
        listed = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items()).replace("{time}", "datetime(6)")
        self.execute("CREATE DATABASE mot_cua CHARACTER SET utf8mb4", "USE mot_cua", f"CREATE TABLE goc ({listed})")
        self.execute(
            "CREATE FUNCTION fails() RETURNS int NOT DETERMINISTIC READS SQL DATA BEGIN SIGNAL SQLSTATE '40001'"
            " SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found when trying to get lock'; RETURN 1; END"
        )
        for host in ("127.0.0.1", "localhost"):
            self.execute(f"CREATE USER {READER}@'{host}'", f"GRANT EXECUTE ON mot_cua.* TO {READER}@'{host}'")
        self._wired()

    def another(self) -> pyodbc.Connection:
        """One more session of the administrator."""
        login = f"UID={self.server.user};PWD={self.server.password};CHARSET=utf8mb4"
        made = pyodbc.connect(f"DRIVER={self.driver};SERVER=127.0.0.1;PORT={self.server.port};{login}", autocommit=True)
        made.execute("SET SESSION sql_mode = 'ANSI_QUOTES'")
        return made

    def _opened(self) -> None:
        self.admin = self.another()

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self.admin.execute(statement)

    def restore(self) -> None:
        self.let_in(PASSWORD)
        self.execute("USE mot_cua", "DELETE FROM goc")
        values = [value for row in rows() for value in row]
        marks = ", ".join([f"({', '.join('?' * len(COLUMNS))})"] * RECORDS)
        self.admin.execute(f"INSERT INTO goc VALUES {marks}", values)
        self.show()

    def let_in(self, password: str) -> None:
        """The password of the reading login."""
        word = password.replace("'", "''")
        self.execute(*(f"ALTER USER {READER}@'{host}' IDENTIFIED BY '{word}'" for host in ("127.0.0.1", "localhost")))

    def may_read(self, may: bool) -> None:
        """Give the reading login the right to read, or take it."""
        verb = "GRANT SELECT ON mot_cua.* TO" if may else "REVOKE SELECT ON mot_cua.* FROM"
        self.execute(*(f"{verb} {READER}@'{host}'" for host in ("127.0.0.1", "localhost")))

    def show(self, **changes: str) -> None:
        """Put the view in place of what there is."""
        self.execute(self.view(**changes).replace("CREATE VIEW", "CREATE OR REPLACE VIEW"))
        self.may_read(True)

    def stop(self) -> None:
        """The server ends."""
        self.admin.close()
        mariadb.stop(self.home)

    def start(self) -> None:
        """The server begins again."""
        self.server = mariadb.start(self.home)
        self.proxy.target = self.target = self.server.port
        self._opened()
        self.execute("USE mot_cua")

    def parameters(self) -> dict[str, str]:
        return {"SERVER": "127.0.0.1", "PORT": str(self.proxy.port), "DATABASE": "mot_cua"}

    def close(self) -> None:
        self.proxy.close()
        self.admin.close()

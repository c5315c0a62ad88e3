"""Real SQL servers behind real ODBC drivers; what is missing is named with the package that brings it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyodbc
import pytest

from hub.sandbox import mariadb
from tests.connectors.odbc_servers import MariaDbServer, PostgresServer, SqliteFile
from tests.connectors.served_odbc import ServedOdbc

PACKAGES = {"PostgreSQL Unicode": "odbc-postgresql", "MariaDB Unicode": "odbc-mariadb", "SQLite3": "libsqliteodbc"}


def needs_driver(name: str) -> None:
    """Skip where the driver is missing."""
    if name not in pyodbc.drivers():
        pytest.skip(f"the ODBC driver {name} is missing: apt-get install -y {PACKAGES[name]}")


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[mariadb.MariaDb]:
    """A private MariaDB of this test process."""
    if reason := mariadb.missing():
        pytest.skip(f"no MariaDB server: {reason}")
    home = Path(tempfile.mkdtemp(prefix="tthc-test-maria-"))
    home.chmod(0o755)  # as root, the server runs as another account
    try:
        yield mariadb.start(home)
    finally:
        mariadb.stop(home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_tables(server: str) -> Iterator[PostgresServer]:
    needs_driver(PostgresServer.driver)
    made = PostgresServer(server)
    yield made
    made.close()


@pytest.fixture(scope="session")
def mariadb_tables(mariadb_server: mariadb.MariaDb) -> Iterator[MariaDbServer]:
    needs_driver(MariaDbServer.driver)
    made = MariaDbServer(mariadb_server)
    yield made
    made.close()


@pytest.fixture
def served_postgres(postgres_tables: PostgresServer) -> Iterator[ServedOdbc]:
    served = ServedOdbc(postgres_tables)
    yield served
    served.close()


@pytest.fixture
def served_mariadb(mariadb_tables: MariaDbServer) -> Iterator[ServedOdbc]:
    served = ServedOdbc(mariadb_tables)
    yield served
    served.close()


@pytest.fixture
def served_sqlite(tmp_path: Path) -> Iterator[ServedOdbc]:
    needs_driver(SqliteFile.driver)
    made = SqliteFile(tmp_path)
    served = ServedOdbc(made)
    yield served
    served.close()
    made.close()

"""Faults of systems in SQL servers: each is said, delays nobody else, and costs no record once it is over."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.sandbox import mariadb
from tests.connectors.conftest import needs_driver
from tests.faults.experiment import ROUNDS, Ill, Strike
from tests.faults.ill_odbc import IllMaria, IllPostgres
from tests.faults.ill_sqlite import IllSqlite
from tests.faults.strikes_odbc import MARIADB, POSTGRES, SQLITE

pytestmark = [pytest.mark.faults, pytest.mark.timeout(60 + 10 * ROUNDS)]
Struck = Callable[[str, Ill, Strike], None]


@pytest.fixture(scope="module")
def postgres(server: str) -> Iterator[IllPostgres]:
    needs_driver(IllPostgres.driver)
    made = IllPostgres(server)
    yield made
    made.close()


@pytest.fixture(scope="module")
def maria() -> Iterator[IllMaria]:
    needs_driver(IllMaria.driver)
    if reason := mariadb.missing():
        pytest.skip(f"no MariaDB server: {reason}")
    home = Path(tempfile.mkdtemp(prefix="tthc-faults-maria-"))
    home.chmod(0o755)  # as root, the server runs as another account
    try:
        made = IllMaria(home)
        yield made
        made.close()
    finally:
        mariadb.stop(home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def sqlite(tmp_path: Path) -> IllSqlite:
    needs_driver(IllSqlite.driver)
    return IllSqlite(tmp_path)


@pytest.mark.parametrize("name", POSTGRES)
def test_a_fault_of_postgresql_is_said_and_costs_nothing(name: str, postgres: IllPostgres, struck: Struck) -> None:
    struck(name, postgres, POSTGRES[name])


@pytest.mark.parametrize("name", MARIADB)
def test_a_fault_of_mariadb_is_said_and_costs_nothing(name: str, maria: IllMaria, struck: Struck) -> None:
    struck(name, maria, MARIADB[name])


@pytest.mark.parametrize("name", SQLITE)
def test_a_fault_of_a_file_database_is_said_and_costs_nothing(name: str, sqlite: IllSqlite, struck: Struck) -> None:
    struck(name, sqlite, SQLITE[name])

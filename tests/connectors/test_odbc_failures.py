"""What goes wrong between the hub and a SQL server ends in time, says what to do, and repeats no refused login."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.contract import Window
from connectors.errors import OverBudget, Refused, SourceError, Unreachable
from connectors.odbc import OdbcConnector
from connectors.odbc_source import OdbcSource, OdbcStream
from connectors.patience import Clock, Retry
from tests.connectors.odbc_servers import PASSWORD, PostgresServer, SqliteFile
from tests.connectors.served import rows
from tests.connectors.served_odbc import ServedOdbc
from tests.connectors.tcp_proxy import Proxy

SERVERS = ["postgres", "mariadb", "sqlite"]


@pytest.fixture(params=SERVERS)
def served(request: pytest.FixtureRequest) -> ServedOdbc:
    made: ServedOdbc = request.getfixturevalue(f"served_{request.param}")
    return made


@pytest.fixture(params=SERVERS[:2])
def networked(request: pytest.FixtureRequest) -> ServedOdbc:
    made: ServedOdbc = request.getfixturevalue(f"served_{request.param}")
    return made


@pytest.fixture
def connector(served: ServedOdbc) -> Iterator[OdbcConnector]:
    made = served.connector()
    yield made
    made.close()


def failure(connector: OdbcConnector, stream: OdbcStream) -> SourceError:
    with pytest.raises(SourceError) as raised:
        list(connector.pages(stream, Window()))
    return raised.value


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ('SELECT h."MaHoSo", h."NgayXoa" FROM "HoSos" AS h', "NgayXoa"),
        ('SELECT "MaHoSo" FROM "ThuTucs"', "ThuTucs"),
        ('SELECT "MaHoSo" FRM "HoSos"', "syntax"),
    ],
)
def test_a_wrong_statement_is_refused_with_what_is_wrong(
    served: ServedOdbc, connector: OdbcConnector, sql: str, named: str
) -> None:
    error = failure(connector, served.stream(sql=sql))
    assert isinstance(error, Refused)
    assert named in error.message
    assert error.message.startswith("district-391, dossiers")
    assert error.hint


def test_a_key_that_is_no_column_is_refused_with_those_that_are(served: ServedOdbc, connector: OdbcConnector) -> None:
    error = failure(connector, served.stream(key="mahoso"))
    assert isinstance(error, Refused)
    assert "mahoso" in error.message and "MaHoSo" in error.hint


def test_a_refused_login_is_never_repeated(networked: ServedOdbc) -> None:
    connector = networked.connector(password="wrong")
    for _ in range(3):
        error = failure(connector, networked.stream())
        assert isinstance(error, Refused)
        assert "login was refused" in error.message
    assert connector.check()[-1].name == "login"
    assert networked.proxy is not None
    assert len(networked.proxy.lines) <= 1 + (networked.server.dialect == "postgres")  # libpq asks once without TLS
    connector.close()


def test_a_server_that_never_greets_is_given_up_in_time(networked: ServedOdbc) -> None:
    assert networked.proxy is not None
    silent = Proxy(networked.proxy.target, mute=True)
    try:
        source = networked.source(login_timeout_s=1, retry=Retry(attempts=1))
        source = replace(source, parameters={**source.parameters, "PORT": str(silent.port)})
        began = time.monotonic()
        error = failure(OdbcConnector(source), networked.stream())
        assert isinstance(error, Unreachable)
        assert time.monotonic() - began < 3
    finally:
        silent.close()


def test_a_session_that_the_administrator_ends_is_opened_again(
    served_postgres: ServedOdbc, postgres_tables: PostgresServer
) -> None:
    served_postgres.rows = rows(35)
    connector = served_postgres.connector()
    pages = connector.pages(served_postgres.stream(), Window())
    keys = list(next(pages).keys)
    postgres_tables.admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'doc_hub'")
    for page in pages:
        keys += page.keys
    assert keys == [row.key for row in served_postgres.rows]
    connector.close()


def test_a_pull_ends_when_its_time_is_over(networked: ServedOdbc) -> None:
    networked.rows = rows(35)
    connector = networked.connector(budget_s=0.0)
    assert isinstance(failure(connector, networked.stream()), OverBudget)
    connector.close()


def test_a_reader_that_leaves_does_not_wait_for_the_page_on_its_way(networked: ServedOdbc) -> None:
    networked.rows = rows(35)
    asked = threading.Event()
    assert networked.proxy is not None

    def silent(request: bytes) -> str:
        if b"240315-00009" not in request:
            return ""
        asked.set()
        return "silence"

    networked.proxy.watch = silent  # type: ignore[assignment]
    connector = networked.connector(query_timeout_s=30, clock=Clock())
    pages = connector.pages(networked.stream(), Window())
    next(pages)
    assert asked.wait(5)
    began = time.monotonic()
    pages.close()
    connector.close()
    assert time.monotonic() - began < 2


def test_nothing_can_be_written(served: ServedOdbc, connector: OdbcConnector) -> None:
    served.rows = rows(1)
    list(connector.pages(served.stream(), Window()))
    opened = connector._session._connection
    assert opened is not None
    with pytest.raises(Exception, match=r"(?i)read.?only|denied"):
        opened.execute('DELETE FROM "HoSos"')


def test_sessions_are_read_only_even_for_a_login_that_may_write(networked: ServedOdbc, server: str) -> None:
    made = networked.server
    if isinstance(made, PostgresServer):
        source = networked.source(user=made.admin.info.user, password=made.admin.info.password)
    else:
        source = networked.source(user=made._server.user, password=made._server.password)  # type: ignore[attr-defined]
    connector = OdbcConnector(source)
    connector.columns(networked.stream())
    opened = connector._session._connection
    assert opened is not None
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        opened.execute('DELETE FROM "HoSos"')
    connector.close()


def test_a_locked_file_is_unreachable_until_it_is_free(served_sqlite: ServedOdbc) -> None:
    file = served_sqlite.server
    assert isinstance(file, SqliteFile)
    served_sqlite.rows = rows(3)
    served_sqlite.load()
    source = served_sqlite.source()
    source = replace(source, parameters={**source.parameters, "Timeout": "50"})
    connector = OdbcConnector(source)
    file.admin.execute("BEGIN EXCLUSIVE")
    assert isinstance(failure(connector, served_sqlite.stream()), Unreachable)
    file.admin.execute("COMMIT")
    assert [key for page in connector.pages(served_sqlite.stream(), Window()) for key in page.keys] == [
        row.key for row in served_sqlite.rows
    ]
    connector.close()


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    source = OdbcSource("s", "SQLite3", "sqlite", {"Database": str(tmp_path / "none.sqlite")}, retry=Retry(attempts=1))
    error = failure(OdbcConnector(source), OdbcStream("x", sql="SELECT 1 AS a"))
    assert isinstance(error, Unreachable)
    assert list(tmp_path.iterdir()) == []


def test_rows_that_cannot_be_decoded_are_refused_one_by_one(served_sqlite: ServedOdbc) -> None:
    file = served_sqlite.server
    assert isinstance(file, SqliteFile)
    served_sqlite.rows = rows(35)
    served_sqlite.load()
    bad = str(served_sqlite.rows[14].key)
    file.garble(bad)
    connector = served_sqlite.connector()
    pages = list(connector.pages(served_sqlite.stream(), Window()))
    assert [key for page in pages for key in page.keys] == [row.key for row in served_sqlite.rows if row.key != bad]
    refused = [sentence for page in pages for sentence in page.refused]
    assert len(refused) == 1
    assert pages[-1].cursor is None
    connector.close()


def test_a_missing_driver_is_told_by_the_check_with_the_line_that_brings_it() -> None:
    for driver in ("No Such Driver", "/nowhere/libmsodbcsql.so"):
        source = OdbcSource("s", driver, "tsql", {"SERVER": "127.0.0.1"}, "u", PASSWORD, retry=Retry(attempts=1))
        checks = OdbcConnector(source).check()
        assert [(check.name, check.ok) for check in checks] == [("driver", False)]
        assert "apt-get install" in checks[0].hint and "tdsodbc" in checks[0].hint
        error = failure(OdbcConnector(source), OdbcStream("x", sql="SELECT 1 AS a"))
        assert isinstance(error, Refused)
        assert driver in error.message


def test_a_check_tells_version_clock_columns_and_a_page(served: ServedOdbc, connector: OdbcConnector) -> None:
    served.rows = rows(3)
    checks = {check.name: check for check in connector.check()}
    assert list(checks) == ["driver", "login", "server", "clock", "columns", "page"]
    assert "MaHoSo" in checks["columns"].detail
    assert checks["server"].detail[0].isdigit()


def test_a_clock_that_differs_is_told(networked: ServedOdbc) -> None:
    clock = replace(networked.source().clock, wall=lambda: datetime.now(UTC) - timedelta(hours=7))
    connector = networked.connector(clock=clock)
    told = {check.name: check for check in connector.check()}["clock"]
    assert not told.ok
    assert "our clock is -25" in told.detail and told.hint
    assert connector.skew_s == pytest.approx(-25200, abs=60)
    connector.close()


def test_other_sockets_of_the_process_disturb_nothing(served_postgres: ServedOdbc) -> None:
    """Dagster holds pairs of sockets without an address; looking for the driver's own once failed over them."""
    served_postgres.rows = rows(3)
    left, right = socket.socketpair()
    listener = socket.create_server(("127.0.0.1", 0))
    connector = served_postgres.connector()
    try:
        assert [key for page in connector.pages(served_postgres.stream(), Window()) for key in page.keys]
    finally:
        connector.close()
        for each in (left, right, listener):
            each.close()

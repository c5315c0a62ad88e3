"""A declared SQL source as its connector wants it: dialect, words of the driver, secrets, the statement of a stream."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from connectors.odbc import OdbcConnector
from hub.connecting import connect, to_stream_spec
from hub.connecting_odbc import to_odbc_source
from hub.errors import HubError
from hub.mapping import Mapping
from hub.settings import Settings, load
from hub.source import Pull, Source
from tests.standardise.chunk import mapping


@pytest.fixture
def settings() -> Settings:
    return load({"HUB_HOME": "/nowhere", "HUB_X_PASSWORD": "mật;khẩu}17"})


def source(use: Mapping | None = None, **connection: Any) -> Source:
    given = {"driver": "PostgreSQL Unicode", "database": "motcua", "server": "h", "port": "5432", "user": "doc"}
    given |= {"password": {"env": "HUB_X_PASSWORD"}} | connection
    use = use or mapping("td_dichvucong_sql")
    pull = Pull(page_size=500, lag=timedelta(minutes=3), timeout=timedelta(seconds=7), budget=timedelta(minutes=2))
    return Source("district-1", "district", "odbc", use, "H56.40", given, pull, None, None, True, "d.yml", 9)


@pytest.mark.parametrize(
    ("connection", "dialect", "parameters"),
    [
        ({}, "postgres", {"SERVER": "h", "PORT": "5432", "DATABASE": "motcua"}),
        ({"driver": "MariaDB Unicode"}, "mariadb", {"SERVER": "h", "PORT": "5432", "DATABASE": "motcua"}),
        ({"driver": "/opt/x/libmaodbc.so"}, "mariadb", {"SERVER": "h", "PORT": "5432", "DATABASE": "motcua"}),
        (
            {"driver": "ODBC Driver 18 for SQL Server", "port": "1433", "options": {"Encrypt": "yes"}},
            "tsql",
            {"SERVER": "h,1433", "DATABASE": "motcua", "Encrypt": "yes"},
        ),
        ({"driver": "FreeTDS"}, "tsql", {"SERVER": "h", "PORT": "5432", "DATABASE": "motcua"}),
        ({"driver": "SQLite3", "server": "", "database": "/x.db"}, "sqlite", {"DATABASE": "/x.db"}),
        (
            {"driver": "Another", "dialect": "postgres", "port": ""},
            "postgres",
            {"SERVER": "h", "DATABASE": "motcua"},
        ),
    ],
)
def test_the_driver_says_which_sql(connection: dict[str, str], dialect: str, parameters: dict[str, str]) -> None:
    given = source(**connection)
    made = to_odbc_source(given, given.connection | {"password": "x"})
    assert (made.dialect, dict(made.parameters)) == (dialect, parameters)
    assert (made.user, made.query_timeout_s, made.budget_s) == ("doc", 7.0, 120.0)


def test_a_driver_that_says_nothing_is_asked_about() -> None:
    given = source(driver="Another")
    with pytest.raises(HubError, match=r"d\.yml:9: district-1: the driver 'Another' does not say which SQL"):
        to_odbc_source(given, given.connection | {"password": "x"})


def test_a_login_among_the_options_is_refused_in_a_sentence() -> None:
    given = source(options={"UID": "sa"})
    with pytest.raises(HubError, match=r"d\.yml:9: source district-1: UID is no parameter"):
        to_odbc_source(given, given.connection | {"password": "x"})


def test_connecting_opens_nothing_and_shows_no_secret(settings: Settings) -> None:
    made = connect(source(), settings)
    assert isinstance(made, OdbcConnector)
    assert "mật;khẩu}17" not in repr(made) + repr(source())


def test_a_stream_of_statements() -> None:
    given = source()
    spec = to_stream_spec(given.mapping.streams["step"], given, "step")
    assert (spec.key, spec.version, spec.key_type, spec.cursor_type) == ("Id", "Cursor", "uuid", "time")
    assert (spec.page_size, spec.lag) == (500, timedelta(minutes=3))
    assert spec.sql.startswith('select s."Id"')


def test_a_composite_key_of_columns() -> None:
    td = mapping("td_dichvucong_sql")
    stream = msgspec.structs.replace(td.streams["step"], key=["MaHoSo", "ThoiGian"])
    given = source(msgspec.structs.replace(td, streams={"step": stream}))
    assert to_stream_spec(stream, given, "step").key == ("MaHoSo", "ThoiGian")

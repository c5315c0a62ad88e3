"""What can be said of SQL sources without a server: connection strings, complaints, payloads, mistakes of a mapping."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import composite_key
from connectors.errors import Malformed, Refused, SourceError, Unreachable
from connectors.odbc_dialects import DIALECTS
from connectors.odbc_errors import translated
from connectors.odbc_rows import encoder, key_of
from connectors.odbc_source import OdbcSource, OdbcStream, braced, connection_string
from connectors.odbc_statements import Column, Statements

SOURCE = OdbcSource("district-391", "MariaDB Unicode", "mariadb", {"SERVER": "db", "PORT": "3306"}, "doc", "bí;mật}")


def test_a_connection_string_braces_what_would_be_read_wrongly() -> None:
    assert connection_string(SOURCE) == (
        "DRIVER={MariaDB Unicode};SERVER=db;PORT=3306;CHARSET=utf8mb4;UID=doc;PWD={bí;mật}}}"
    )


def test_what_is_given_stands_before_what_is_usual() -> None:
    source = OdbcSource("s", "FreeTDS", "tsql", {"SERVER": "h", "applicationintent": "ReadWrite"})
    assert connection_string(source) == "DRIVER={FreeTDS};SERVER=h;applicationintent=ReadWrite"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_a_braced_value_is_read_back_as_it_was(value: str) -> None:
    text = braced(value)
    if text == value:
        assert not set(value) & set(";{}[]()?*=!@") and value == value.strip()
    else:
        assert text[0] + text[-1] == "{}"
        assert text[1:-1].replace("}}", "").count("}") == 0
        assert text[1:-1].replace("}}", "}") == value


@pytest.mark.parametrize("name", ["PWD", "uid", "Trusted_Connection"])
def test_a_login_among_the_parameters_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        OdbcSource("s", "FreeTDS", "tsql", {name: "x"})


def test_no_repr_shows_the_password() -> None:
    assert SOURCE.password not in repr(SOURCE)


# dialect, when, what it means, what must still be said | SQLSTATE and the driver's words
COMPLAINTS = """
postgres opening Unreachable refused     | 08001 connection to server failed: Connection refused (101)
postgres opening Refused     password    | 08001 FATAL:  password authentication failed for user "doc" (101)
postgres opening Refused     nope        | 08001 FATAL:  database "nope" does not exist (101)
postgres opening Unreachable starting    | 08001 FATAL:  the database system is starting up (101)
postgres opening Unreachable clients     | 08001 FATAL:  sorry, too many clients already (101)
postgres reading Unreachable terminating | 57P01 FATAL: terminating connection due to administrator command (7)
postgres reading Unreachable timeout     | 57014 ERROR: canceling statement due to statement timeout (1)
postgres reading Unreachable serialize   | 40001 ERROR: could not serialize access (1)
postgres reading Unreachable deadlock    | 40P01 ERROR: deadlock detected (1)
postgres reading Refused     "NgayXoa"   | 42703 ERROR: column "NgayXoa" does not exist (1)
postgres reading Refused     hosos       | 42501 ERROR: permission denied for table hosos (1)
postgres reading Malformed   integer:    | 22P02 ERROR: invalid input syntax for type integer: "Nguyễn A" (1)
mariadb  opening Refused     denied      | 28000 [ma-3.1.15]Access denied for user 'doc'@'10.0.0.1' (1045)
mariadb  opening Unreachable connect     | HY000 [ma-3.1.15]Can't connect to server on 'db' (115) (2002)
mariadb  opening Refused     nope        | 42000 [ma-3.1.15]Unknown database 'nope' (1049)
mariadb  reading Refused     'nope'      | 42S22 [ma-3.1.15][10.11]Unknown column 'nope' in 'SELECT' (1054)
mariadb  reading Unreachable Lock        | HY000 [ma-3.1.15][10.11]Lock wait timeout exceeded (1205)
mariadb  reading Malformed   string:     | HY000 [ma-3.1.15][10.11]Invalid utf8mb4 character string: 'FF41' (1300)
sqlite   reading Refused     nope        | HY000 [SQLite]no such column: nope (1) (1)
sqlite   reading Unreachable locked      | HY000 [SQLite]database is locked (5) (5)
tsql     opening Unreachable Unable      | 08S01 [FreeTDS][SQL Server]Unable to connect: server is unavailable (20009)
tsql     opening Unreachable HYT00       | HYT00 [Microsoft][ODBC Driver 18 for SQL Server]Login timeout expired (0)
tsql     opening Refused     failed      | 28000 [FreeTDS][SQL Server]Login failed for user 'doc'. (18456)
tsql     reading Refused     NgayXoa     | 42S22 [FreeTDS][SQL Server]Invalid column name 'NgayXoa'. (207)
tsql     reading Malformed   converting  | 22018 [Microsoft]Conversion failed when converting 'Nguyễn A' to int. (245)
tsql     reading Unreachable Rerun       | 40001 [Microsoft]Transaction was deadlocked. Rerun the transaction. (1205)
tsql     reading Unreachable Lock        | 42000 [Microsoft]Lock request time out period exceeded. (1222)
tsql     opening Refused     loaded      | 01000 [unixODBC][Driver Manager]Can't open lib 'Nope' : file not found (0)
"""
KINDS: dict[str, type[SourceError]] = {"Unreachable": Unreachable, "Refused": Refused, "Malformed": Malformed}


@pytest.mark.parametrize("line", COMPLAINTS.strip().splitlines())
def test_complaints_mean_one_decision(line: str) -> None:
    what, _, complaint = line.partition(" | ")
    dialect, when, kind, shown = what.split()
    state, _, words = complaint.partition(" ")
    source = OdbcSource("s", "a driver", dialect)  # type: ignore[arg-type]
    raised = RuntimeError(state, f"[{state}] {words} (SQLExecDirectW)")
    error = translated(raised, source, opening=when == "opening")
    assert type(error) is KINDS[kind]
    assert error.retryable is (kind != "Refused")
    assert shown in error.message
    assert "Nguyễn" not in str(error) and "FF41" not in str(error)
    assert "SQLExec" not in error.message
    assert kind != "Refused" or error.hint


def test_a_missing_driver_comes_with_its_line() -> None:
    for dialect, package in (("postgres", "odbc-postgresql"), ("tsql", "tdsodbc"), ("sqlite", "libsqliteodbc")):
        error = translated(RuntimeError("IM002", "Data source name not found"), OdbcSource("s", "Nope", dialect))  # type: ignore[arg-type]
        assert f"apt-get install -y --no-install-recommends {package}" in error.hint


def test_a_payload_is_the_same_in_whatever_order_the_select_lists_its_columns() -> None:
    columns = [Column("b", "text"), Column("Ă", "text"), Column("a", "text")]
    stream = OdbcStream("s", key="a", sql="SELECT 1")
    names = {tuple(Statements(stream, "", DIALECTS["postgres"], order).names) for order in (columns, columns[::-1])}
    assert names == {("a", "b", "Ă")}


@given(st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"))), min_size=3, max_size=3))
def test_a_payload_is_canonical_json_and_says_its_version(values: list[str | None]) -> None:
    payload = encoder(["a", "b", "c"])(tuple(values))
    assert json.loads(payload) == {"$row": "1", **dict(zip("abc", values, strict=True))}
    assert payload == json.dumps(json.loads(payload), ensure_ascii=False, separators=(",", ":")).encode()


def test_keys_of_several_columns_are_hashed_and_absent_ones_are_empty() -> None:
    assert key_of([0])(("k",)) == "k"
    assert key_of([0])((None,)) == ""
    assert key_of([])(("k",)) == ""
    assert key_of([0, 1])(("a", None)) == composite_key(["a", ""])
    assert key_of([0, 1])((None, None)) == ""


@pytest.mark.parametrize(
    ("columns", "key", "says"),
    [
        (["MaHoSo", "Moc"], "mahoso", "names must agree in capitals too"),
        (["MaHoSo", "MaHoSo", "Moc"], "MaHoSo", "names of their own"),
        (["MaHoSo", "", "Moc"], "MaHoSo", "names of their own"),
        (["MaHoSo", "$row", "Moc"], "MaHoSo", "names of their own"),
    ],
)
def test_a_select_that_does_not_fit_the_mapping_is_refused(columns: list[str], key: str, says: str) -> None:
    stream = OdbcStream("dossier", key=key, version="Moc", sql="SELECT 1")
    with pytest.raises(Refused) as raised:
        Statements(stream, stream.sql, DIALECTS["tsql"], [Column(name, "int") for name in columns])
    assert says in str(raised.value)
    assert "MaHoSo" in str(raised.value)

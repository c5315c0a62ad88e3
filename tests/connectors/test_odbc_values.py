"""Values come out of each real server as the same text, whatever its driver does to them, and go back as they came."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.contract import Window
from connectors.odbc_source import OdbcStream
from tests.connectors.odbc_servers import MariaDbServer, PostgresServer, SqliteFile
from tests.connectors.served_odbc import ServedOdbc

LONG = "ẵ🏡" * 150_000
NFD = "Nguyê\u0303n Thi\u0323"


def rows_of(served: ServedOdbc, sql: str, **changes: Any) -> list[dict[str, str | None]]:
    connector = served.connector(query_timeout_s=30)
    stream = OdbcStream("values", sql=sql, **changes)
    try:
        return [json.loads(payload) for page in connector.pages(stream, Window()) for payload in page.payloads]
    finally:
        connector.close()


def test_postgresql_spells_its_types(served_postgres: ServedOdbc, postgres_tables: PostgresServer) -> None:
    admin = postgres_tables.admin
    admin.execute("DROP DOMAIN IF EXISTS datetime2; CREATE DOMAIN datetime2 AS timestamp(6)")
    sql = """
        SELECT true AS bit, 8.0::float8 AS float, 0.1::float4 AS real, 1500.00::numeric(9,2) AS numeric, 'NaN'::numeric
        AS nan, 42 AS int, '\\x00fF'::bytea AS bytea, '6f9619ff-8b86-d011-b42d-00c04fc964ff'::uuid AS uuid,
        timestamp '2024-03-15 08:00:00' AS whole, timestamp '2024-03-15 08:00:00.000007'::datetime2 AS domain,
        timestamptz '2024-03-15 08:00:00.5+07' AS zoned, date '1890-05-19' AS date, time '08:30' AS time,
        timestamp 'infinity' AS infinity, date '0044-03-15 BC' AS bc, timestamp '12024-01-01' AS far,
        '{"a": 1}'::jsonb AS json, 'ab '::char(4) AS char, '' AS empty, NULL::text AS nothing
    """
    assert rows_of(served_postgres, sql) == [
        {
            "$row": "1",
            "bit": "1",
            "float": "8",
            "real": "0.1",
            "numeric": "1500.00",
            "nan": "NaN",
            "int": "42",
            "bytea": "00ff",
            "uuid": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
            "whole": "2024-03-15T08:00:00.000000",
            "domain": "2024-03-15T08:00:00.000007",
            "zoned": "2024-03-15T01:00:00.500000+00:00",
            "date": "1890-05-19",
            "time": "08:30:00",
            "infinity": "infinity",
            "bc": "0044-03-15 BC",
            "far": "12024-01-01 00:00:00",
            "json": '{"a": 1}',
            "char": "ab  ",
            "empty": "",
            "nothing": None,
        }
    ]


def test_mariadb_spells_its_types(served_mariadb: ServedOdbc, mariadb_tables: MariaDbServer) -> None:
    mariadb_tables.admin.execute(
        "CREATE OR REPLACE TABLE kinds (flag bit(1), small tinyint(1), dec_ decimal(9, 2), double_ double,"
        " float_ float, bin varbinary(9), whole datetime, fine datetime(6), zero datetime, d date, t time(3), y year,"
        " e enum('a', 'b'), latin varchar(9) CHARACTER SET latin1, j json, u uuid,"
        " nul text, one text, empty text, nothing text)"
    )
    mariadb_tables.admin.execute("SET SESSION sql_mode = 'ANSI_QUOTES'")
    mariadb_tables.admin.execute(
        "INSERT INTO kinds VALUES (b'1', 0, 1500, 8, 0.1, x'00fF', '2024-03-15 08:00', '2024-03-15 08:00:00.000007',"
        " '0000-00-00', '1890-05-19', '08:30', 2024, 'b', 'é', '{}', '6f9619ff-8b86-d011-b42d-00c04fc964ff',"
        " x'610062', x'0161', '', NULL)"
    )
    assert rows_of(served_mariadb, "SELECT * FROM kinds") == [
        {
            "$row": "1",
            "flag": "1",
            "small": "0",
            "dec_": "1500.00",
            "double_": "8",
            "float_": "0.10000000149011612",
            "bin": "00ff",
            "whole": "2024-03-15T08:00:00.000000",
            "fine": "2024-03-15T08:00:00.000007",
            "zero": "0000-00-00T00:00:00.000000",
            "d": "1890-05-19",
            "t": "08:30:00.000",
            "y": "2024",
            "e": "b",
            "latin": "é",
            "j": "{}",
            "u": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
            "nul": "a\0b",
            "one": "\x01a",
            "empty": "",
            "nothing": None,
        }
    ]


def test_sqlite_spells_each_value_by_its_own_type(served_sqlite: ServedOdbc) -> None:
    sql = (
        "SELECT 1 AS i, 0.1 AS f, 8.0 AS g, 1.0 / 3 AS third, x'00fF' AS b, 'a' || char(0) || 'b' AS nul, '' AS empty,"
    )
    assert rows_of(served_sqlite, sql + " NULL AS \"nothing\", char(1)|| 'a' AS one") == [
        {
            "$row": "1",
            "i": "1",
            "f": "0.1",
            "g": "8",
            "third": "0.33333333333333331",
            "b": "00ff",
            "nul": "a\0b",
            "empty": "",
            "nothing": None,
            "one": "\x01a",
        }
    ]


def test_one_row_has_one_payload_on_every_server(request: pytest.FixtureRequest) -> None:
    """The same columns and values, filled in by each server's own types."""
    tables: dict[str, tuple[Any, str]] = {}
    for name, types in (
        ("postgres", ("text", "numeric(12,2)", "timestamp(6)", "date", "boolean")),
        ("mariadb", ("longtext", "decimal(12,2)", "datetime(6)", "date", "bit(1)")),
    ):
        admin = request.getfixturevalue(f"{name}_tables").admin
        admin.execute("DROP TABLE IF EXISTS same")
        admin.execute(f"CREATE TABLE same (v {types[0]}, n {types[1]}, t {types[2]}, d {types[3]}, b {types[4]})")
        mark = "%s" if name == "postgres" else "?"
        for text in (LONG[:2], NFD, "", None):
            admin.execute(
                f"INSERT INTO same VALUES ({mark}, 8000, '2024-03-15 08:00:00.000001', '1890-05-19', (1 = 1))", (text,)
            )
        admin.execute("UPDATE same SET v = repeat(v, 150000) WHERE v LIKE 'ẵ%'")
        tables[name] = (request.getfixturevalue(f"served_{name}"), "SELECT v, n, t, d, b FROM same")
    found = {
        name: sorted(rows_of(served, sql), key=lambda row: [LONG, NFD, "", None].index(row["v"]))
        for name, (served, sql) in tables.items()
    }
    assert [row["v"] for row in found["postgres"]] == [LONG, NFD, "", None]
    assert found["postgres"] == found["mariadb"]
    assert found["mariadb"][0] == {
        "$row": "1",
        "v": LONG,
        "n": "8000.00",
        "t": "2024-03-15T08:00:00.000001",
        "d": "1890-05-19",
        "b": "1",
    }


@pytest.mark.parametrize(
    ("product", "column", "values", "suffix"),
    [
        ("postgres", "timestamp(6)", [f"2024-03-15 08:00:00.{n:06}" for n in range(25)], ""),
        ("postgres", "timestamptz(6)", [f"2024-03-15 08:00:00.{n:06}+00" for n in range(25)], "+00:00"),
        ("mariadb", "datetime(6)", [f"2024-03-15 08:00:00.{n:06}" for n in range(25)], ""),
    ],
)
def test_microseconds_survive_the_way_out_and_back(
    request: pytest.FixtureRequest, product: str, column: str, values: list[str], suffix: str
) -> None:
    admin = request.getfixturevalue(f"{product}_tables").admin
    admin.execute("DROP TABLE IF EXISTS fine")
    admin.execute(f"CREATE TABLE fine (k varchar(9), v {column})")
    for n, value in enumerate(values):
        admin.execute(f"INSERT INTO fine VALUES ('k{n:02}', '{value}')")
    stream = OdbcStream("fine", key="k", version="v", sql="SELECT k, v FROM fine", page_size=4)
    connector = request.getfixturevalue(f"served_{product}").connector()
    pages = list(connector.pages(stream, Window()))
    spelled = [f"2024-03-15T08:00:00.{n:06}{suffix}" for n in range(25)]
    assert [version for page in pages for version in page.versions] == spelled
    assert pages[-1].cursor == spelled[-1]
    window = list(connector.pages(stream, Window(spelled[7], spelled[9])))
    assert [key for page in window for key in page.keys] == ["k07", "k08"]
    again = list(connector.pages(stream, Window(pages[-1].cursor)))
    assert [key for page in again for key in page.keys] == ["k24"]
    connector.close()


def test_hundred_nanosecond_ticks_survive_where_a_python_datetime_would_lose_them(served_sqlite: ServedOdbc) -> None:
    file = served_sqlite.server
    assert isinstance(file, SqliteFile)
    file.admin.execute("CREATE TABLE ticks (k text, v text)")
    ticks = [f"2024-03-15T08:00:00.{n:07}" for n in range(30)]
    file.admin.executemany("INSERT INTO ticks VALUES (?, ?)", [("same", tick) for tick in ticks])
    stream = OdbcStream(
        "ticks", key="k", version="v", cursor_type="text", sql="SELECT k, v FROM ticks", page_size=7,
        cursor_format="%Y-%m-%dT%H:%M:%S.%f",
    )  # fmt: skip
    connector = served_sqlite.connector()
    pages = list(connector.pages(stream, Window(ticks[3])))
    assert [version for page in pages for version in page.versions] == ticks[3:]
    assert pages[-1].cursor == ticks[-1]
    connector.close()


NAMES = [
    "UBND huyện Bá Thước", "Dừng thực hiện thủ tục đăng ký hộ kinh doanh", "Tổ chức hành nghề công chứng", "ộ",
    "Nguyễn Thị Thanh Diễm", "Xây dựng nhà ở riêng lẻ", "Thôn 14, UBND huyện Bá Thước", "ữ" * 300 + "x", "a" * 511,
]  # fmt: skip


@pytest.mark.parametrize("product", ["postgres", "mariadb"])
@pytest.mark.parametrize("column", ["varchar(512)", "text"])
def test_vietnamese_keeps_its_last_letter(request: pytest.FixtureRequest, product: str, column: str) -> None:
    """A driver once counted letters as bytes and cut the end off: what is compared is what the server itself holds."""
    admin = request.getfixturevalue(f"{product}_tables").admin
    admin.execute("DROP TABLE IF EXISTS names")
    admin.execute(f"CREATE TABLE names (k integer, v {column})")
    for n, name in enumerate(NAMES):
        written = name.encode().hex()  # in ASCII, so that no driver has a part in the writing
        value = (
            f"convert_from('\\x{written}', 'UTF8')" if product == "postgres" else f"convert(x'{written}' using utf8mb4)"
        )
        admin.execute(f"INSERT INTO names VALUES ({n}, {value})")
    found = rows_of(request.getfixturevalue(f"served_{product}"), "SELECT k, v FROM names", key="k", key_type="integer")
    assert [row["v"] for row in sorted(found, key=lambda row: int(row["k"] or 0))] == NAMES


def test_postgresql_packs_a_row_without_changing_a_character(
    served_postgres: ServedOdbc, postgres_tables: PostgresServer
) -> None:
    texts = [
        "".join(map(chr, range(1, 0x100))),
        "\x1f",
        '","',
        "\\u0041\\",
        "\u2028\ufeff\U0010ffff",
        " ",
        "null",
        "{}",
    ]
    admin = postgres_tables.admin
    admin.execute('DROP TABLE IF EXISTS odd; CREATE TABLE odd (place int, text text, padded char(9), "a {0}" text)')
    for place, text in enumerate(texts):
        admin.execute("INSERT INTO odd VALUES (%s, %s, %s, NULL)", (place, text, text[:9]))
    admin.execute("GRANT SELECT ON odd TO PUBLIC")
    found = rows_of(served_postgres, "SELECT * FROM odd", key="place", key_type="integer", page_size=3)
    assert [row["text"] for row in found] == texts
    assert [row["padded"] for row in found] == [text[:9].ljust(9) for text in texts]
    assert {row["a {0}"] for row in found} == {None}

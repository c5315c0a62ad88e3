"""T-SQL as it would go to SQL Server: parsed as such and pinned letter by letter, since no SQL Server runs here."""

from __future__ import annotations

from itertools import product

import pytest
import sqlglot
from sqlglot import exp

from connectors.contract import Window
from connectors.odbc_dialects import DIALECTS
from connectors.odbc_source import OdbcStream
from connectors.odbc_statements import Column, Statements

TSQL = DIALECTS["tsql"]
# The types of Business.HoSos, as sys.dm_exec_describe_first_result_set spells them.
COLUMNS = [
    Column("Id", "uniqueidentifier"),
    Column("MaHoSo", "nvarchar(50)"),
    Column("DonViId", "varchar(50)"),
    Column("ChoXacNhan", "bit"),
    Column("ThoiGianThucHien", "float"),
    Column("SoBoHoSo", "int"),
    Column("LePhi", "money"),
    Column("DinhKemKetQua", "nvarchar(max)"),
    Column("GhiChu", "varchar(8000)"),
    Column("LastModifiedOn", "datetime2(7)"),
    Column("NgayCu", "datetime"),
    Column("NgayBanHanh", "date"),
    Column("GioMo", "time(7)"),
    Column("LucGui", "datetimeoffset(7)"),
    Column("AnhChup", "varbinary(max)"),
    Column("Ban", "timestamp"),
    Column("GoiTin", "xml"),
]
STREAM = OdbcStream(
    "dossier",
    key="Id",
    version="LastModifiedOn",
    key_type="uuid",
    sql='SELECT h.*, COALESCE("LastModifiedOn", "CreatedOn") AS "Moc" FROM "Business"."HoSos" AS h',
)
SINCE, UNTIL = "2024-03-15T00:00:00.0000001", "2024-03-16T00:00:00.0000000"


def statements(**changes: object) -> Statements:
    stream = OdbcStream(
        **{**{name: getattr(STREAM, name) for name in ("name", "key", "version", "key_type", "sql")}, **changes}
    )
    return Statements(stream, stream.sql, TSQL, COLUMNS)


def parsed(sql: str) -> exp.Expression:
    return sqlglot.parse_one(sql, read="tsql", error_level=sqlglot.ErrorLevel.RAISE)


def test_a_page_of_the_main_list_is_this_text() -> None:
    made = statements()
    listing = made.listings(Window(SINCE, UNTIL))[0]
    position = [SINCE, "6F9619FF-8B86-D011-B42D-00C04FC964FF"]
    sql, parameters = made.page(listing, ["Id", "LastModifiedOn"], position, 5001)
    assert sql == (
        'SELECT CONVERT(char(36), t."Id"),'
        " REPLACE(CONVERT(varchar(33), CAST(t.\"LastModifiedOn\" AS datetime2(7)), 121), ' ', 'T'),"
        ' CASE WHEN t."LastModifiedOn" > CAST(? AS datetime2(7)) OR (t."LastModifiedOn" = CAST(? AS datetime2(7))'
        ' AND (t."Id" > CAST(? AS uniqueidentifier))) THEN 1 ELSE 0 END'
        f" FROM ({STREAM.sql}) AS t"
        ' WHERE t."LastModifiedOn" IS NOT NULL'
        ' AND t."LastModifiedOn" >= CAST(? AS datetime2(7)) AND t."LastModifiedOn" < CAST(? AS datetime2(7))'
        ' AND t."Id" IS NOT NULL'
        ' AND t."LastModifiedOn" >= CAST(? AS datetime2(7)) AND (t."LastModifiedOn" > CAST(? AS datetime2(7))'
        ' OR t."Id" >= CAST(? AS uniqueidentifier))'
        ' ORDER BY t."LastModifiedOn", t."Id" OFFSET 0 ROWS FETCH NEXT ? ROWS ONLY'
    )
    assert parameters == (SINCE, *position, SINCE, UNTIL, SINCE, *position, 5001)


def test_sql_server_and_postgresql_page_with_the_same_text() -> None:
    columns = [Column("k", "?"), Column("v", "?")]
    stream = OdbcStream("s", key="k", version="v", sql='SELECT "k", "v" FROM "t"')
    texts = set()
    for name in ("tsql", "postgres"):
        made = Statements(stream, stream.sql, DIALECTS[name], columns)
        sql, _ = made.page(made.listings(Window())[0], [], ["1", "2"], 10)
        texts.add(
            sql.partition(" WHERE ")[2]
            .replace("CAST(? AS ?)", "?")
            .replace("CAST(? AS datetime2(7))", "?")
            .replace("CAST(? AS nvarchar(4000))", "?")
        )
    assert texts == {
        't."v" IS NOT NULL AND t."k" IS NOT NULL AND t."v" >= ? AND (t."v" > ? OR t."k" >= ?)'
        ' ORDER BY t."v", t."k" OFFSET 0 ROWS FETCH NEXT ? ROWS ONLY'
    }


@pytest.mark.parametrize(
    ("key", "window", "positioned"),
    list(
        product(
            ["Id", ("MaHoSo", "DonViId"), ("Id", "MaHoSo", "SoBoHoSo"), ()], [Window(), Window(SINCE, UNTIL)], [0, 1]
        )
    ),
)
def test_every_list_parses_as_t_sql(key: str | tuple[str, ...], window: Window, positioned: int) -> None:
    made = statements(key=key)
    for listing in made.listings(window):
        position = ["1"] * len(listing.order) if positioned and listing.order else None
        sql, parameters = made.page(listing, made.names, position, 10)
        tree = parsed(sql)
        assert sql.count("?") == len(parameters)
        assert tree.args["order"], "T-SQL pages nothing that is not ordered"
    assert parsed(made.count(window)[0])
    assert parsed(made.groups([("DonViId", False), ("LastModifiedOn", True)]))


def test_whatever_opens_a_session_parses_as_t_sql() -> None:
    for sql in (*TSQL.session, *TSQL.tolerated, TSQL.version, TSQL.clock):
        parsed(sql)
    types = TSQL.types("SELECT 1 AS a", ["a"])
    assert types is not None
    assert types[1] == ("SELECT 1 AS a",)
    assert parsed(types[0])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("datetime2(3)", "REPLACE(CONVERT(varchar(33), CAST(x AS datetime2(7)), 121), ' ', 'T')"),
        ("datetime", "REPLACE(CONVERT(varchar(33), CAST(x AS datetime), 121), ' ', 'T')"),
        ("date", "CONVERT(varchar(10), x, 23)"),
        ("bit", "CONVERT(varchar(60), x)"),
        ("decimal(18,2)", "CONVERT(varchar(60), x)"),
        ("money", "CONVERT(varchar(40), x, 2)"),
        ("nvarchar(500)", "x"),
        ("varchar(50)", "CAST(x AS nvarchar(50))"),
        ("varchar(8000)", "CAST(x AS nvarchar(max))"),
        ("varchar(max)", "CAST(x AS nvarchar(max))"),
        ("varbinary(16)", "LOWER(CONVERT(varchar(max), CAST(x AS varbinary(max)), 2))"),
        ("xml", "CONVERT(nvarchar(max), x)"),
    ],
)
def test_values_leave_sql_server_as_text(kind: str, expected: str) -> None:
    assert TSQL.rendered("x", kind) == expected


@pytest.mark.parametrize(
    ("kind", "declared", "expected"),
    [
        ("datetime2(7)", "time", "CAST(? AS datetime2(7))"),
        ("datetime", "time", "CAST(? AS datetime)"),  # which refuses seven digits and is given its own three
        ("datetimeoffset(7)", "time", "CAST(? AS datetimeoffset(7))"),
        ("varchar(50)", "text", "CAST(? AS varchar(50))"),
        ("nvarchar(max)", "text", "CAST(? AS nvarchar(4000))"),
        ("uniqueidentifier", "text", "CAST(? AS uniqueidentifier)"),
        ("int", "integer", "CAST(? AS bigint)"),
        ("timestamp", "integer", "CAST(CAST(? AS bigint) AS binary(8))"),
    ],
)
def test_texts_go_back_as_the_type_of_their_column(kind: str, declared: str, expected: str) -> None:
    assert TSQL.bound(kind, declared) == expected  # type: ignore[arg-type]


def test_no_statement_reads_what_is_not_committed() -> None:
    texts = [text for dialect in DIALECTS.values() for text in (*dialect.session, *dialect.tolerated)]
    assert not [text for text in texts if "NOLOCK" in text.upper() or "UNCOMMITTED" in text.upper()]

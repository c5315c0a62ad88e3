"""Every row of a list comes, whatever it shares with others or lacks; and what else a SQL source can be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import md5
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import Page, Window, composite_key
from connectors.odbc import OdbcConnector
from connectors.odbc_source import OdbcStream
from tests.connectors.served_odbc import ServedOdbc

SQL = 'SELECT "k", "v", "n" FROM "odd"'
STREAM = OdbcStream("odd", key="k", version="v", cursor_type="text", sql=SQL, page_size=5)
Record = tuple[str | None, str | None, int]


class Table:
    """A table of any content on one server, and a connector to it."""

    def __init__(self, served: ServedOdbc, connector: OdbcConnector) -> None:
        self._served, self.connector = served, connector
        self.execute('DROP TABLE IF EXISTS "odd"')
        self.execute('CREATE TABLE "odd" ("k" varchar(20), "v" varchar(20), "n" int)')

    def execute(self, sql: str) -> None:
        self._served.server.admin.execute(sql)  # type: ignore[attr-defined]

    def fill(self, records: list[Record]) -> None:
        self.execute('DELETE FROM "odd"')
        if records:
            texts = [", ".join("NULL" if value is None else f"'{value}'" for value in record) for record in records]
            self.execute(f'INSERT INTO "odd" VALUES ({"), (".join(texts)})')

    def pages(self, window: Window = Window(), **changes: Any) -> list[Page]:  # noqa: B008
        given_stream = {name: getattr(STREAM, name) for name in STREAM.__dataclass_fields__}
        return list(self.connector.pages(OdbcStream(**{**given_stream, **changes}), window))


@pytest.fixture(params=["postgres", "mariadb", "sqlite"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    served = request.getfixturevalue(f"served_{request.param}")
    connector = served.connector(query_timeout_s=10)
    yield Table(served, connector)
    connector.close()


def delivered(pages: list[Page]) -> Counter[bytes]:
    return Counter(payload for page in pages for payload in page.payloads)


def encoded(records: list[Record]) -> Counter[bytes]:
    def text(value: str | None) -> str:
        return "null" if value is None else f'"{value}"'

    return Counter(f'{{"$row":"1","k":{text(k)},"n":"{n}","v":{text(v)}}}'.encode() for k, v, n in records)


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([("same", "2024", 1)] * 23, id="one row many times"),
        pytest.param([("same", "2024", n) for n in range(23)], id="one key and version"),
        pytest.param([(None, "2024", n) for n in range(23)], id="no key, one version"),
        pytest.param([("same", None, n) for n in range(23)], id="no version, one key"),
        pytest.param([(None, None, n) for n in range(23)], id="neither"),
        pytest.param([(k, "2024", n) for n in range(9) for k in "aAáÁ"], id="keys that a collation takes for equal"),
        pytest.param([(k, v, 0) for v in ("2023", None, "2024") for k in ("", "b", None)] * 4, id="all mixed"),
        pytest.param([], id="nothing"),
    ],
)
def test_every_row_comes_once(table: Table, records: list[Record]) -> None:
    table.fill(records)
    pages = table.pages()
    assert delivered(pages) == encoded(records)
    assert pages[-1].cursor == max((v for _, v, _ in records if v is not None), default=None)


@pytest.fixture(scope="module")
def anything() -> st.SearchStrategy[list[Record]]:
    return st.lists(
        st.tuples(st.sampled_from(["a", "A", "b", "", None]), st.sampled_from(["1", "2", None]), st.integers(0, 2)),
        max_size=40,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), size=st.integers(1, 7))
def test_every_row_comes_once_whatever_there_is(
    table: Table, anything: st.SearchStrategy[list[Record]], data: st.DataObject, size: int
) -> None:
    records = data.draw(anything)
    table.fill(records)
    assert delivered(table.pages(page_size=size)) == encoded(records)


def test_composite_keys_are_read_in_their_order_and_hashed(table: Table) -> None:
    table.fill([(f"k{n % 3}", "2024", n) for n in range(20)])
    pages = table.pages(key=("k", "n"), page_size=4)
    keys = [key for page in pages for key in page.keys]
    expected = [composite_key([f"k{n % 3}", str(n)]) for n in range(20)]
    assert (len(keys), set(keys)) == (20, set(expected))


def test_a_list_without_a_cursor_is_read_whole_by_key(table: Table) -> None:
    table.fill([(None if n == 7 else f"k{n:02}", None, n) for n in range(20)])
    pages = table.pages(Window("9999"), version=None)
    assert [key for page in pages for key in page.keys] == [f"k{n:02}" for n in range(20) if n != 7] + [""]
    assert pages[-1].cursor is None
    assert {version for page in pages for version in page.versions} == {""}


def test_a_list_without_key_and_cursor_is_read_too(table: Table) -> None:
    records: list[Record] = [("x", "y", n % 3) for n in range(20)]
    table.fill(records)
    assert delivered(table.pages(key=(), version=None)) == encoded(records)


def test_integer_cursors_sort_as_numbers(table: Table) -> None:
    table.fill([(f"k{n}", None, n) for n in (9, 10, 11, 100, 1000)])
    pages = table.pages(Window("10", "1000"), version="n", cursor_type="integer", page_size=2)
    assert [version for page in pages for version in page.versions] == ["10", "11", "100"]
    assert pages[-1].cursor == "100"


def test_the_count_is_announced_where_it_is_wanted(table: Table) -> None:
    table.fill([("a", "1", 0), ("b", "2", 0), ("c", None, 0), (None, "3", 0)])
    assert {page.announced for page in table.pages(Window("2"), count=True)} == {3}
    assert {page.announced for page in table.pages(Window("2"))} == {None}


def test_keys_come_without_payloads(table: Table) -> None:
    table.fill([("a", "1", 0), ("b", None, 0), (None, "2", 0), (None, None, 0)])
    pairs = [pair for page in table.connector.keys(STREAM) for pair in zip(page.keys, page.versions, strict=True)]
    assert sorted(pairs) == [("", ""), ("", "2"), ("a", "1"), ("b", "")]


def test_a_census_counts_by_group_and_day_and_sums_keys(table: Table) -> None:
    table.fill([("a", "2024-03-15 08:00", 1), ("b", "2024-03-15 09:00", 1), ("c", "2024-03-16", 1), (None, None, 2)])

    def weight(*keys: str) -> int:
        return sum(int.from_bytes(md5(key.encode()).digest()[:8]) for key in keys) % 2**64

    groups = {group.values: (group.count, group.checksum) for group in table.connector.census(STREAM, ["n", "v:day"])}
    assert groups == {
        ("1", "2024-03-15"): (2, weight("a", "b")),
        ("1", "2024-03-16"): (1, weight("c")),
        ("2", None): (1, weight("")),
    }
    counted = table.connector.census(STREAM, ["n", "v:day"], checksums=False)
    assert {group.values: (group.count, group.checksum) for group in counted} == {
        values: (count, 0) for values, (count, _) in groups.items()
    }
    assert [(group.values, group.count) for group in table.connector.census(STREAM, [], checksums=False)] == [((), 4)]


def test_columns_are_told_with_their_types(table: Table) -> None:
    columns = dict(table.connector.columns(STREAM))
    assert list(columns) == ["k", "v", "n"]
    assert columns["n"] in ("integer", "int")

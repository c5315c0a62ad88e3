"""The census of SQL systems behind their real drivers: the source counts, some days' keys follow, single keys come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.contract import KeyPage
from connectors.odbc import OdbcConnector
from hub.census import Census, take
from hub.census_ledger import Counted
from hub.mapping import Mapping
from hub.registry import load_mapping
from hub.settings import Settings
from hub.source import Source
from tests.census.conftest import Office
from tests.connectors.served_odbc import ServedOdbc

MAPPING = """
mapping: mot_bang
family: odbc
zone: Asia/Ho_Chi_Minh
values: {status: {"4": 4, "10": 10}}
formats: {time: ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d"]}
streams:
  dossier:
    record_type: dossier
    read:
      sql: select "k", "v", "so", "dv", "ngay", "tt" from "odd"
      cursor: text
      identity: text
    census: {agency: dv, day: ngay, status: tt}
    key: k
    version: v
    cursor_format: "%Y-%m-%dT%H:%M:%S"
    fields: {dossier_no: so, receiving_agency: dv, received_at: ngay, status: tt}
"""
Row = tuple[str, str, str, str, str, str]


def row(number: int, second: int = 0, status: str = "4") -> Row:
    day = f"2022-09-{1 + number % 5:02}"
    return (
        f"k{number:03}",
        f"2022-09-20T08:00:{second:02}",
        f"000.00.40.H56-220901-{number:04}",
        "H56.40",
        day,
        status,
    )


ROWS = [row(n, n) for n in range(40)]


class District(Office):
    """An office whose one source is a table in a real server."""

    served_table: ServedOdbc
    mapping: Mapping
    asked: list[tuple[str, Any]]

    def fill(self, rows: Sequence[Row]) -> None:
        admin: Any = self.served_table.server.admin  # type: ignore[attr-defined]
        admin.execute('DROP TABLE IF EXISTS "odd"')
        columns = ", ".join(f'"{name}" varchar(60)' for name in ("k", "v", "so", "dv", "ngay", "tt"))
        admin.execute(f'CREATE TABLE "odd" ({columns})')
        if rows:
            values = "), (".join(", ".join(f"'{value}'" for value in each) for each in rows)
            admin.execute(f'INSERT INTO "odd" VALUES ({values})')

    def source(self, name: str, streams: Sequence[str] = ("dossier",)) -> Source:
        return msgspec.structs.replace(super().source(name), family="odbc", mapping=self.mapping)

    def connector(self, source: Source, settings: Settings) -> OdbcConnector:
        return _Watched(self.served_table.source(query_timeout_s=20), self.asked)

    def counted(self) -> Counted:
        census = Census(self.landing(connect=self.connector), self.loading())
        (done,) = take(census, [self.source("huyen")])
        return done

    def pull(self, *names: str) -> None:
        self.served["huyen"] = self.served.get("huyen")  # type: ignore[assignment]
        self.land("huyen", connect=self.connector)
        assert self.load("huyen")["huyen"].error == ""


class _Watched(OdbcConnector):
    """A connector that remembers how many keys it was asked for."""

    def __init__(self, source: Any, asked: list[tuple[str, Any]]) -> None:
        super().__init__(source)
        self._asked = asked

    def keys(self, *arguments: Any, **named: Any) -> Iterator[KeyPage]:
        for page in super().keys(*arguments, **named):
            self._asked.append(("keys", len(page.keys)))
            yield page

    def named(self, stream: Any, keys: Sequence[str]) -> Iterator[Any]:
        self._asked.append(("named", list(keys)))
        yield from super().named(stream, keys)


@pytest.fixture(params=["postgres", "mariadb", "sqlite"])
def district(request: pytest.FixtureRequest, office: Office, tmp_path: Path) -> District:
    path = tmp_path / "mot_bang.yml"
    path.write_text(MAPPING, encoding="utf-8")
    made = District(office.warehouse, office.settings)
    made.served_table = request.getfixturevalue(f"served_{request.param}")
    made.mapping, made.asked = load_mapping(path), []
    made.fill(ROWS)
    made.pull()
    return made


def test_the_source_counts_what_agrees_and_no_key_travels_apart(district: District) -> None:
    done = district.counted()
    assert (done.outcome, done.source_count, done.hub_count) == ("agrees", 40, 40)
    assert district.asked == []


def test_lost_deleted_and_unseen_records_are_found_by_day_and_mended_by_key(district: District) -> None:
    with district.warehouse.begin() as connection:
        connection.execute("delete from std.dossier_record where source_key in ('k000', 'k007')")
    changed = row(13, 14, "10")  # changed behind the watermark: its status and version moved, no pull asked for it
    district.fill([*ROWS[:3], *ROWS[4:13], changed, *ROWS[14:]])
    done = district.counted()
    assert (done.outcome, done.missing, done.vanished, done.differing) == ("mended", 2, 1, 1)
    assert (done.remaining, done.buried) == (0, 1)
    assert district.live("huyen") == {each[0] for each in ROWS} - {"k003"}
    assert district.column("select status from std.dossier_record where source_key = 'k013'") == [10]
    assert district.asked == [
        ("keys", 23),  # of the three days that differ, one record of which is gone
        ("named", ["k003"]),  # asked for once more before it is believed to be gone
        ("named", ["k000", "k007", "k013"]),
    ]
    days = {found["day"] for found in district.rows("select day from ops.census_group")}
    assert days == {"2022-09-01", "2022-09-03", "2022-09-04"}
    district.asked.clear()
    assert district.counted().outcome == "agrees"


def test_an_empty_table_deletes_nothing_until_somebody_says_so(district: District) -> None:
    district.fill([])
    assert district.counted().outcome == "held"
    assert len(district.live("huyen")) == 40


def test_a_vanished_key_that_the_source_knows_after_all_stays(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(self: OdbcConnector, *arguments: Any, **named: Any) -> Iterator[KeyPage]:
        return iter([KeyPage(["elsewhere"], [""], [("", "", "")])])

    district.fill([*ROWS[1:], row(41, 41)])
    monkeypatch.setattr(_Watched, "keys", none)
    done = district.counted()
    assert done.vanished == 1 and district.live("huyen") == {each[0] for each in ROWS[1:]}

"""The raw limit: what any loader must at least do, written straight down, and nothing else.

Download (the next page while this one is worked on), decode, hash each record, flatten into three tables, COPY to
staging, upsert in one transaction. No raw copy, no meaning, no vault, no history, no accounting.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import psycopg
import requests

from bench.rest_data import record

SCALARS = [name for name, value in record(0).items() if not isinstance(value, list)]
FEE = ["MaPhiLePhi", "TenPhiLePhi", "HinhThucThu", "Gia", "LoaiPhiLePhi"]
SUPPLEMENT = list(record(1)["DanhSachHoSoBoSung"][0])  # type: ignore[index]
PAGE = 1000


def prepare(connection: psycopg.Connection[Any]) -> None:
    """The three target tables, empty."""
    connection.execute("drop schema if exists raw_limit cascade")
    connection.execute("create schema raw_limit")
    for name, columns, key in tables():
        body = ", ".join(f'"{column}" text' for column in columns)
        connection.execute(f"create table raw_limit.{name} ({body}, primary key ({key}))".encode())


def tables() -> list[tuple[str, list[str], str]]:
    """Name, columns, key of each table."""
    return [
        ("dossier", ["hash", *SCALARS], '"MaHoSo"'),
        ("fee", ["parent", "ordinal", *FEE], "parent, ordinal"),
        ("supplement", ["parent", "ordinal", *SUPPLEMENT], "parent, ordinal"),
    ]


def pages(url: str, since: str | None) -> Iterator[bytes]:
    """Bodies of all pages, one ahead."""
    session = requests.Session()

    def get(number: int) -> bytes:
        params = {"pageNumber": str(number), "pageSize": str(PAGE)} | ({"updatedFrom": since} if since else {})
        return session.get(f"{url}/api/v1/HoSo/DongBoHoSoMC", params=params, timeout=60).content

    with ThreadPoolExecutor(1) as ahead:
        number, following = 1, ahead.submit(get, 1)
        while len(body := following.result()) > 60:
            number += 1
            following = ahead.submit(get, number)
            yield body


class Envelope(msgspec.Struct):
    """The page's list, each record still as bytes, for its hash."""

    data: list[msgspec.Raw]


def load(connection: psycopg.Connection[Any], url: str, since: str | None = None) -> int:
    """Read everything since `since` into the three tables; gives the number of dossiers."""
    decode, envelope, count = msgspec.json.Decoder().decode, msgspec.json.Decoder(Envelope).decode, 0
    with connection.transaction():
        for name, _, _ in tables():
            connection.execute(f"create temp table s_{name} (like raw_limit.{name}) on commit drop".encode())
        for body in pages(url, since):
            rows: dict[str, list[Any]] = {"dossier": [], "fee": [], "supplement": []}
            for raw in envelope(body).data:
                item = decode(raw)
                key = item["MaHoSo"]
                rows["dossier"].append([hashlib.sha256(raw).hexdigest(), *[item.get(name) for name in SCALARS]])
                for n, fee in enumerate(item["DanhSachLePhi"]):
                    rows["fee"].append([key, n, *[fee.get(name) for name in FEE]])
                for n, supplement in enumerate(item["DanhSachHoSoBoSung"]):
                    rows["supplement"].append([key, n, *[supplement.get(name) for name in SUPPLEMENT]])
            count += len(rows["dossier"])
            for name, lines in rows.items():
                text = io.StringIO()
                csv.writer(text).writerows(lines)
                with connection.cursor().copy(f"copy s_{name} from stdin (format csv)".encode()) as copy:
                    copy.write(text.getvalue())
        for name in ("fee", "supplement"):
            connection.execute(f'delete from raw_limit.{name} using s_dossier s where parent = s."MaHoSo"'.encode())
        for name, columns, key in tables():
            sets = ", ".join(f'"{column}" = excluded."{column}"' for column in columns)
            connection.execute(
                f"insert into raw_limit.{name} select * from s_{name} on conflict ({key}) do update set {sets}".encode()
            )
    return count

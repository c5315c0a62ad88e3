"""Sources that list their keys apart, over real HTTP."""

from __future__ import annotations

import msgspec

from connectors.rest import RestConnector
from connectors.rest_source import RestSource
from hub.census import Census, take
from hub.mapping import Census as Declared
from hub.mapping import Paging, Read
from hub.settings import Settings
from hub.source import Source
from tests.census.conftest import Office
from tests.connectors.http_host import Ask, Host, Reply
from tests.landing.memory import record
from tests.standardise.chunk import mapping

ROWS = [msgspec.json.decode(record(n, at=n).payload) for n in range(30)]


def test_a_list_of_keys_is_enough(office: Office) -> None:
    held, asked = list(ROWS), []

    def answer(ask: Ask) -> Reply:
        asked.append(ask.path)
        if ask.path == "/keys":
            keys = [{"ma": row["MaHoSo"], "luc": row["NgayCapNhat"], **row} for row in held]
            keys = [{name: key[name] for name in ("ma", "luc", "NgayTiepNhan", "TrangThaiHoSo")} for key in keys]
            return Reply({"items": keys})
        rows = [row for row in held if row["NgayCapNhat"] >= ask.query.get("updatedFrom", "")]
        first = (int(ask.query["pageNumber"]) - 1) * 10
        return Reply({"data": rows[first : first + 10], "totalCount": len(rows)})

    host = Host(answer)
    plain = mapping()
    keys = Read(path="/keys", records="items", paging=Paging(kind="none"))
    declared = Declared(day="NgayTiepNhan", status="TrangThaiHoSo", listing=keys, key=["ma"], version="luc")
    stream = msgspec.structs.replace(plain.streams["dossier"], census=declared)
    office.mappings["a"] = msgspec.structs.replace(plain, streams={"dossier": stream})

    def connector(source: Source, settings: Settings) -> RestConnector:
        return RestConnector(RestSource(source.source_id, host.url))

    try:
        office.served["a"] = None  # type: ignore[assignment]
        office.land("a", connect=connector)
        office.load("a")
        office.forget("a", record(5, at=5))
        del held[9]
        asked.clear()
        (done,) = take(Census(office.landing(connect=connector), office.loading()), [office.source("a")])
        assert (done.outcome, done.source_count, done.missing, done.vanished) == ("mended", 29, 1, 1)
        assert asked[0] == "/keys" and asked.count("/keys") == 1
        assert office.live("a") == {row["MaHoSo"] for row in held}
    finally:
        host.close()

"""Messages that say that a record is gone: std keeps the last image, in whatever order messages and records come."""

from __future__ import annotations

from itertools import permutations

import msgspec
import pytest

from hub.mapping import Tombstone
from tests.census.conftest import Office
from tests.landing.memory import Record, record
from tests.standardise.chunk import mapping

IMAGE, OLDER, OTHER = record(1, at=5), record(1, at=2, GhiChu="trước"), record(2, at=1)


def gone(at: int) -> Record:
    """A message that holds the key, the version and the operation, nothing else."""
    payload = {"MaHoSo": IMAGE.key, "NgayCapNhat": f"202209060000{at:02}", "TrangThaiHoSo": "XOA"}
    return Record(IMAGE.key, payload["NgayCapNhat"], msgspec.json.encode(payload))


@pytest.fixture
def told(office: Office) -> Office:
    """An office whose source sends such messages; one record of it has come."""
    plain = mapping()
    stream = msgspec.structs.replace(plain.streams["dossier"], tombstone=Tombstone("TrangThaiHoSo", ["XOA"]))
    office.mappings["a"] = msgspec.structs.replace(plain, streams={**plain.streams, "dossier": stream})
    office.serve("a", OTHER)
    office.pull()
    return office


@pytest.mark.parametrize("order", list(permutations([IMAGE, OLDER, gone(9)])), ids=str)
@pytest.mark.parametrize("together", [True, False], ids=["at once", "one by one"])
def test_the_last_image_stays_whatever_comes_first(told: Office, order: tuple[Record, ...], together: bool) -> None:
    for records in [order] if together else [(row,) for row in order]:
        told.serve("a", OTHER, *records)
        told.land(since="0")
        done = told.load()["a"]
        assert (done.error, done.quarantined) == ("", 0)
    rows = told.rows(
        "select version, is_deleted, deletion, status from std.dossier_record where source_key = %s", IMAGE.key
    )
    assert rows == [{"version": IMAGE.version, "is_deleted": True, "deletion": "message", "status": 4}]
    assert told.live("a") == {OTHER.key}


def test_a_later_version_brings_the_record_back(told: Office) -> None:
    told.serve("a", OTHER, IMAGE, gone(9))
    told.pull()
    told.reconcile()
    assert told.column("select dossier_no from core.dossier where is_deleted") == [IMAGE.key]
    told.serve("a", OTHER, record(1, at=11))
    told.pull()
    told.reconcile()
    assert told.live("a") == {OTHER.key, IMAGE.key}
    assert told.column("select count(*) from core.dossier where is_deleted") == [0]


def test_the_same_message_is_stored_once_and_the_census_knows_it(told: Office) -> None:
    told.serve("a", OTHER, IMAGE, gone(9))
    told.pull()
    assert told.land(since="0")["a"].stored <= 1  # the image itself, which std does not hold as the source last said it
    told.load()
    told.serve("a", OTHER, gone(9))
    assert told.land(since="0")["a"].stored == 0
    assert told.census()["a"].outcome == "agrees"

"""What landing counts and stores: every record once, nothing unchanged again, watermarks only where they may."""

from __future__ import annotations

import random

import msgspec
import pytest

from connectors.contract import Window
from connectors.errors import Incomplete
from hub import ledger
from tests.landing.memory import Hall, Record, balanced, record
from tests.standardise.chunk import mapping


def counts(pull: ledger.Pull) -> tuple[int, int, int, int]:
    assert balanced(pull)
    return pull.fetched, pull.stored, pull.unchanged, len(pull.refused)


def test_every_record_is_stored_with_its_place(hall: Hall) -> None:
    given = [record(n, at=n) for n in range(25)]
    hall.serve("a", *given)
    assert counts(hall.land()["a"]) == (25, 25, 0, 0)
    (batch,) = hall.rows("select * from ops.batch")
    found = list(hall.store.read(batch["raw_file"], batch["first_row"], batch["row_count"]))
    assert [name for frame in found for name in frame["payload"].to_list()] == [row.payload for row in given]
    (pull,) = hall.rows("select * from ops.pull")
    assert (pull["outcome"], pull["pages"], pull["announced"]) == ("ok", 3, 25)
    assert pull["bytes"] == sum(len(row.payload) for row in given)
    assert hall.watermarks() == {"a": given[-1].version}


def test_unchanged_records_are_counted_and_not_stored_again(hall: Hall) -> None:
    given = [record(n) for n in range(15)]
    hall.serve("a", *given)
    hall.land()
    hall.load()
    files = hall.files()
    assert counts(hall.land()["a"]) == (15, 0, 15, 0)
    hall.serve("a", *given[:-1], record(14, GhiChu="khác"), record(15))
    assert counts(hall.land()["a"]) == (16, 2, 14, 0)
    assert len(hall.files() - files) == 1


def test_a_record_that_is_in_quarantine_is_not_stored_again_either(hall: Hall) -> None:
    hall.serve("a", record(1, TrangThaiHoSo="77"))
    hall.land()
    hall.load()
    assert counts(hall.land()["a"]) == (1, 0, 1, 0)


def test_there_and_back_is_two_changes(hall: Hall) -> None:
    here, there = record(1), record(1, GhiChu="đã sửa")
    for given in (here, there, here):
        hall.serve("a", given)
        assert counts(hall.land()["a"]) == (1, 1, 0, 0)
        hall.load()
    (left,) = hall.rows("select batch_id from std.dossier_record")
    assert left["batch_id"] == max(hall.column("select batch_id from ops.batch"))


def test_volatile_fields_are_no_change(hall: Hall) -> None:
    stream = mapping().streams["dossier"]
    calm = msgspec.structs.replace(stream, volatile=["ThongTinTra"])
    hall.mappings["a"] = msgspec.structs.replace(mapping(), streams={"dossier": calm})
    hall.serve("a", record(1, ThongTinTra="lúc 8 giờ"), Record("x", "20220906000000", b"[1]"))
    hall.land()
    hall.load()
    hall.serve("a", record(1, ThongTinTra="lúc 9 giờ"), Record("x", "20220906000000", b"[1]"))
    assert counts(hall.land()["a"]) == (2, 0, 2, 0)
    hall.serve("a", record(1, ThongTinTra="lúc 9 giờ", GhiChu="mới"), Record("x", "20220906000000", b"[2]"))
    assert counts(hall.land()["a"]) == (2, 2, 0, 0)


def test_nothing_is_called_unchanged_while_std_has_not_read_everything(hall: Hall) -> None:
    here, there = record(1), record(1, GhiChu="đã sửa")
    hall.serve("a", here)
    hall.land()
    hall.load()
    hall.serve("a", there)
    hall.land()  # pending: std still holds what stood here before
    hall.serve("a", here)
    assert counts(hall.land()["a"]) == (1, 1, 0, 0)
    hall.load()
    assert hall.column("select max(batch_id) = (select max(batch_id) from ops.batch) from std.dossier_record") == [True]


def test_an_empty_answer_moves_nothing_and_is_a_pull(hall: Hall) -> None:
    hall.serve("a", record(1))
    hall.land()
    before = hall.rows("select * from ops.watermark")
    hall.serve("a")
    assert counts(hall.land()["a"]) == (0, 0, 0, 0)
    assert hall.rows("select * from ops.watermark") == before
    assert hall.column("select outcome from ops.pull order by pull_id") == ["ok", "ok"]
    assert len(hall.files()) == 1


def test_the_next_pull_begins_at_the_watermark(hall: Hall) -> None:
    served = hall.serve("a", *(record(n, at=n) for n in range(5)))
    hall.land()
    hall.land()
    assert served.asked == [Window(), Window(record(4, at=4).version)]


def test_an_incomplete_pull_keeps_its_records_and_moves_nothing(hall: Hall) -> None:
    served = hall.serve("a", *(record(n) for n in range(25)))
    served.error, served.after = Incomplete("25 of 30 announced records came"), 3
    pull = hall.land()["a"]
    assert (pull.outcome, pull.error_code, counts(pull)) == ("incomplete", "Incomplete", (25, 25, 0, 0))
    assert hall.watermarks() == {}
    assert hall.load()["a"].new == 25


def test_a_window_by_hand_moves_nothing(hall: Hall) -> None:
    served = hall.serve("a", *(record(n, at=n) for n in range(10)))
    hall.land()
    before = hall.watermarks()
    low, high = record(2, at=2).version, record(5, at=5).version
    assert hall.land(since=low, until=high)["a"].fetched == 3
    assert hall.land(since=low)["a"].fetched == 8
    assert hall.land(until=high)["a"].fetched == 0
    assert served.asked[1:] == [Window(low, high), Window(low), Window(before["a"], high)]
    assert hall.watermarks() == before


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("20220930235959", "20220930235959"),
        ("20221001060900", "20221001060900"),  # a clock nine minutes ahead
        ("20991231000000", "20221001060"),  # a mistyped year must not hide all that is to come
        ("ba giờ chiều", "ba giờ chiều"),
    ],
)
def test_a_watermark_does_not_run_ahead_of_the_clock(hall: Hall, told: str, kept: str) -> None:
    hall.serve("a", record(1)).cursor = told
    hall.land()
    assert hall.watermarks()["a"].startswith(kept)


def test_a_broken_envelope_is_counted_quarantined_and_read_again(hall: Hall) -> None:
    served = hall.serve("a", *(record(n) for n in range(12)))
    served.refused = ("Trang 2, byte 4.711: không đọc được",)
    pull = hall.land()["a"]
    assert (pull.outcome, pull.error_code, counts(pull)) == ("incomplete", "BrokenEnvelope", (13, 12, 0, 1))
    assert hall.watermarks() == {}
    (row,) = hall.rows("select * from ops.quarantine")
    assert (row["stage"], row["reason_code"], row["sentence"]) == ("raw", "BROKEN_ENVELOPE", served.refused[0])
    assert row["pull_id"] == hall.column("select pull_id from ops.pull")[0]
    served.refused = ()
    hall.land(since="20220906")
    assert hall.column("select resolution from ops.quarantine") == [None]
    hall.land()
    assert hall.column("select resolution from ops.quarantine") == ["superseded"]


def test_forty_small_sources_share_one_file(hall: Hall) -> None:
    for n in range(40):
        hall.serve(f"commune-{n:02}", *(record(m, at=n, GhiChu=f"của xã {n}") for m in range(n % 4 + 1)))
    pulls = hall.land(workers=1)
    assert len(pulls) == 40 and all(map(balanced, pulls.values()))
    assert len(hall.files()) == 1
    for batch in hall.rows("select * from ops.batch"):
        (frame,) = hall.store.read(batch["raw_file"], batch["first_row"], batch["row_count"])
        assert frame["source_id"].unique().to_list() == [batch["source_id"]]
        assert frame.height == len(hall.served[batch["source_id"]].streams["dossier"])
    assert {item.new for item in hall.load().values()} == {1, 2, 3, 4}


def test_a_flush_in_the_middle_of_a_source_gives_two_ranges(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.landing.FLUSH_BYTES", 8_000)
    hall.serve("a", *(record(n, at=n) for n in range(40)))
    hall.serve("b", *(record(n, at=n, GhiChu="b") for n in range(3)))
    assert counts(hall.land(workers=1)["a"]) == (40, 40, 0, 0)
    assert len(hall.rows("select * from ops.batch where source_id = 'a'")) > 1
    assert sum(hall.column("select row_count from ops.batch")) == 43
    assert {name: item.new for name, item in hall.load().items()} == {"a": 40, "b": 3}


def test_streams_have_counts_and_watermarks_of_their_own(hall: Hall) -> None:
    step = msgspec.json.encode({"MaHoSo": "H1", "ThoiDiemXuLy": "20220905090000", "TrangThai": "4"})
    hall.serve("a", record(1))
    hall.serve("a", *(Record(f"s{n}", f"2022090700000{n}", step) for n in range(3)), stream="step")
    pulls = hall.land(streams=("dossier", "step"))
    assert {name: pull.stored for name, pull in pulls.items()} == {"a/dossier": 1, "a/step": 3}
    found = hall.rows("select stream, cursor from ops.watermark order by stream")
    assert [(row["stream"], row["cursor"]) for row in found] == [
        ("dossier", record(1).version),
        ("step", "20220907000002"),
    ]
    assert len(hall.files()) == 1


def test_any_split_into_pages_stores_the_same_file(hall: Hall) -> None:
    given = [record(n, at=n) for n in range(30)]
    for size in (1, 7, 30):
        random.Random(size).shuffle(given)
        hall.serve("a", *given).page_size = size
        hall.land(since="20220906")
    assert len(hall.files()) == 1
    done = hall.load()["a"]
    assert (done.batches, done.new, done.unchanged) == (3, 30, 60)

"""Raw files: addresses, ranges, damage, and a file that another order has left behind."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from hub import rawstore
from hub.errors import HubError
from hub.rawstore import RawStore, RawWriter, Records
from tests.landing.disk import small_disk


def records(*numbers: int, size: int = 20, prefix: str = "k") -> Records:
    payloads = [random.Random(n).randbytes(size).hex().encode() for n in numbers]
    hashes = [hashlib.sha256(payload).digest() for payload in payloads]
    return Records([f"{prefix}{n}" for n in numbers], [str(n) for n in numbers], hashes, payloads)


def written(store: RawStore, *parts: tuple[str, str, Records]) -> tuple[str, list[tuple[str, str, int, int]]]:
    writer = RawWriter(store)
    for part in parts:
        writer.add(*part)
    return writer.close(), writer.ranges


def read(store: RawStore, name: str, first: int, count: int, chunk: int = 50_000) -> pl.DataFrame:
    return pl.concat(store.read(name, first, count, chunk))


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    return RawStore(str(tmp_path / "raw"))


def test_the_same_content_has_one_address_whatever_its_order(store: RawStore, tmp_path: Path) -> None:
    first, _ = written(store, ("a", "dossier", records(1, 2, 3)), ("b", "step", records(4)))
    again, _ = written(store, ("a", "dossier", records(1, 2, 3)), ("b", "step", records(4)))
    turned, _ = written(store, ("b", "step", records(4)), ("a", "dossier", records(3, 2, 1)))
    elsewhere, _ = written(
        RawStore(str(tmp_path / "other")), ("a", "dossier", records(2, 3, 1)), ("b", "step", records(4))
    )
    assert first == again == turned == elsewhere
    assert store.names() == {first}


@pytest.mark.parametrize(
    "other",
    [
        ("b", "dossier", records(1, 2)),
        ("a", "step", records(1, 2)),
        ("a", "dossier", records(1, 3)),
        ("a", "dossier", records(1, 2, prefix="q")),
        ("a", "dossier", records(1)),
    ],
)
def test_other_content_has_another_address(store: RawStore, other: tuple[str, str, Records]) -> None:
    assert written(store, ("a", "dossier", records(1, 2)))[0] != written(store, other)[0]


def test_ranges_fit_the_file_that_an_earlier_run_left_in_another_order(store: RawStore) -> None:
    parts = [("a", "dossier", records(1, 2, 3)), ("b", "dossier", records(4, 5)), ("a", "step", records(6))]
    written(store, *parts)
    name, ranges = written(store, *reversed(parts))
    for source_id, stream, first, count in ranges:
        found = read(store, name, first, count)
        assert found.select("source_id", "stream").unique().rows() == [(source_id, stream)]
    assert {(source_id, stream): count for source_id, stream, _, count in ranges} == {
        ("a", "dossier"): 3,
        ("b", "dossier"): 2,
        ("a", "step"): 1,
    }


def test_a_file_is_whole_and_on_disk_before_it_has_its_name(store: RawStore, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    move = rawstore.LocalFileSystem.mv

    def spy(self: object, part: str, path: str) -> None:
        seen.append(pq.ParquetFile(part).metadata.num_rows)
        move(self, part, path)

    monkeypatch.setattr(rawstore.LocalFileSystem, "mv", spy)
    written(store, ("a", "dossier", records(1, 2)))
    assert seen == [2]


def test_small_sources_share_a_file_and_each_is_read_alone(store: RawStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rawstore, "GROUP_BYTES", 300)  # several row groups, and ranges that cross their borders
    parts = [(f"commune-{n}", "dossier", records(*range(n * 10, n * 10 + n % 4 + 1))) for n in range(40)]
    name, ranges = written(store, *parts)
    assert pq.ParquetFile(Path(store.url) / name).num_row_groups > 5
    assert [(r[0], r[1], r[3]) for r in ranges] == [(p[0], p[1], len(p[2].keys)) for p in parts]
    for (_, _, first, count), (source_id, _, given) in zip(ranges, parts, strict=True):
        found = read(store, name, first, count)
        assert found["source_id"].unique().to_list() == [source_id]
        assert found["raw_row"].to_list() == list(range(count))
        columns = (found[column].to_list() for column in ("source_key", "version", "payload_hash", "payload"))
        assert Records(*columns) == given


@pytest.mark.parametrize("chunk", [1, 2, 7, 100])
def test_chunks_are_bounded_and_lose_nothing(store: RawStore, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(rawstore, "GROUP_BYTES", 200)  # a group of five records
    writer = RawWriter(store)
    for n in range(23):
        writer.add("a", "dossier", records(n))
    name = writer.close()
    frames = list(store.read(name, 3, 17, chunk))
    assert all(0 < frame.height <= chunk for frame in frames)
    assert pl.concat(frames)["source_key"].to_list() == [f"k{n}" for n in range(3, 20)]
    assert pl.concat(frames)["raw_row"].to_list() == list(range(17))


def damaged(path: Path, how: str) -> None:
    whole = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "footer":
        path.write_bytes(whole[:-20] + b"\xff" * 20)
    else:
        middle = len(whole) // 3
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])


@pytest.mark.parametrize("how", ["missing", "empty", "truncated", "footer", "one bit"])
def test_damage_is_noticed_and_healed_by_the_same_content(store: RawStore, how: str) -> None:
    given = records(*range(50), size=200)
    name, _ = written(store, ("a", "dossier", given))
    damaged(Path(store.url) / name, how)
    with pytest.raises(HubError, match="cannot be read") as told:
        read(store, name, 0, 50)
    assert name in str(told.value) and "restore this file" in told.value.hint
    assert written(store, ("a", "dossier", given))[0] == name
    assert read(store, name, 0, 50)["payload"].to_list() == given.payloads


def test_a_range_beyond_the_end_is_damage(store: RawStore) -> None:
    name, _ = written(store, ("a", "dossier", records(1, 2)))
    with pytest.raises(HubError, match="restore this file"):
        read(store, name, 1, 2)


@pytest.mark.parametrize("group", [10_000, rawstore.GROUP_BYTES])
def test_a_full_store_is_an_error_and_leaves_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    monkeypatch.setattr(rawstore, "GROUP_BYTES", group)
    with small_disk(tmp_path / "disk") as make_room:
        store = RawStore(str(tmp_path / "disk" / "raw"))
        with pytest.raises(HubError, match="cannot be written") as told:
            written(store, *(("a", "dossier", records(n, size=200_000)) for n in range(12)))
        assert "free disk space" in told.value.hint
        assert store.names() == set()
        make_room()
        name, _ = written(store, ("a", "dossier", records(1, size=800_000)))
        assert store.names() == {name}


def test_a_store_that_cannot_be_entered_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("a file where a folder should be")
    with pytest.raises(HubError, match="cannot be written"):
        written(RawStore(str(tmp_path / "raw")), ("a", "dossier", records(1)))


def test_the_login_in_an_address_is_not_shown() -> None:
    store = RawStore("sftp://hub:a%20secret@files.example.vn/raw")
    assert store.shown == "sftp://files.example.vn/raw"
    assert "secret" not in repr(store)


def test_unfinished_parts_are_listed_and_removed(store: RawStore) -> None:
    name, _ = written(store, ("a", "dossier", records(1)))
    killed = RawWriter(store)
    killed.add("a", "dossier", records(2))
    killed._write_group()
    (part,) = store.names() - {name}
    assert part.startswith("part/")
    killed.close()
    left = store.names() - {name}
    store.remove(left)
    assert store.names() == {name}


def test_an_absent_store_holds_nothing(store: RawStore) -> None:
    assert store.names() == set()

"""The drop folder: settled files, repeats, corrections, what vanishes or must not be read, and putting away."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.contract import Window
from connectors.errors import OverBudget, Refused, SourceError, Unreachable
from connectors.files import FilesConnector
from connectors.files_source import FilesSource, FilesStream
from connectors.rest_source import Clock
from tests.connectors.drop_folder import DOSSIERS, WHOLE, Drop
from tests.connectors.faulty_folder import relent, silence, strike
from tests.connectors.package_writer import Parcel, dossier


def parcel(*numbers: str, id: str = "1", sent_at: str = "20240319173000", name: str = "Ánh") -> Parcel:
    return Parcel([dossier(number, ChuHoSo=name) for number in numbers], id=id, sent_at=sent_at)


@pytest.fixture
def drop(tmp_path) -> Drop:
    return Drop(tmp_path)


# Settled or not


@pytest.mark.parametrize(
    ("age_s", "marker", "taken"),
    [(61, "", True), (50, "", False), (1, "a.xml.done", True), (1, "a.xml.ok", True), (1, "b.xml.done", False)],
)
def test_a_file_counts_when_it_is_old_or_marked(drop, age_s, marker, taken):
    drop.put("a.xml", parcel("h-1"), age_s)
    if marker:
        (drop.path / marker).touch()
    assert drop.pull().keys == (["h-1"] if taken else [])
    if taken:
        assert drop.names() == []
        assert drop.names("archive") == sorted(filter(None, ["a.xml", marker]))


def test_a_file_from_a_clock_that_is_fast_waits_and_one_from_the_far_future_does_not(drop):
    drop.put("fast.xml", parcel("fast"), age_s=-300)
    drop.put("mad.xml", parcel("mad", id="2"), age_s=-10 * 365 * 86_400)
    assert drop.pull().keys == ["mad"]


def test_what_is_no_file_of_the_sender_is_left_alone(drop):
    for name in (".a.xml", "~$a.xml", "a.xml.part", "a.txt"):
        drop.put(name, parcel("h-1"))
    (drop.path / "sub.xml").mkdir()
    assert drop.pull().outcomes == {}
    drop.put("A.XML", parcel("h-2"))
    assert drop.pull().keys == ["h-2"]


def test_a_link_is_refused_and_not_followed(drop, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.xml"
    secret.write_bytes(parcel("h-1").document())
    os.utime(secret, (1, 1))
    (drop.path / "a.xml").symlink_to(secret)
    pulled = drop.pull(settle_s=0)
    assert (pulled.keys, pulled.outcomes) == ([], {"a.xml": "LINK"})
    assert secret.exists()


def test_a_file_that_is_written_to_while_it_is_read_waits(drop):
    file = drop.put("a.xml", parcel("h-1"))

    def write(path: str) -> None:
        os.utime(path)

    url = strike(str(drop.path), write)
    assert drop.pull(url=url).outcomes == {}
    relent(str(drop.path))
    os.utime(file, (1, 1))
    assert drop.pull().keys == ["h-1"]


# Order, repeats, corrections


def test_files_come_by_manifest_time_then_name_in_pages_over_their_edges(drop):
    drop.put("a.xml", parcel("3", id="a", sent_at="20240303000000"))
    drop.put("b.xml", parcel("1a", "1b", id="b", sent_at="20240301000000"))
    drop.put("c.xml", parcel("2", id="c", sent_at="20240301000000"))
    drop.stream = replace(DOSSIERS, page_size=3)
    pulled = drop.pull()
    assert [page.keys for page in pulled.pages] == [["1a", "1b", "2"], ["3"]]
    assert pulled.versions == ["20240301000000"] * 3 + ["20240303000000"]
    assert pulled.cursor == "20240303000000"


def test_the_same_file_again_is_only_archived(drop):
    drop.put("a.xml", parcel("h-1"))
    drop.put("b.xml", parcel("h-1"))
    pulled = drop.pull()
    assert pulled.keys == ["h-1"]
    assert pulled.outcomes == {"a.xml": "taken", "b.xml": "known"}
    drop.put("a.xml", parcel("h-1"))
    pulled = drop.pull()
    assert (pulled.keys, pulled.outcomes, pulled.refused) == ([], {"a.xml": "known"}, [])
    assert drop.names() == []
    assert len(drop.names("archive")) == 3


def test_a_correction_is_a_newer_version(drop):
    drop.put("a.xml", parcel("h-1"))
    drop.put("a2.xml", parcel("h-1", id="2", sent_at="20240320080000", name="Anh"))
    pulled = drop.pull()
    assert pulled.keys == ["h-1", "h-1"]
    assert pulled.versions == ["20240319173000", "20240320080000"]
    assert [found["ChuHoSo"] for found in pulled.records] == ["Ánh", "Anh"]


@pytest.mark.parametrize("together", [True, False])
def test_a_package_id_with_other_content_is_rejected(drop, together):
    drop.put("a.xml", parcel("h-1"))
    if not together:
        drop.pull()
    drop.put("b.xml", parcel("h-2"))
    pulled = drop.pull()
    assert pulled.outcomes.get("b.xml") == "PACKAGE_KNOWN"
    assert "h-2" not in pulled.keys


def test_a_window_that_is_given_is_compared_with_manifest_times(drop):
    for day in ("01", "02", "03"):
        drop.put(f"{day}.xml", parcel(day, id=day, sent_at=f"202403{day}000000"))
    assert drop.pull(Window("20240302000000", "20240303000000")).keys == ["02"]
    assert drop.names() == ["01.xml", "03.xml"]
    assert drop.pull().keys == ["01", "03"]


# Before and after the commit


def test_nothing_moves_before_the_commit(drop):
    drop.put("a.xml", parcel("h-1"))
    assert drop.pull(settle=False).keys == ["h-1"]
    assert drop.names() == ["a.xml"]
    assert drop.pull().keys == ["h-1"]
    assert drop.names() == []


def test_a_commit_that_failed_moves_nothing(drop):
    drop.put("a.xml", parcel("h-1"))
    drop.put("b.xml", b"broken")
    connector = FilesConnector(drop.source)
    assert len(list(connector.pages(drop.stream, WHOLE))) == 1
    connector.settle(False)
    connector.close()
    assert drop.names() == ["a.xml", "b.xml"]


def test_files_that_the_consumer_did_not_come_to_stay(drop):
    for number in range(4):
        drop.put(f"{number}.xml", parcel(f"h-{number}", id=str(number)))
    drop.stream = replace(DOSSIERS, page_size=1)
    connector = FilesConnector(drop.source)
    pages = connector.pages(drop.stream, WHOLE)
    assert [next(pages).keys for _ in range(3)] == [["h-0"], ["h-1"], ["h-2"]]
    pages.close()
    assert [original.name for original in connector.originals()] == ["0.xml", "1.xml"]
    connector.settle(True)
    connector.close()
    assert drop.names() == ["2.xml", "3.xml"]


def test_a_file_waits_for_every_stream_that_listed_it(drop):
    drop.put("a.xml", parcel("h-1"))
    connector = FilesConnector(drop.source)
    for name in ("dossiers", "again"):
        stream = replace(drop.stream, name=name)
        assert [page.keys for page in connector.pages(stream, WHOLE)] == [["h-1"]]
    pages = connector.pages(replace(drop.stream, name="third"), WHOLE)
    next(pages)
    pages.close()
    assert connector.originals() == []
    connector.close()


def test_a_file_that_was_replaced_meanwhile_is_not_put_away(drop):
    drop.put("a.xml", parcel("h-1"))
    drop.pull(during=lambda page: drop.put("a.xml", parcel("h-2", "h-3", id="2"), age_s=120))
    assert drop.names() == ["a.xml"]
    assert drop.pull().keys == ["h-2", "h-3"]


def test_archived_files_of_one_name_do_not_overwrite_each_other(drop):
    for number in range(3):
        drop.put("a.xml", parcel(f"h-{number}", id=str(number)))
        drop.pull()
    assert len(drop.names("archive")) == 3


@pytest.mark.parametrize(("archive", "where"), [("../done", "../done"), ("", "")])
def test_where_files_are_put_away_is_the_source_s_choice(tmp_path, archive, where):
    folder = tmp_path / "in"
    folder.mkdir()
    drop = Drop(folder, archive=archive)
    drop.put("a.xml", parcel("h-1"))
    drop.pull()
    assert drop.names(where) == ["a.xml"]
    assert drop.pull().keys == []


def test_originals_are_the_bytes_that_came(drop):
    content = parcel("h-1").document()
    drop.put("a.xml", content)
    drop.put("b.xml", b"broken")
    connector = FilesConnector(drop.source)
    list(connector.pages(drop.stream, WHOLE))
    good, bad = sorted(connector.originals(), key=lambda original: original.name)
    assert (good.read(), good.size, good.version, good.outcome) == (content, len(content), "20240319173000", "taken")
    assert [package.id for package in good.packages] == ["1"]
    assert (bad.read(), bad.outcome, bad.code) == (b"broken", "rejected", "NOT_WELL_FORMED")
    connector.close()
    with pytest.raises(ValueError, match="closed"):
        good.read()


# Failures


@pytest.fixture
def struck(drop) -> Iterator[Drop]:
    for number in range(3):
        drop.put(f"{number}.xml", parcel(f"h-{number}", id=str(number)))
    yield drop
    relent(str(drop.path))


def test_a_file_that_vanishes_while_it_is_read_stops_nobody(struck):
    def vanish(path: str) -> None:
        if path.endswith("1.xml"):
            os.unlink(path)

    pulled = struck.pull(url=strike(str(struck.path), vanish))
    assert (pulled.error, pulled.keys, pulled.refused) == (None, ["h-0", "h-2"], [])


def test_a_file_that_must_not_be_read_is_told_and_stops_nobody(struck):
    def forbid(path: str) -> None:
        if path.endswith("1.xml"):
            raise PermissionError(13, "Permission denied")

    pulled = struck.pull(url=strike(str(struck.path), forbid))
    assert (pulled.error, pulled.keys, pulled.cursor) == (None, ["h-0", "h-2"], None)
    assert pulled.refused == ["1.xml: 1.xml must not be read (PermissionError) — let the hub's account read it"]
    assert struck.names() == ["1.xml"]


def test_a_silent_folder_ends_the_pull_in_time(struck):
    over = threading.Event()
    url = strike(str(struck.path), lambda path: silence(over) if path.endswith("1.xml") else None)
    pulled = struck.pull(url=url, timeout_s=0.1, clock=Clock(sleep=lambda seconds: None))
    over.set()
    assert isinstance(pulled.error, Unreachable)
    assert pulled.keys == ["h-0"]
    assert struck.names() == ["1.xml", "2.xml"]


def test_a_file_that_grows_over_the_limit_is_not_read_to_its_end(struck):
    (struck.path / "1.xml").write_bytes(b"<" * 5000)
    os.utime(struck.path / "1.xml", (1, 1))
    pulled = struck.pull(max_file_bytes=4000)
    assert pulled.outcomes["1.xml"] == "TOO_LARGE"
    assert pulled.originals["1.xml"].read() == b""
    assert struck.names("reject") == ["1.xml", "1.xml.txt"]


def test_a_pull_over_its_time_keeps_what_it_read_and_goes_on_next_time(struck):
    now = [0.0]
    source = replace(struck.source, clock=Clock(monotonic=lambda: now[0]), budget_s=10)
    struck.source, struck.stream = source, replace(DOSSIERS, page_size=1)

    def slow(page: object) -> None:
        now[0] += 11

    pulled = struck.pull(during=slow)
    assert isinstance(pulled.error, OverBudget)
    assert (pulled.keys, pulled.cursor) == (["h-0", "h-1"], None)
    assert struck.pull().keys == ["h-2"]


def test_what_does_not_fit_into_one_pull_comes_with_the_next(struck):
    pulled = struck.pull(max_pull_bytes=1)
    assert isinstance(pulled.error, OverBudget)
    assert pulled.keys == ["h-0"]
    assert struck.pull().keys == ["h-1", "h-2"]


def test_what_cannot_be_moved_is_told_and_read_again(struck):
    (struck.path / "archive").write_text("a file where a folder should be")
    connector = FilesConnector(struck.source)
    list(connector.pages(struck.stream, WHOLE))
    told = connector.settle(True)
    connector.close()
    assert len(told) == 3
    assert all("cannot be moved to archive" in sentence for sentence in told)
    assert struck.names() == ["0.xml", "1.xml", "2.xml", "archive"]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("/nowhere/at/all", Unreachable),
        ("nothing-of-this-name:///x", Refused),
        ("sftp://127.0.0.1:9/x", Unreachable),
    ],
)
def test_a_folder_that_cannot_be_opened_says_what_to_do(url, error):
    source = FilesSource("commune-1", url, options={"password": "bí mật 1"}, clock=Clock(sleep=lambda seconds: None))
    connector = FilesConnector(source)
    with pytest.raises(error) as raised:
        list(connector.pages(FilesStream("dossiers"), WHOLE))
    assert isinstance(raised.value, SourceError)
    assert raised.value.hint
    assert "bí mật" not in repr(source) + str(raised.value)
    (check,) = connector.check()
    assert (check.ok, bool(check.hint)) == (False, True)
    connector.close()


@pytest.mark.parametrize("url", ["", "sftp://hub:secret@host/in"])
def test_a_url_without_a_folder_or_with_a_password_is_refused(url):
    with pytest.raises(ValueError, match="url must name a folder") as raised:
        FilesSource("commune-1", url)
    assert "secret" not in str(raised.value)


def test_a_check_tells_what_waits(drop):
    drop.put("a.xml", parcel("h-1"))
    drop.put("b.xml", parcel("h-2"), age_s=1)
    connector = FilesConnector(drop.source)
    checks = connector.check()
    connector.close()
    assert [check.ok for check in checks] == [True] * 4
    assert checks[1].detail == "1 files are ready, 1 are still being written"


def test_a_folder_in_memory_is_a_folder(drop):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/drop/a.xml", parcel("h-1").document())
    try:
        pulled = drop.pull(url="memory:///drop", settle_s=0)
        assert pulled.keys == ["h-1"]
        assert memory.ls("/drop/archive", detail=False) == ["/drop/archive/a.xml"]
    finally:
        memory.rm("/drop", recursive=True)

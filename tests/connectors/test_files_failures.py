"""What fails in a drop folder: files that vanish or must not be read, silence, limits, moves that do not succeed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace

import fsspec
import pytest

from connectors.errors import OverBudget, Refused, SourceError, Unreachable
from connectors.files import FilesConnector
from connectors.files_source import FilesSource, FilesStream
from connectors.rest_source import Clock
from tests.connectors.drop_folder import DOSSIERS, WHOLE, Drop
from tests.connectors.faulty_folder import relent, silence, strike
from tests.connectors.package_writer import parcel


@pytest.fixture
def drop(tmp_path) -> Drop:
    return Drop(tmp_path)


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


def test_a_file_in_place_of_the_folder_is_no_empty_folder(drop):
    pulled = drop.pull(url=str(drop.put("a.xml", parcel("h-1"))))
    assert isinstance(pulled.error, Refused)
    assert "NotADirectoryError" in pulled.error.message


def test_a_check_tells_what_waits(drop):
    drop.put("a.xml", parcel("h-1"))
    drop.put("b.xml", parcel("h-2"), age_s=1)
    connector = FilesConnector(drop.source)
    checks = connector.check()
    connector.close()
    assert [check.ok for check in checks] == [True] * 4
    assert checks[1].detail == "1 files are ready, 1 are still being written"


def test_a_folder_in_memory_is_a_folder(drop):
    memory = fsspec.filesystem("memory")
    memory.pipe("/drop/a.xml", parcel("h-1").document())
    try:
        pulled = drop.pull(url="memory:///drop", settle_s=0)
        assert pulled.keys == ["h-1"]
        assert memory.ls("/drop/archive", detail=False) == ["/drop/archive/a.xml"]
    finally:
        memory.rm("/drop", recursive=True)

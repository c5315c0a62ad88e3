"""The drop folder: settled files, repeats, corrections, what vanishes or must not be read, and putting away."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from connectors.contract import Window
from connectors.files import FilesConnector
from tests.connectors.drop_folder import DOSSIERS, WHOLE, Drop
from tests.connectors.faulty_folder import relent, strike
from tests.connectors.package_writer import parcel


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

"""Drop folders: every file that was ever delivered is known, and one that is not goes back to be read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from connectors.files import FilesConnector
from connectors.files_source import FilesSource
from hub.census import Census, offered_again, take
from hub.census_ledger import Counted
from hub.settings import Settings
from hub.source import Source
from tests.census.conftest import Office
from tests.connectors.package_writer import parcel
from tests.standardise.chunk import mapping


class Commune:
    """One drop folder and the hub that reads it."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder
        office.mappings["xa"] = mapping("goi_ho_so_xml")
        office.served["xa"] = None  # type: ignore[assignment]
        self.source = msgspec.structs.replace(office.source("xa"), family="files")
        (folder / "archive").mkdir(parents=True)

    def connector(self, source: Source, settings: Settings) -> FilesConnector:
        return FilesConnector(FilesSource("xa", self.folder.as_uri(), settle_s=0))

    def drop(self, name: str, number: int) -> None:
        content = parcel(f"000.00.12.H56-240319-{number:04}", id=f"G{number}").document()
        (self.folder / name).write_bytes(content)

    def pull(self) -> None:
        self.office.land("xa", connect=self.connector)

    def census(self, repair: bool = True) -> Counted:
        census = Census(self.office.landing(connect=self.connector), self.office.loading(), repair)
        (done,) = take(census, [self.source])
        return done


@pytest.fixture
def commune(office: Office, tmp_path: Path) -> Commune:
    made = Commune(office, tmp_path / "drop")
    made.drop("a.xml", 1)
    made.drop("b.xml", 2)
    made.pull()
    return made


def test_files_that_were_taken_are_known_and_new_ones_are_left_to_the_pull(commune: Commune) -> None:
    done = commune.census()
    assert (done.outcome, done.source_count, done.hub_count) == ("agrees", 2, 2)
    commune.drop("c.xml", 3)
    done = commune.census()
    assert (done.outcome, done.ahead, done.missing) == ("agrees", 1, 0)


def test_a_file_that_nobody_read_goes_back_and_is_read(commune: Commune) -> None:
    commune.drop("archive/lost.xml", 4)
    (commune.folder / "archive" / "again.xml").write_bytes((commune.folder / "archive" / "a.xml").read_bytes())
    assert commune.census(repair=False).outcome == "differs"
    done = commune.census()
    assert (done.outcome, done.missing) == ("mended", 1)  # the other is known by its content
    assert (commune.folder / "lost.xml").exists() and offered_again([done], commune.source)
    commune.pull()
    assert "lost.xml" in commune.office.column("select name from ops.file where outcome = 'taken'")
    assert commune.census().outcome == "agrees"


def test_a_cleared_archive_is_no_deletion(commune: Commune) -> None:
    for file in (commune.folder / "archive").iterdir():
        file.unlink()
    done = commune.census()
    assert (done.outcome, done.vanished) == ("agrees", 0)

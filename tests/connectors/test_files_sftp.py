"""A drop folder on a real SFTP server: read, put away, and every refusal of a login or of a host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.errors import Refused, Unreachable
from connectors.files import FilesConnector
from connectors.rest_source import Clock
from tests.connectors.drop_folder import DOSSIERS, WHOLE, Drop
from tests.connectors.package_writer import Parcel, dossier
from tests.connectors.sftp_host import MISSING, SftpHost

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


@pytest.fixture(scope="module")
def host() -> Iterator[SftpHost]:
    host = SftpHost()
    yield host
    host.close()


@pytest.fixture
def drop(host: SftpHost, tmp_path: Path) -> Drop:
    drop = Drop(tmp_path)
    options = {"key_filename": host.key_file, "host_key": host.host_key}
    url = f"sftp://{host.user}@127.0.0.1:{host.port}{tmp_path}"
    drop.source = replace(drop.source, url=url, options=options, clock=Clock(sleep=lambda seconds: None))
    return drop


def test_files_are_read_and_put_away(drop):
    for number in range(5):
        numbers = [f"h-{number}-{place}" for place in range(700)]
        drop.put(f"{number}.xml", Parcel([dossier(each) for each in numbers], id=str(number)))
    drop.put("young.xml", Parcel([dossier("young")], id="young"), age_s=1)
    drop.put("broken.xml", b"<GoiHoSo>")
    (drop.path / "0.xml.done").touch()
    pulled = drop.pull()
    assert (pulled.error, len(pulled.keys)) == (None, 3500)
    assert pulled.outcomes == {"broken.xml": "NOT_WELL_FORMED", **{f"{number}.xml": "taken" for number in range(5)}}
    assert drop.names() == ["young.xml"]
    assert drop.names("archive") == ["0.xml", "0.xml.done", *(f"{number}.xml" for number in range(1, 5))]
    assert drop.names("reject") == ["broken.xml", "broken.xml.txt"]
    assert "XML" in (drop.path / "reject" / "broken.xml.txt").read_text()


def test_a_file_of_a_name_that_is_archived_gets_another(drop):
    for number in range(2):
        drop.put("a.xml", Parcel([dossier(f"h-{number}")], id=str(number)))
        drop.pull()
    assert len(drop.names("archive")) == 2


def test_a_link_on_the_server_is_not_followed(drop, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.xml"
    secret.write_bytes(Parcel([dossier("h-1")]).document())
    (drop.path / "a.xml").symlink_to(secret)
    assert drop.pull(settle_s=0).outcomes == {"a.xml": "LINK"}


def test_a_folder_that_is_not_there_is_unreachable(drop):
    pulled = drop.pull(url=drop.source.url + "/nowhere")
    assert isinstance(pulled.error, Unreachable)


def test_a_port_where_nobody_listens_is_unreachable(drop):
    pulled = drop.pull(url="sftp://127.0.0.1:9/in")
    assert isinstance(pulled.error, Unreachable)
    assert pulled.error.hint


@pytest.mark.parametrize("wrong", ["login", "host", "unknown", "garbage"])
def test_a_wrong_login_or_host_is_refused_and_told(drop, host, wrong):
    other = Path(f"{host.other_key_file}.pub").read_text()
    changes = {
        "login": {"key_filename": host.other_key_file},
        "host": {"host_key": other},
        "unknown": {"host_key": ""},
        "garbage": {"host_key": "no key at all"},
    }[wrong]
    source = replace(drop.source, options={**drop.source.options, **changes})
    connector = FilesConnector(source)
    with pytest.raises(Refused) as raised:
        list(connector.pages(DOSSIERS, WHOLE))
    assert raised.value.hint
    assert other.split()[1] not in str(raised.value)
    assert [check.ok for check in connector.check()] == [False]
    connector.close()


def test_a_check_over_sftp_is_all_ok(drop):
    connector = FilesConnector(drop.source)
    assert all(check.ok for check in connector.check())
    connector.close()


def test_a_server_that_goes_away_in_the_middle_is_unreachable(tmp_path):
    host = SftpHost()
    drop = Drop(tmp_path, replace(DOSSIERS, page_size=1))
    for number in range(3):
        drop.put(f"{number}.xml", Parcel([dossier(f"h-{number}")], id=str(number)))
    source = replace(
        drop.source,
        url=f"sftp://{host.user}@127.0.0.1:{host.port}{tmp_path}",
        options={"key_filename": host.key_file, "host_key": host.host_key},
        clock=Clock(sleep=lambda seconds: None),
        timeout_s=2,
    )
    connector = FilesConnector(source)
    assert len(list(connector.pages(drop.stream, WHOLE))) == 3
    host.close()
    connector._shelf.folder.close()
    with pytest.raises(Unreachable):
        list(connector.pages(drop.stream, WHOLE))
    assert len(connector.settle(True)) == 3
    connector.close()
    assert drop.names() == ["0.xml", "1.xml", "2.xml"]

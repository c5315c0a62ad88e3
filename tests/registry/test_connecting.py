"""From a declared source to a connector: secrets come in late and are never shown, mappings become stream values."""

from __future__ import annotations

import threading
import traceback
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from connectors.rest import RestConnector
from connectors.rest_source import Paging, Rule
from hub.asking import Hosts
from hub.connecting import connect, resolve, to_stream_spec
from hub.connecting_rest import to_rest_source
from hub.errors import HubError
from hub.mapping import Mapping, Read, Stream, Success
from hub.mapping import Paging as MappingPaging
from hub.reference import agencies
from hub.registry import Source, load_mappings, load_sources
from hub.settings import Settings, load

SECRETS = {"HUB_PORTAL_PASSWORD": "mật-khẩu-17", "HUB_NATIONAL_SECRET": "bí-mật-18"}
ADDRESSES = {"HUB_PORTAL_URL": "http://127.0.0.1:9/portal", "HUB_NATIONAL_URL": "http://127.0.0.1:9/national"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"HUB_HOME": str(tmp_path), **SECRETS, **ADDRESSES})


@pytest.fixture
def sources(settings: Settings) -> dict[str, Source]:
    found = load_sources(settings.sources, load_mappings(settings.mappings), agencies().to_dicts(), settings.now())
    return {source.source_id: source for source in found}


def test_secrets_are_filled_in_at_any_depth(settings: Settings) -> None:
    connection = {
        "a": {"env": "HUB_PORTAL_PASSWORD"},
        "b": [{"env": "HUB_PORTAL_URL"}],
        "c": 5,
        "d": {"env": "X", "e": 1},
    }
    assert resolve(connection, settings) == {
        "a": "mật-khẩu-17",
        "b": ["http://127.0.0.1:9/portal"],
        "c": 5,
        "d": {"env": "X", "e": 1},
    }


def test_a_source_never_holds_a_secret(settings: Settings, sources: dict[str, Source]) -> None:
    for source in (sources["portal"], sources["national"]):
        shown = (
            repr(source)
            + repr(to_rest_source(source, resolve(source.connection, settings)))
            + repr(connect(source, settings))
        )
        assert not [secret for secret in SECRETS.values() if secret in shown]


def test_a_missing_secret_names_its_variable(sources: dict[str, Source], tmp_path: Path) -> None:
    with pytest.raises(HubError, match="HUB_PORTAL_PASSWORD is not set — set it in the environment or as a line"):
        connect(sources["portal"], load({"HUB_HOME": str(tmp_path), **ADDRESSES}))


def test_an_address_with_a_login_is_refused_without_showing_it(sources: dict[str, Source], tmp_path: Path) -> None:
    wrong = {**SECRETS, "HUB_PORTAL_URL": "http://hub:mật-khẩu-19@127.0.0.1/"}
    with pytest.raises(HubError) as caught:
        connect(sources["portal"], load({"HUB_HOME": str(tmp_path), **wrong}))
    assert str(caught.value).startswith("schemas/sources/portal.yml:6: portal: connection.base_url is no address")
    assert "mật-khẩu-19" not in "".join(traceback.format_exception(caught.value))


def test_the_shipped_portal_as_a_rest_source(settings: Settings, sources: dict[str, Source]) -> None:
    limiter = threading.Lock()
    rest = to_rest_source(sources["portal"], resolve(sources["portal"].connection, settings), limiter)
    assert (rest.name, rest.base_url, rest.headers) == ("portal", "http://127.0.0.1:9/portal", {"tenant": "thanhhoa"})
    assert (rest.auth.kind, rest.auth.url, rest.auth.token) == ("body_token", "/api/tokens", "token")
    assert rest.auth.fields == {"userName": "hub", "password": "mật-khẩu-17"}
    assert (rest.auth.place, rest.auth.name, rest.auth.prefix) == ("header", "Authorization", "Bearer ")
    assert (rest.read_timeout_s, rest.request_timeout_s, rest.budget_s) == (60, 300, 600)
    assert rest.limiter is limiter
    assert isinstance(connect(sources["portal"], settings, Hosts()), RestConnector)


def test_the_shipped_streams_as_their_connector_reads_them(sources: dict[str, Source]) -> None:
    source = sources["portal"]
    spec = to_stream_spec(source.mapping.streams["dossier"], source, "dossier")
    assert (spec.name, spec.method, spec.path) == ("dossier", "GET", "/api/v1/HoSo/DongBoHoSoMC")
    assert spec.params == {"pageSize": "{page_size}", "updatedFrom": "{since}"}
    assert spec.paging == Paging("page_number", page="pageNumber", first=1)
    assert (spec.records, spec.total, spec.message) == ("data", "totalCount", "message")
    assert spec.success == Rule("error_code", ("0", "00"), True)
    assert (spec.key, spec.version, spec.cursor_format) == ("MaHoSo", "NgayCapNhat", "%Y%m%d%H%M%S")
    assert (spec.order, spec.page_size, spec.lag, spec.sweep) == ("ascending", 1000, timedelta(minutes=10), None)
    step = to_stream_spec(source.mapping.streams["step"], source, "step")
    assert step.key == ("MaHoSo", "ThoiDiemXuLy", "TrangThai", "NguoiXuLy", "NoiDungXuLy")


def test_paging_in_a_body(sources: dict[str, Source]) -> None:
    body = {"start": "{offset}", "end": "{end}", "loc": {"tu": "{since}", "so": "{size}"}, "moi": [1, "{size}"]}
    read = Read("/b", "POST", body=body, paging=MappingPaging("offset", first=0), success=Success("code", ["0"]))
    stream = Stream("dossier", read, ["Id"], {"dossier_no": ["Id"]})
    source = msgspec.structs.replace(sources["portal"], mapping=Mapping("m", "rest", "Asia/Ho_Chi_Minh", {"x": stream}))
    spec = to_stream_spec(stream, source, "x")
    assert spec.body == {"loc": {"tu": "{since}", "so": "{page_size}"}, "moi": [1, "{page_size}"]}
    assert spec.paging == Paging("offset", first=0, start="start", end="end", place="body")
    assert (spec.total, spec.message, spec.version, spec.cursor_format, spec.order) == (None, None, None, None, None)

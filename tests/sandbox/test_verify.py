"""`verify` over a warehouse that the hub itself has filled from a clean sandbox: silent, until something is spoiled."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from hub.application import Hub
from hub.errors import HubError
from hub.reference import load_reference
from hub.sandbox import control
from hub.sandbox.compare import tally
from hub.sandbox.verify import verify
from hub.settings import load
from tests.databases import TemplateCopy

Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def filled(server: str) -> Iterator[tuple[Path, str]]:
    """A sandbox's home and the URL of the database that holds what the hub made of it."""
    home = Path(tempfile.mkdtemp(prefix="tthc-verify-"))
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, dbname="postgres", autocommit=True) as admin:
        admin.execute("create database hub_verify template hub")
    try:
        control.start(home, dossiers=150, profile="clean")
        url = make_url(server).set(database="hub_verify").render_as_string(hide_password=False)
        hub = Hub(load({"HUB_HOME": str(home)}))
        hub.warehouse = TemplateCopy(url)
        with hub.warehouse.begin("matcher") as loading:
            load_reference(loading, hub.now())
        sources = hub.chosen()
        assert {pull.outcome for pull in hub.land(sources)} == {"ok"}
        assert {loaded.error for loaded in hub.load(sources)} == {""}
        hub.reconcile()
        hub.refresh()
        hub.close()
        yield home, plain
    finally:
        control.stop(home)
        shutil.rmtree(home)
        with psycopg.connect(plain, dbname="postgres", autocommit=True) as admin:
            admin.execute("drop database hub_verify with (force)")


@pytest.fixture
def connection(filled: tuple[Path, str]) -> Iterator[Connection]:
    """A transaction that is given up at the end, whatever was spoiled in it."""
    with psycopg.connect(filled[1], dbname="hub_verify") as opened:
        yield opened
        opened.rollback()


def test_what_the_hub_made_is_true(filled: tuple[Path, str], connection: Connection) -> None:
    assert verify(filled[0], connection) == []


@pytest.mark.parametrize(
    ("mistake", "kinds"),
    [
        ("update core.dossier set status = 4 where status = 10", {"field:status"}),
        ("update core.dossier set received_at = received_at + interval '1 second'", {"field:received_at"}),
        ("update core.dossier set paid_online = null", {"field:paid_online"}),
        ("update core.dossier set receiving_agency_id = 0", {"field:receiving_agency_code"}),
        ("delete from core.fee", {"child:fee"}),
        ("delete from core.dossier_step where status = 4", {"child:step"}),
        ("delete from core.dossier_source where source_id = 'portal'", {"missing", "doubled"}),
        (
            "update core.dossier_source set dossier_id = (select min(dossier_id) from core.dossier)",
            {"doubled", "fused"},
        ),
        ("update mart.dossier_version set channel = 3 - channel where channel < 3", {"ii06a"}),
        ("delete from mart.dossier_version", {"ho_so", "ii06a"}),
        (
            "insert into ops.quarantine (source_id, stream, record_type, source_key, stage, reason_code, sentence,"
            " raised_at) values ('portal', 'dossier', 'dossier', 'K', 'std', 'BAD_ENCODING', 'Không đọc được', now())",
            {"quarantine"},
        ),
    ],
)
def test_what_is_spoiled_is_found(
    mistake: str, kinds: set[str], filled: tuple[Path, str], connection: Connection
) -> None:
    connection.execute(mistake)  # type: ignore[arg-type]
    assert set(tally(verify(filled[0], connection))) == kinds


def test_without_a_sandbox_there_is_nothing_to_compare_with(tmp_path: Path, connection: Connection) -> None:
    with pytest.raises(HubError, match="there is none"):
        verify(tmp_path, connection)

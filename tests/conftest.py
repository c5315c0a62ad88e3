"""Fixtures that several suites share: one real PostgreSQL for the session, a migrated database per test.

The server is the embedded one, in a folder of its own that is removed at the end; each test that asks for
`warehouse` gets a copy of a migrated template database, which takes a fraction of a second.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from hub.warehouse import embedded
from hub.warehouse.engine import Warehouse
from hub.warehouse.migrate import migrate
from tests.faults.told import pytest_terminal_summary as pytest_terminal_summary  # a hook

_NUMBER = itertools.count(1)


# Begun last, one of these would keep one worker busy while the others are done.
LONG = (
    "test_levels",
    "test_embedded",
    "test_staging_merge",
    "test_kills",
    "test_runs",
    "test_docs_commands",
    "test_sandbox",
)

SERVERS = ("test_odbc", "test_files_sftp", "test_levels", "test_mariadb", "test_province")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first; those with further servers are marked."""
    items.sort(key=lambda item: item.path.stem not in LONG)
    for item in items:
        if item.path.stem.startswith(SERVERS):
            item.add_marker("servers")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a running server whose database `hub` is migrated and never written by tests."""
    home = Path(tempfile.mkdtemp(prefix="tthc-test-"))
    home.chmod(0o755)  # else, as root, the server's account is given a folder that nobody removes
    try:
        url = embedded.ensure_running(home).url
        warehouse = Warehouse(url)
        migrate(warehouse)
        warehouse.close()
        with _administrator(url) as admin:
            # What survives a power cut is PostgreSQL's own business; tests kill processes, and that loses nothing.
            admin.execute("alter system set fsync = off")
            admin.execute("select pg_reload_conf()")
        yield url
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def template_copy(server: str) -> Iterator[Warehouse]:
    """An empty, migrated warehouse with the template's roles, dropped at the end."""
    name = f"hub_t{next(_NUMBER)}"
    with _administrator(server) as admin:
        admin.execute(f'create database "{name}" template hub')
    made = TemplateCopy(make_url(server).set(database=name).render_as_string(hide_password=False))
    yield made
    made.close()
    with _administrator(server) as admin:
        admin.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def warehouse(server: str) -> Iterator[Warehouse]:
    """An empty, migrated warehouse of the test's own, with its own roles' names."""
    with template_copy(server) as made:
        yield made


def two_systems(folder: Path) -> Path:
    """A folder with the shipped source files of portal and national copy alone, for tests that serve no others."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("portal.yml", "national.yml"):
        shutil.copyfile(Path(str(files("schemas"))) / "sources" / name, folder / name)
    return folder


def _administrator(server: str) -> psycopg.Connection[tuple[object, ...]]:
    """A session in the database that no test uses."""
    plain = make_url(server).set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


class TemplateCopy(Warehouse):
    """A copy of the template keeps the template's roles (`hub_loader` …), whatever its own name is."""

    def role(self, role: str) -> str:  # type: ignore[override]
        return f"hub_{role}"

"""Fixtures that several suites share: one real PostgreSQL for the session, a migrated database per test.

The server is the embedded one, in a folder of its own that is removed at the end; each test that asks for
`warehouse` gets a database of its own (`tests/databases.py`).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from hub.warehouse import embedded
from hub.warehouse.engine import Warehouse
from hub.warehouse.migrate import migrate
from tests.databases import Databases, administrator
from tests.faults.told import pytest_terminal_summary as pytest_terminal_summary  # a hook

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

SERVERS = ("test_odbc", "test_share", "test_files_sftp", "test_levels", "test_mariadb", "test_province")
# Whole provinces: every command of every page, every command, vendors that nobody has seen, a night searched for names.
WHOLE = ("test_docs_commands", "test_leaks")
WHOLE_FOLDERS = ("cli", "onboarding")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first; what other targets than `make test` run is marked."""
    items.sort(key=lambda item: item.path.stem not in LONG)
    for item in items:
        stem = item.path.stem
        if stem.endswith("_faults"):
            item.add_marker("struck")
        elif stem.startswith(SERVERS) or stem in WHOLE or item.path.parent.name in WHOLE_FOLDERS:
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
        with administrator(url) as admin:
            # What survives a power cut is PostgreSQL's own business; tests kill processes, and that loses nothing.
            admin.execute("alter system set fsync = off")
            admin.execute("select pg_reload_conf()")
        yield url
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(server: str) -> Databases:
    """The databases of the session's server."""
    return Databases(server)


@pytest.fixture
def warehouse(databases: Databases) -> Iterator[Warehouse]:
    """An empty, migrated warehouse of the test's own, with the template's roles."""
    with databases.one() as made:
        yield made


def two_systems(folder: Path) -> Path:
    """A folder with the shipped source files of portal and national copy alone, for tests that serve no others."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("portal.yml", "national.yml"):
        shutil.copyfile(Path(str(files("schemas"))) / "sources" / name, folder / name)
    return folder

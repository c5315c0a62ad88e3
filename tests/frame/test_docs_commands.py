"""The commands of the documents run, in the order of their pages, on one small simulated province.

Here: every block of shell commands that does not say why it cannot run here, the Dagster configuration and the
housekeeping of `docs/operations.md`. Not here: whether commands and options exist (`test_docs.py`). Two things differ
from what a reader types: the province is small, and a dossier's number is one of that province's.
"""

from __future__ import annotations

import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from hub.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
# The sandbox's own page stops it at the end.
PAGES = ("README.md", "docs/operations.md", "docs/onboarding.md", "docs/sandbox.md")
DOSSIERS = 300
SHELL = re.compile(r"(?:<!-- not run: (?P<reason>[^\n]+) -->\n)?^```sh\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\b000\.\d\d\.\d\d\.H56-\d{6,8}-\d{4,7}\b")


def blocks(page: str) -> list[tuple[str, str]]:
    """Each shell block of a page, and why it is not run ("" when it is)."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [(match["body"], match["reason"] or "") for match in SHELL.finditer(text)]


def block_of(language: str) -> str:
    """The one block of this language in the page on operations."""
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(found)


@dataclass(frozen=True)
class Reader:
    """Somebody at a shell, with a home and a folder of his own. Commands run in this process: starting Python for each
    of some forty would take longer than they do."""

    folder: Path

    def types(self, line: str) -> str:
        """What the command prints; the test fails with everything that was said when it fails."""
        words = shlex.split(line)[1:]
        if words[:2] == ["warehouse", "psql"]:  # it becomes psql
            command = [sys.executable, "-m", "hub.cli.main", *words]
            done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
            return done.stdout
        told = CliRunner().invoke(app, words)
        assert told.exit_code == 0, f"{line}\n{told.output}\n{told.exception!r}"
        return told.output


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """The state that `make demo` leaves behind."""
    # Not pytest's own folder: as root the embedded server runs as another account, which must be able to enter.
    folder = Path(tempfile.mkdtemp(prefix="tthc-docs-"))
    folder.chmod(0o755)
    loggers = [logging.getLogger(name) for name in ("hub", "connectors")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("HUB_", "DAGSTER_"))]:
            patch.delenv(name)
        patch.setenv("HUB_HOME", str(folder / "home"))
        patch.chdir(folder)
        reader = Reader(folder)
        try:
            reader.types(f"hub demo --dossiers {DOSSIERS} --level portal")
            yield reader
        finally:
            for line in ("hub sandbox stop", "hub warehouse stop"):
                reader.types(line)
            for logger, (logger.level, logger.propagate) in zip(loggers, before, strict=True):
                for handler in logger.handlers[:]:
                    logger.removeHandler(handler)
                    handler.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run(page: str, reader: Reader) -> None:
    with psycopg.connect(reader.types("hub warehouse url").strip()) as connection:
        (number,) = connection.execute("select min(ma_ho_so) from bi.ho_so").fetchone() or ("",)
    lines = [line for body, reason in blocks(page) if not reason for line in body.splitlines()]
    lines = [line for line in lines if not line.startswith("make ")]
    assert lines and all(line.startswith("hub ") for line in lines)
    for line in lines:
        reader.types(NUMBER.sub(number, line))


@pytest.mark.parametrize("page", PAGES)
def test_make_commands_of_a_page_are_run_by_the_check(page: str) -> None:
    check = (ROOT / ".ci/run").read_text(encoding="utf-8")
    lines = [line for body, reason in blocks(page) if not reason for line in body.splitlines()]
    targets = [line.removeprefix("make ") for line in lines if line.startswith("make ")]
    assert [target for target in targets if f"make {target}" not in check] == []


def test_every_page_with_commands_is_read() -> None:
    pages = [path for path in (ROOT / "docs").glob("*.md") if "```sh" in path.read_text(encoding="utf-8")]
    pages = [path for path in pages if not path.stem.endswith(".vi")]  # their blocks are those of the English page
    assert sorted(str(path.relative_to(ROOT)) for path in pages) == sorted(page for page in PAGES if "/" in page)


def test_dagster_takes_the_configuration_and_the_housekeeping(reader: Reader) -> None:
    url = make_url(reader.types("hub warehouse url").strip())
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(False), autocommit=True) as admin:
        admin.execute("create database dagster")
    home = reader.folder / "dagster"
    home.mkdir()
    shutil.copyfile(ROOT / "hub/dagster.yaml", home / "dagster.yaml")
    names = {"HOST": url.host, "PORT": url.port, "USER": url.username, "PASSWORD": url.password, "DB": "dagster"}
    environment = {f"DAGSTER_PG_{name}": str(value) for name, value in names.items()} | {"DAGSTER_HOME": str(home)}
    run = "import dagster as dg\nwith dg.DagsterInstance.get() as i: i.add_run(dg.DagsterRun('nightly'))\n"
    told = "with dg.DagsterInstance.get() as i: print(i.get_runs_count())\n"
    housekeeping = block_of("python")
    script = run + told + housekeeping + told + housekeeping.replace("days=90", "days=-1") + told
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.stdout.split() == ["1", "1", "0"], done.stderr

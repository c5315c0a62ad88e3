"""`hub warehouse`: addresses, psql, the dictionary; `hub doctor` and `hub dev`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

import hub as package
from hub.dictionary import dictionary
from hub.warehouse.migrate import sql_objects
from hub.warehouse.server_folder import existing_folder
from schemas.tables import METADATA
from tests.cli.conftest import Command
from tests.province.conftest import Province

ROOT = Path(package.__file__).parent.parent


def test_the_bi_login_sees_bi_and_nothing_else(hub: Command, province: Province) -> None:
    url = hub("warehouse", "url", "--role", "bi").out.strip()
    assert hub("warehouse", "url", "--role", "bi").out.strip() == url
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from ho_so").fetchone()
        assert row is not None
        assert row[0] > 0
        for table in ("core.dossier", "std.dossier_record", "vault.dossier_record", "ops.pull"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"select 1 from {table}".encode())
    folder = existing_folder(province.home)
    assert folder is not None
    assert (folder / "hub_bi.password").stat().st_mode & 0o777 == 0o600


def test_a_managed_server_gives_its_own_logins(hub: Command) -> None:
    url = hub("warehouse", "url").out.strip()
    hub("warehouse", "url", "--role", "bi", HUB_WAREHOUSE_URL=url).refused("managed server", "administrator")
    hub("warehouse", "stop", HUB_WAREHOUSE_URL=url).refused("managed server")


def test_psql_runs_with_the_address_and_without_the_password_in_sight(province: Province) -> None:
    done = _hub(province, "warehouse", "psql", "--role", "bi", "-At", "-c", "select current_user, 1 + 1")
    if done.returncode:  # a machine whose server came with a wheel may have no psql
        assert done.stderr.startswith("error: psql is not on this machine\nnext: ")
    else:
        assert (done.stdout, done.stderr) == ("hub_bi|2\n", "")


def _hub(province: Province, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment |= province.environment | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "hub.cli.main", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_dictionary_in_the_documentation_is_current() -> None:
    page = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert page == dictionary(), "hub warehouse dictionary --out docs/data-dictionary.md"


def test_the_dictionary_names_every_table_column_and_view() -> None:
    page = dictionary()
    for table in METADATA.tables.values():
        assert f"### {table.fullname}\n" in page
        assert all(f"| {column.name} | " in page for column in table.columns)
    views = [file for file in sql_objects() if "create" in file.read_text(encoding="utf-8")]
    names = {line.removeprefix("### ").removesuffix("()") for line in page.splitlines() if line.startswith("### ")}
    for file in views:
        assert f"{file.parent.name}.{file.stem.split('_', 1)[-1] if file.stem[0].isdigit() else file.stem}" in names


def test_the_dictionary_is_printed_and_written(hub: Command, tmp_path: Path) -> None:
    assert hub("warehouse", "dictionary").out == dictionary()
    assert hub("warehouse", "dictionary", "--out", str(tmp_path / "page.md")).code == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == dictionary()


def test_doctor_finds_all_well(hub: Command) -> None:
    ended = hub("doctor", "--json")
    assert ended.code == 0, ended.out
    names = {check["name"] for check in ended.json}
    assert names >= {"python", "packages", "home", "disk", "raw store", "PostgreSQL", "warehouse", "hash key", "clock"}
    assert names >= {"portal login", "portal page", "national login"}
    assert "FAIL" not in hub("doctor").out


def test_doctor_misses_a_key_that_was_used(hub: Command, province: Province) -> None:
    key = province.home / "keys" / "hash-1.key"
    aside = key.with_suffix(".aside")
    key.rename(aside)
    try:
        failed = [check for check in hub("doctor", "--json").json if not check["ok"]]
        assert [check["name"] for check in failed] == ["hash key"]
        assert "backup" in failed[0]["hint"]
        assert not key.exists()
    finally:
        aside.rename(key)


def test_doctor_on_a_home_that_cannot_be(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = command("doctor", "--json", home=tmp_path / "file" / "home")
    assert ended.code == 1
    assert {check["name"] for check in ended.json if not check["ok"]} >= {"home", "raw store", "PostgreSQL"}


def test_dev_serves_dagsters_pages(province: Province) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment |= province.environment | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "hub.cli.main", "dev", "--port", "28765"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"http://127.0.0.1:28765  (Ctrl-C ends it)\n"
            assert b"dagster_webserver_version" in _answer("http://127.0.0.1:28765/server_info")
        finally:
            process.terminate()
            process.communicate(timeout=30)
    assert "enabled: false" in (province.home / "dagster" / "dagster.yaml").read_text()


def _answer(url: str) -> bytes:
    until = time.monotonic() + 40
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)

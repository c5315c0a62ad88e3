"""`hub sandbox` and `hub demo`: a province is built, moves on, is proven, and is never mixed with another."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import schemas
from hub.sandbox import control
from hub.warehouse import embedded
from tests.cli.conftest import Command, Ended
from tests.province.conftest import Province


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the server's account can enter, so that all of it goes away at the end."""
    made = Path(tempfile.mkdtemp(prefix="tthc-demo-"))
    made.chmod(0o755)
    yield made
    control.stop(made)
    embedded.stop(made)
    shutil.rmtree(made)


def test_the_life_of_a_sandbox(command: Command, home: Path) -> None:
    command("sandbox", "status", home=home).refused("there is no sandbox", "hub sandbox start")
    small = ("--dossiers", "40", "--profile", "clean", "--level", "portal")
    started = command("sandbox", "start", *small, "--json", home=home).json
    assert (started["dossiers"], started["profile"], started["now"]) == (40, "clean", "2022-10-01 06:00")
    assert command("sandbox", "advance", "2", "--json", home=home).json["now"] == "2022-10-03 06:00"
    assert "http://127.0.0.1:" in command("sandbox", "status", home=home).out
    truth = {frame["name"]: frame["rows"] for frame in command("sandbox", "truth", "--json", home=home).json}
    assert truth["dossiers"] >= 40
    assert command("sandbox", "stop", home=home).out == "stopped\n"
    assert command("sandbox", "stop", home=home).out == "it was not running\n"
    again = command("sandbox", "start", "--json", home=home).json  # what is not said stays as it is
    assert [again[name] for name in ("dossiers", "profile", "levels", "days")] == [40, "clean", "portal, national", 2]
    command("sandbox", "stop", home=home)
    assert "stopped" in command("sandbox", "status", home=home).out
    assert command("sandbox", "advance", "0", home=home).code == 1


def test_verify_agrees_and_finds_what_was_spoiled(hub: Command, province: Province) -> None:
    assert hub("sandbox", "verify").out == "the warehouse agrees with the truth\n"
    opened = province.open()
    try:
        with opened.warehouse.begin() as connection:
            connection.execute(
                "create table ops.aside as select dossier_id, status from core.dossier order by 1 limit 2"
            )
            connection.execute(
                "update core.dossier d set status = d.status % 10 + 1"
                " from ops.aside a where a.dossier_id = d.dossier_id"
            )
        ended = hub("sandbox", "verify", "--json")
        assert ended.code == 1
        assert {difference["kind"] for difference in ended.json} == {"field:status"}
        assert "field:status            2" in hub("sandbox", "verify").out
    finally:
        with opened.warehouse.begin() as connection:
            connection.execute(
                "update core.dossier d set status = a.status from ops.aside a where a.dossier_id = d.dossier_id"
            )
            connection.execute("drop table ops.aside")
        opened.close()


def test_the_demo_from_nothing_again_and_never_mixed(command: Command, home: Path) -> None:
    demo = ("demo", "--dossiers", "60", "--level", "portal")
    first = command(*demo, home=home)
    assert first.code == 0, first
    assert "the warehouse agrees with the truth" in first.out
    together = [line.split() for line in first.out.splitlines() if line.startswith("together")]
    assert [line[-1] for line in together] == ["0", "0"]  # before and after a day
    assert int(together[0][4]) < int(together[1][4])
    assert "a day later: 2022-10-02" in first.out
    assert "postgresql://hub_bi:" in first.out
    assert control.status(home).port == 0  # type: ignore[union-attr]  # without --keep
    example = first.out.split("hub explain ")[1].split("\n")[0]
    assert command("explain", example, home=home).code == 0
    _again(command(*demo, "--keep", home=home))
    assert control.status(home).port != 0  # type: ignore[union-attr]
    command("demo", "--dossiers", "61", "--level", "portal", home=home).refused("another province", "--dossiers 60")
    real = command(*demo, home=home, HUB_PORTAL_URL="https://portal.example/api")
    real.refused("HUB_PORTAL_URL is set", "HUB_HOME")

    _mended(command, home)


def _mended(command: Command, home: Path) -> None:
    """The cause of a quarantine is mended in a copy of the mappings: replayed, the record is a dossier's."""
    told = command("quarantine", "list", "--reason", "UNKNOWN_STATUS", "--json", home=home).json
    finding, folder = told["findings"][0], home / "mappings"
    folder.mkdir()
    for file in (Path(schemas.__file__).parent / "mappings").glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(text.replace('"10": 10}', '"10": 10, "11": 4}'), encoding="utf-8")
    number = str(finding["quarantine_id"])
    replayed = command("quarantine", "replay", number, "--json", home=home, HUB_MAPPINGS=str(folder)).json
    assert (replayed["resolved"], replayed["still_open"], replayed["errors"]) == (1, 0, [])
    assert "replayed at" in command("quarantine", "show", number, home=home).out
    assert command("explain", finding["source_key"], home=home).code == 0
    assert command("balance", home=home).code == 0


def _again(ended: Ended) -> None:
    assert ended.code == 0, ended
    assert "core: 0 dossiers written" in ended.out


def test_the_demo_refuses_a_warehouse_of_real_sources(command: Command, province: Province, home: Path) -> None:
    opened = province.open()
    try:
        with opened.warehouse.begin() as connection:
            connection.execute(
                "insert into ops.source (source_id, level, family, mapping, first_seen_at)"
                " values ('district-391', 'district', 'odbc', 'x', now())"
            )
        demo = ("demo", "--dossiers", "300", "--level", "portal", "--keep")
        command(*demo, home=province.home).refused("district-391", "HUB_HOME")
    finally:
        with opened.warehouse.begin() as connection:
            connection.execute("delete from ops.source where source_id = 'district-391'")
        opened.close()

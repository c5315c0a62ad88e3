"""What goes wrong is told in one sentence, with the next step and an exit code that means something."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import hub as package
from hub import standing
from tests.cli.conftest import Command
from tests.province.conftest import Province


def test_a_wrong_password_fails_its_source_alone(hub: Command) -> None:
    ended = hub("run", HUB_PORTAL_PASSWORD="wrong")
    assert ended.code == 3
    assert "error: portal (dossier, step): portal, login: answered 401" in ended.err
    assert "next: hub sources test portal" in ended.err
    assert "wrong" not in ended.out + ended.err
    assert "Traceback" not in ended.err
    outcomes = {s["source_id"]: s["outcome"] for s in hub("status", "--json").json["sources"]}
    assert outcomes == {"portal": "failed", "national": "ok"}
    assert hub("run").code == 0


def test_sources_test_says_what_fails(hub: Command) -> None:
    ended = hub("sources", "test", "portal", "--json", HUB_PORTAL_PASSWORD="wrong")
    assert ended.code == 1
    failed = [check for check in ended.json if not check["ok"]]
    assert [(check["check"], check["hint"]) for check in failed] == [("login", "check the login and its rights")]


def test_an_unknown_source_and_its_neighbour(hub: Command) -> None:
    for arguments in (
        ("run", "--source", "portall"),
        ("sources", "preview", "portall"),
        ("balance", "--source", "portall"),
    ):
        hub(*arguments).refused("no source is named portall", "portal", "hub sources list")
    hub("quarantine", "list", "--source", "portall").refused("portall")


def test_an_unknown_stream(hub: Command) -> None:
    hub("sources", "preview", "portal", "--stream", "steps").refused("portal has no stream steps", "step")


def test_a_missing_secret(hub: Command, province: Province) -> None:
    secrets = province.home / "sandbox.env"
    kept = secrets.read_text()
    try:
        secrets.write_text("\n".join(line for line in kept.splitlines() if "PORTAL_PASSWORD" not in line))
        ended = hub("sources", "test", "portal")
        assert ended.code == 1
        assert "HUB_PORTAL_PASSWORD is not set" in ended.out
        assert "hub.env" in ended.out
        ended = hub("doctor")
        assert ended.code == 1
        assert "FAIL  portal" in ended.out
        hub("sources", "preview", "portal").refused("HUB_PORTAL_PASSWORD is not set")
    finally:
        secrets.write_text(kept)


def test_a_closed_warehouse(command: Command, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    url = f"postgresql://hub_owner:secret-word@127.0.0.1:{port}/hub"
    for arguments in (("status",), ("run",), ("explain", "1"), ("warehouse", "url")):
        ended = command(*arguments, home=tmp_path, HUB_WAREHOUSE_URL=url)
        ended.refused(f"127.0.0.1:{port}/hub cannot be reached", "hub doctor")
        assert "secret-word" not in ended.out + ended.err
    ended = command("doctor", home=tmp_path, HUB_WAREHOUSE_URL=url)
    assert ended.code == 1
    assert "FAIL  PostgreSQL" in ended.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "ii06a", "--from", "2022-13-40", "--to", "2022-09-14"),
        ("report", "ii06a", "--from", "2022-06-15", "--to", "2022-09-14", "--out", "form.docx"),
        ("report", "ii06a"),
        ("run", "--since", "yesterday"),
        ("run", "--since", "2022-09-02", "--until", "2022-09-01"),
        ("run", "--level", "ward"),
        ("quarantine", "replay"),
        ("quarantine", "replay", "1", "--all"),
        ("quarantine", "show", "first"),
        ("explain",),
        ("no-such-command",),
    ],
)
def test_typed_wrongly_is_2(hub: Command, arguments: tuple[str, ...]) -> None:
    ended = hub(*arguments)
    assert ended.code == 2
    assert "Error" in ended.err
    assert "Traceback" not in ended.err


def test_a_period_that_ends_before_it_begins(hub: Command) -> None:
    hub("report", "ii06a", "--from", "2022-09-14", "--to", "2022-06-15").refused("ends before it begins")


def test_an_agency_that_nobody_knows(hub: Command) -> None:
    hub("report", "ii06a", "--from", "2022-06-15", "--to", "2022-09-14", "--agency", "X").refused("'X'")


def test_a_form_that_cannot_be_written(hub: Command, tmp_path: Path) -> None:
    out = str(tmp_path / "nowhere" / "form.xlsx")
    hub("report", "ii06a", "--from", "2022-06-15", "--to", "2022-09-14", "--out", out).refused("cannot be written")


def test_quarantine_numbers_that_do_not_exist(hub: Command) -> None:
    hub("quarantine", "show", "999999").refused("999999")
    hub("quarantine", "replay", "999998", "999999").refused("999998, 999999")


def test_a_rebuild_wants_to_be_meant(hub: Command) -> None:
    hub("warehouse", "rebuild").refused("--yes")


def test_a_rebuild_without_a_raw_file_changes_nothing(hub: Command, province: Province) -> None:
    file = next((province.home / "raw").rglob("*.parquet"))
    aside = file.with_suffix(".aside")
    file.rename(aside)
    try:
        hub("warehouse", "rebuild", "--yes").refused("1 raw files are missing", "nothing was changed")
    finally:
        aside.rename(file)
    assert hub("balance").code == 0


def test_a_warehouse_with_lost_records_is_1(hub: Command, province: Province) -> None:
    opened = province.open()
    try:
        with opened.warehouse.begin() as connection:
            connection.execute("create table ops.aside as select * from core.dossier_source order by 1, 2 limit 3")
            connection.execute(
                "delete from core.dossier_source s using ops.aside a "
                "where (s.source_id, s.source_key) = (a.source_id, a.source_key)"
            )
        assert hub("balance").code == 1
        ended = hub("status")
        assert ended.code == 1
        assert "3 RECORDS UNACCOUNTED FOR" in ended.out
    finally:
        with opened.warehouse.begin() as connection:
            connection.execute("insert into core.dossier_source select * from ops.aside")
            connection.execute("drop table ops.aside")
        opened.close()


def test_a_defect_leaves_a_log_without_values(
    hub: Command, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standing question is made to fail as a database does, quoting what it stumbled over."""
    monkeypatch.setattr(standing, "_STANDINGS", "select 'Nguyễn Văn An'::int")
    ended = hub("status")
    assert ended.code == 70
    assert "Traceback" not in ended.err
    assert "InvalidTextRepresentation" in ended.err
    file = Path(ended.err.split("send ")[1].split(" to who")[0])
    told = file.read_text(encoding="utf-8")
    assert "standing.py" in told
    assert "Nguyễn" not in told + ended.err
    file.unlink()


def _started(home: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return subprocess.Popen(
        [sys.executable, "-m", "hub.cli.main", *arguments],
        env=environment | {"HUB_HOME": str(home), "PYTHONPATH": str(Path(package.__file__).parent.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whatever was started in the background of a shell inherits that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def test_ctrl_c_is_130(province: Province) -> None:
    """It waits for the lock of the home, which another process holds."""
    with (province.home / "pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = _started(province.home, "status")
        waiting = Path(f"/proc/{process.pid}/fd")
        while not any(fd.resolve().name == "pg.lock" for fd in waiting.iterdir()):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, (out, err)
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_defect(province: Province) -> None:
    process = _started(province.home, "warehouse", "dictionary")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    told = process.stderr.read()
    assert process.wait(timeout=20) in (0, 1)
    assert "Traceback" not in told
    assert "defect" not in told
    process.stderr.close()

"""Commands that work: run, replay, rebuild, migrate, reports. Done again on the same data they change nothing."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from hub.rawstore import RawWriter, Records
from tests.cli.conftest import Command
from tests.province.conftest import Province

PERIOD = ("--from", "2022-06-15", "--to", "2022-09-14")


def _content(province: Province) -> list[object]:
    opened = province.open()
    try:
        with opened.warehouse.begin() as connection:
            return connection.execute(
                """
                select dossier_id, dossier_no, status, received_at, due_at, source_count, first_recorded_at
                from core.dossier order by dossier_id
                """
            ).fetchall()
    finally:
        opened.close()


def test_run_again_finds_nothing_new(hub: Command, province: Province) -> None:
    before = _content(province)
    ended = hub("run", "--json")
    assert ended.code == 0, ended
    outcome = ended.json["outcome"]
    assert outcome["success"]
    assert {pull["outcome"] for pull in outcome["pulls"]} == {"ok"}
    assert sum(pull["stored"] for pull in outcome["pulls"]) == 0
    assert _content(province) == before


def test_run_of_one_level_asks_nobody_else(hub: Command) -> None:
    pulls = hub("run", "--level", "portal", "--json").json["outcome"]["pulls"]
    assert {pull["source_id"] for pull in pulls} == {"portal"}
    assert {pull["source_id"] for pull in hub("run", "--source", "national", "--json").json["outcome"]["pulls"]} == {
        "national"
    }


def test_run_of_a_window_reads_it_again_and_moves_no_watermark(hub: Command) -> None:
    before = {s["source_id"]: s["watermarks"] for s in hub("status", "--json").json["sources"]}
    ended = hub("run", "--source", "portal", "--since", "2022-09-01", "--until", "2022-09-15", "--json")
    assert ended.code == 0, ended
    pulls = ended.json["outcome"]["pulls"]
    assert {(pull["since"], pull["until"]) for pull in pulls} == {("20220901000000", "20220915000000")}
    assert all(pull["fetched"] > 0 and pull["stored"] == 0 for pull in pulls)
    assert {s["source_id"]: s["watermarks"] for s in hub("status", "--json").json["sources"]} == before


def test_run_tells_people_what_it_did(hub: Command) -> None:
    told = hub("run").out
    assert "fetched" in told
    assert "records in" in told


def test_replay_reads_the_batches_again(hub: Command, province: Province) -> None:
    before = _content(province)
    open_ = hub("quarantine", "list", "--json").json["open"]
    done = hub("quarantine", "replay", "--all", "--json").json
    assert (done["resolved"], done["still_open"], done["errors"]) == (0, open_, [])
    assert done["batches"] > 0
    assert _content(province) == before
    assert hub("balance").code == 0


def test_rebuild_keeps_every_dossier(hub: Command, province: Province) -> None:
    before = _content(province)
    done = hub("warehouse", "rebuild", "--yes", "--json")
    assert done.code == 0, done
    assert done.json["lost_ids"] == 0
    assert done.json["errors"] == []
    assert _content(province) == before
    assert hub("balance").code == 0
    assert hub("run").code == 0


def test_migrating_again_changes_nothing_and_stops_nobody(hub: Command) -> None:
    assert "revision" in hub("warehouse", "migrate").out
    assert hub("quarantine", "replay", "--all").code == 0


def test_orphans_are_found_and_deleted(hub: Command, province: Province) -> None:
    opened = province.open()
    writer = RawWriter(opened.store)
    writer.add("portal", "dossier", Records(["orphan"], [""], [b"x"], [b"{}"]))
    name = writer.close()
    kept = opened.store.names() - {name}
    opened.close()
    assert hub("warehouse", "orphans", "--json").json == {"orphans": [name], "deleted": False}
    assert hub("warehouse", "orphans", "--delete", "--json").json["orphans"] == [name]
    assert hub("warehouse", "orphans").out == "0 found\n"
    assert opened.store.names() == kept


def test_orphans_stay_while_a_source_is_pulled(hub: Command, province: Province) -> None:
    from hub.warehouse.engine import lock_key

    opened = province.open()
    with opened.warehouse.session("loader") as connection:
        connection.execute("select pg_advisory_lock(%s)", (lock_key("hub.pull.portal"),))
        hub("warehouse", "orphans", "--delete").refused("portal is being pulled")
    opened.close()


def test_the_form_on_the_terminal_and_as_files(hub: Command, tmp_path: Path) -> None:
    told = hub("report", "ii06a", *PERIOD)
    assert "Quý 3 năm 2022" in told.out
    assert "Tổng cộng" in told.out
    sheet, plain = tmp_path / "ii06a.xlsx", tmp_path / "ii06a.json"
    assert "kept as report" in hub("report", "ii06a", *PERIOD, "--out", str(sheet)).out
    assert openpyxl.load_workbook(sheet).sheetnames
    assert hub("report", "ii06a", *PERIOD, "--out", str(plain)).code == 0
    whole = hub("report", "ii06a", *PERIOD, "--json").json
    assert whole["total"]["intake_total"] == whole["total"]["resolved_total"] + whole["total"]["open_total"] > 0


def test_the_form_of_one_agency_as_of_and_as_recorded(hub: Command) -> None:
    whole = hub("report", "ii06a", *PERIOD, "--json").json
    agency = whole["lines"][0]["agency_code"]
    own = hub("report", "ii06a", *PERIOD, "--agency", agency, "--as-of", "2022-09-30", "--json").json
    assert own["agency_code"] == agency
    assert own["as_of"] == "2022-09-30"
    assert 0 < own["total"]["intake_total"] < whole["total"]["intake_total"]
    nothing = hub("report", "ii06a", *PERIOD, "--as-recorded", "2022-09-01T00:00", "--json").json
    assert nothing["total"]["intake_total"] == 0


def test_overdue_dossiers_at_the_agencies_of_then_and_of_today(hub: Command, tmp_path: Path) -> None:
    sheet = tmp_path / "qua han.xlsx"
    found = {name: hub("report", "overdue", *PERIOD, "--structure", name, "--json").json for name in ("then", "today")}
    assert [drawn["structure"] for drawn in found.values()] == ["then", "today"]
    assert len(found["then"]["rows"]) == len(found["today"]["rows"]) > 0
    today = hub("report", "overdue", *PERIOD, "--structure", "today")
    assert "Cơ quan hiện nay" in today.out
    assert "Tổng cộng" in today.out
    assert hub("report", "overdue", *PERIOD, "--structure", "today", "--out", str(sheet)).code == 0
    book = openpyxl.load_workbook(sheet)
    assert "Quy đổi theo cơ cấu hiện nay" in str(book["Hồ sơ quá hạn"]["A3"].value)

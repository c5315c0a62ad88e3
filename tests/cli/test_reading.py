"""Commands that only look: how things stand, sources, previews, quarantine."""

from __future__ import annotations

from importlib.resources import files

import pytest

from tests.cli.conftest import Command
from tests.province.conftest import Province


def test_status_shows_every_source_and_that_nothing_is_lost(hub: Command) -> None:
    ended = hub("status")
    assert ended.code == 0
    assert "balance 0" in ended.out
    lines = [line.split() for line in ended.out.splitlines() if line.startswith(("portal", "national"))]
    assert {(line[0], line[1], line[4]) for line in lines} == {
        ("portal", "portal", "ok"),
        ("national", "national", "ok"),
    }


def test_status_of_hundreds_of_sources_is_one_screen(hub: Command) -> None:
    everything = str(files("schemas") / "sources")
    ended = hub("status", HUB_SOURCES=everything)
    lines = ended.out.splitlines()
    assert ended.code == 0 and len(lines) < 25
    assert [line.split()[:3] for line in lines[1:6]] == [
        ["commune", "559", "559"],
        ["district", "27", "27"],
        ["national", "1", "0"],
        ["portal", "1", "0"],
        ["province", "20", "20"],
    ]
    assert any(" and 558 more of commune: was never asked → hub run --level commune" in line for line in lines)
    named = hub("status", "--level", "district", HUB_SOURCES=everything)
    assert (
        sum(line.startswith("district-") for line in named.out.splitlines()) == 27 + 27
    )  # in the table, and with what to do


def test_status_for_a_program(hub: Command) -> None:
    told = hub("status", "--json").json
    assert told["difference"] == 0
    assert {source["source_id"] for source in told["sources"]} == {"portal", "national"}
    assert all(set(source["watermarks"]) == {"dossier", "step"} for source in told["sources"])


def test_a_source_is_late_when_its_interval_is_over(hub: Command) -> None:
    sources = hub("status", "--json", HUB_NOW="2022-10-01T09:00:00+07:00").json["sources"]
    told = [trouble["sentence"] for source in sources for trouble in source["troubles"]]
    assert told == ["late by 2.0 h"] * 2
    assert all(source["late"].startswith("PT7") for source in sources)  # two hours, in seconds


def test_balance_adds_up(hub: Command) -> None:
    told = hub("balance", "--json").json
    assert told["difference"] == 0
    for flow in told["flow"]:
        assert flow["fetched"] == flow["stored"] + flow["unchanged"] + flow["refused"]
    assert {held["source_id"] for held in told["std_core"]} == {"portal", "national"}
    assert "balance: 0" in hub("balance").out


def test_balance_of_one_agency_sums_to_its_source(hub: Command) -> None:
    whole = hub("balance", "--source", "portal", "--json").json
    day = hub("balance", "--source", "portal", "--day", "2022-09-14", "--json").json["std_core"]
    assert all(held["day"] == "2022-09-14" for held in day)
    agency = day[0]["agency_code"]
    own = hub("balance", "--agency", agency, "--json").json["std_core"]
    assert {held["agency_code"] for held in own} == {agency}
    assert 0 < sum(held["in_std"] for held in day) < whole["std_core"][0]["in_std"]


def test_sources_list(hub: Command) -> None:
    told = hub("sources", "list", "--json").json
    assert [(s["source_id"], s["level"], s["family"], s["active"], s["outcome"]) for s in told] == [
        ("national", "national", "rest", True, "ok"),
        ("portal", "portal", "rest", True, "ok"),
    ]
    assert "dongbo_hoso_mc" in hub("sources", "list", "--level", "portal").out
    assert "national" not in hub("sources", "list", "--level", "portal").out


def test_sources_test_logs_in_and_reads_a_page(hub: Command) -> None:
    checks = hub("sources", "test", "--json")
    assert checks.code == 0
    assert {(c["source_id"], c["check"]) for c in checks.json} >= {("portal", "login"), ("national", "page")}


def test_preview_shows_raw_beside_standardised(hub: Command) -> None:
    told = hub("sources", "preview", "portal", "--limit", "3", "--json").json
    assert len(told["records"]) == 3
    fields = {field["name"]: field for field in told["records"][0]["fields"]}
    assert fields["procedure_code"]["raw"].startswith(fields["procedure_code"]["standardised"])
    assert fields["received_at"]["standardised"] != fields["received_at"]["raw"]
    assert fields["applicant_name"]["raw"] == "***"
    assert fields["applicant_name"]["standardised"].endswith(".")


def test_preview_of_steps_and_of_what_would_be_quarantined(hub: Command) -> None:
    assert "officer_name" in hub("sources", "preview", "portal", "--stream", "step").out
    whole = hub("sources", "preview", "national", "--limit", "1000")
    assert "QUARANTINE UNKNOWN_STATUS: Mã trạng thái" in whole.out


def test_preview_writes_nothing(hub: Command, province: Province) -> None:
    before = _traces(province)
    assert hub("sources", "preview", "portal").code == 0
    assert _traces(province) == before


def _traces(province: Province) -> tuple[object, ...]:
    opened = province.open()
    try:
        with opened.warehouse.begin() as connection:
            tables = ("ops.pull", "ops.batch", "ops.drift", "ops.quarantine", "vault.dossier_record")
            counts = [connection.execute(f"select count(*) from {t}".encode()).fetchone() for t in tables]
        return (*counts, opened.store.names())
    finally:
        opened.close()


def test_quarantine_list_and_show(hub: Command) -> None:
    told = hub("quarantine", "list", "--json").json
    assert told["open"] == len(told["findings"]) == sum(count["records"] for count in told["counts"])
    finding = next(f for f in told["findings"] if f["reason_code"] == "UNKNOWN_STATUS")
    shown = hub("quarantine", "show", str(finding["quarantine_id"]))
    assert finding["sentence"] in shown.out
    assert "ChuHoSo" in shown.out
    assert "vault.read('dossier'" in shown.out
    record = hub("quarantine", "show", str(finding["quarantine_id"]), "--json").json["record"]
    assert record["MaHoSo"] == finding["source_key"]
    assert record["ChuHoSo"] == "***"


def test_quarantine_list_keeps_to_what_is_asked(hub: Command) -> None:
    told = hub("quarantine", "list", "--source", "portal", "--reason", "UNREADABLE_DATE", "--json").json
    assert {(c["source_id"], c["reason_code"]) for c in told["counts"]} <= {("portal", "UNREADABLE_DATE")}
    assert len(hub("quarantine", "list", "--limit", "1", "--json").json["findings"]) == 1
    assert hub("quarantine", "list", "--reason", "NONE_SUCH").out == "nothing is in quarantine\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("sources", "preview", "portal", "--limit", "300"),
        ("sources", "preview", "national", "--limit", "300", "--json"),
        ("sources", "preview", "portal", "--stream", "step", "--limit", "300"),
        ("quarantine", "list"),
        ("balance",),
        ("status", "--json"),
        ("run",),
    ],
)
def test_nobody_is_named(hub: Command, people: list[str], arguments: tuple[str, ...]) -> None:
    ended = hub(*arguments)
    told = ended.out + ended.err
    assert not [person for person in people if person in told]


def test_quarantined_originals_name_nobody(hub: Command, people: list[str]) -> None:
    for finding in hub("quarantine", "list", "--json").json["findings"]:
        told = hub("quarantine", "show", str(finding["quarantine_id"])).out
        assert not [person for person in people if person in told]

"""Runs through Dagster over a real warehouse: what they do, what stops them, what they tell and what they must not."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets import checks
from connectors.errors import Refused
from hub.definitions import build_defs
from hub.errors import HubError
from hub.running import RunOutcome, run
from tests.assets.province import APPLICANT, IDENTITY, ProvinceHub, dossier

MART = "mart__dossier_version"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def execute(hub: ProvinceHub, job: str = "nightly") -> dg.ExecuteInProcessResult:
    """A job as Dagster's daemon starts it, on an instance of its own."""
    with dg.DagsterInstance.ephemeral() as instance:
        found = build_defs(overrides={"hub": hub}).resolve_job_def(job)
        return found.execute_in_process(instance=instance, run_config=QUIET, raise_on_error=False)


def change(hub: ProvinceHub, *statements: str) -> None:
    with hub.warehouse.begin() as connection:
        for statement in statements:
            connection.execute(statement.encode())


def one(hub: ProvinceHub, query: str) -> Any:
    with hub.warehouse.begin() as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def metadata(result: dg.ExecuteInProcessResult, step: str) -> dict[str, Any]:
    (event,) = result.asset_materializations_for_node(step)
    return {name: value.value for name, value in event.metadata.items()}


def failed(outcome: RunOutcome) -> dict[str, str]:
    return {f"{check.asset}:{check.name}": check.sentence for check in outcome.failed_checks}


def test_a_night_brings_every_record_to_the_mart_and_tells_how_many(hub: ProvinceHub) -> None:
    result = execute(hub)
    assert result.success
    assert all(check.passed for check in result.get_asset_check_evaluations())
    raw, std = metadata(result, "raw__portal"), metadata(result, "std__national")
    assert (raw["dagster/row_count"], raw["fetched"], raw["stored"], raw["streams_ok"]) == (3, 3, 3, 2)
    assert raw["sources"].records[0].data["source"] == "portal"
    assert (std["dagster/row_count"], std["new"], std["quarantined"]) == (2, 2, 0)
    assert (metadata(result, "core__dossier")["written"], metadata(result, MART)["dagster/row_count"]) == (4, 4)
    health = metadata(result, "mart__source_health")
    assert (health["dagster/row_count"], health["sources_not_learned"], health["unusual"].records) == (2, 2, [])


def test_the_same_night_again_writes_nothing(hub: ProvinceHub) -> None:
    execute(hub)
    again = execute(hub)
    assert metadata(again, "raw__portal")["unchanged"] == 3
    assert metadata(again, "core__dossier")["written"] == 0
    assert not any(count for name, count in metadata(again, MART).items() if name.startswith("written_"))


def test_no_event_holds_a_person(hub: ProvinceHub) -> None:
    hub.said.portal = [dossier(1), dossier(2, TrangThaiHoSo="77"), dossier(3, ChuHoSo={"Ten": APPLICANT})]
    told = "\n".join(map(repr, execute(hub).all_events))
    assert "portal" in told
    assert APPLICANT not in told and IDENTITY not in told


def test_a_surprise_column_stops_the_mart(hub: ProvinceHub) -> None:
    change(hub, "alter table core.dossier add column surprise text")
    outcome = run(hub)
    assert not outcome.success and outcome.reconciled is not None and outcome.mart == {}
    assert failed(outcome) == {"core/dossier:keeps_contract": "core.dossier: surprise is not declared"}


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("alter table std.fee_record drop column fee_name", "fee_name is missing"),
        ("alter table std.fee_record alter column amount type numeric", "amount is numeric, declared bigint"),
        ("alter table std.fee_record alter column flags drop not null", "flags may be empty, declared otherwise"),
        ("alter table std.fee_record drop constraint pk_fee_record", "the primary key is ()"),
    ],
)
def test_a_table_that_is_not_as_declared_stops_core(hub: ProvinceHub, statement: str, sentence: str) -> None:
    hub.said.portal, hub.said.national = [], []
    change(hub, statement)
    outcome = run(hub, "portal")
    assert not outcome.success and outcome.reconciled is None
    assert failed(outcome) == {"std/portal:keeps_contract": f"std.fee_record: {sentence}"}


COPY = """
    create temporary table planted on commit drop as
        select * from std.dossier_record where source_id = 'national' limit 1;
    update planted set source_key = 'planted';
    insert into std.dossier_record select * from planted
"""


def test_a_record_of_std_without_a_dossier_stops_the_mart(hub: ProvinceHub) -> None:
    run(hub)
    change(hub, COPY)
    outcome = run(hub)
    assert not outcome.success and outcome.mart == {}
    assert failed(outcome)["core/dossier:std_equals_core"] == "national: 1 records of std in no dossier"


def test_a_record_that_another_run_has_just_loaded_is_no_difference(hub: ProvinceHub) -> None:
    run(hub)
    change(
        hub,
        "insert into ops.batch_consumed values (99, 'std', now(), 1, 1, 0, 0, 0, 0)",
        COPY.replace("source_key = 'planted'", "source_key = 'planted', batch_id = 99"),
    )
    assert checks.std_equals_core(hub).passed


def test_a_lost_dossier_stops_the_mart(hub: ProvinceHub) -> None:
    run(hub)
    change(hub, "delete from core.dossier where dossier_id = (select min(dossier_id) from core.dossier)")
    outcome = run(hub)
    assert not outcome.success
    told = failed(outcome)["core/dossier:references_hold"]
    assert "dossier_source_without_dossier: 2" in told and "dossier_without_history: 1" in told


def test_a_failing_source_fails_nothing_but_is_told(hub: ProvinceHub) -> None:
    hub.said.national = Refused("login refused", "mend the password")
    outcome = run(hub)
    assert outcome.success and outcome.mart["dossier_version"] == 3
    assert {pull.outcome for pull in outcome.pulls if pull.source_id == "national"} == {"failed"}
    sentence = "national: login refused — mend the password"
    told = dict.fromkeys(("raw/national:sources_deliver", "mart/source_health:nothing_is_broken_now"), sentence)
    assert failed(outcome) == told
    assert {check.severity for check in outcome.failed_checks} == {"WARN"}


def test_what_failed_yesterday_is_broken_although_nobody_asked_today(hub: ProvinceHub) -> None:
    hub.said.national = Refused("login refused")
    run(hub)
    change(
        hub,
        "update ops.pull set started_at = started_at - interval '1 day', finished_at = finished_at - interval '1 day'",
    )
    result = execute(hub, "what_is_broken_now")
    assert result.success
    found = {check.check_name: check for check in result.get_asset_check_evaluations() if not check.passed}
    told = found["nothing_is_broken_now"].description or ""
    assert "national: login refused" in told and "portal: late by 23.0 h" in told


def test_a_source_whose_load_is_rolled_back_waits_and_stops_nobody(hub: ProvinceHub) -> None:
    change(hub, "alter table std.dossier_record add constraint refuses check (source_id <> 'national')")
    outcome = run(hub)
    assert outcome.success and outcome.mart["dossier_version"] == 3
    told = {f"{check.asset}:{check.name}": (check.severity, check.sentence) for check in outcome.failed_checks}
    assert told["std/national:every_source_is_loaded"][0] == "ERROR"
    assert told["mart/source_health:nothing_is_broken_now"] == ("WARN", "national: 2 records wait in raw")
    change(hub, "alter table std.dossier_record drop constraint refuses")
    assert failed(run(hub)) == {} and one(hub, "select count(*) from core.dossier") == 4


def test_trouble_of_the_hub_itself_is_one_sentence(hub: ProvinceHub, tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("not a folder")
    outcome = run(hub, "portal")
    assert not outcome.success and outcome.pulls == [] and outcome.reconciled is None
    (sentence,) = outcome.failures
    assert sentence.startswith(f"raw/portal: the raw store {tmp_path}/raw cannot be written")
    assert "free disk space or mend HUB_RAW_URL" in sentence


def test_an_error_of_the_database_is_told_without_the_row_it_met(hub: ProvinceHub) -> None:
    change(hub, "alter table core.dossier add constraint refuses check (dossier_no is null)")
    result = execute(hub)
    told = "\n".join(repr(event) for event in result.all_events if event.is_step_failure)
    assert not result.success
    assert "CheckViolation 23514: a defect of the hub" in told and "reconcile/core.py" in told
    assert "H56-220915" not in told


def test_only_the_named_sources_are_asked(hub: ProvinceHub) -> None:
    outcome = run(hub, sources=["national"])
    assert {pull.source_id for pull in outcome.pulls} == {"national"}
    assert one(hub, "select count(*) from core.dossier") == 2


def test_a_window_moves_no_watermark(hub: ProvinceHub) -> None:
    outcome = run(hub, "portal", since="20220101000000", until="20230101000000")
    assert {(pull.since, pull.until) for pull in outcome.pulls} == {("20220101000000", "20230101000000")}
    assert one(hub, "select count(*) from ops.watermark") == 0


@pytest.mark.parametrize(
    ("level", "sources", "told"),
    [
        ("distrct", [], "level distrct is not among those"),
        (None, ["portl"], "no source is named portl"),
        ("portal", ["national"], "national is no active source of level portal"),
    ],
)
def test_a_wrong_choice_is_refused_before_anything_runs(
    hub: ProvinceHub, level: str | None, sources: list[str], told: str
) -> None:
    with pytest.raises(HubError, match=told):
        run(hub, level, sources)
    assert one(hub, "select count(*) from ops.pull") == 0


def test_ctrl_c_ends_the_run_as_it_ends_every_command(hub: ProvinceHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "land", lambda *_: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        run(hub, "portal")


def test_wrong_settings_are_told_by_their_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_DATABASE", "Not A Name")
    with (
        dg.DagsterInstance.ephemeral() as instance,
        pytest.raises(dg.DagsterInvariantViolationError, match="HUB_DATABASE"),
    ):
        build_defs().resolve_job_def("portal").execute_in_process(instance=instance, run_config=QUIET)


def test_late_is_what_exceeds_the_declared_interval(hub: ProvinceHub) -> None:
    run(hub)
    assert hub.sources[0].pull.every == timedelta(hours=1)
    change(hub, "update ops.pull set finished_at = finished_at - interval '59 minutes'")
    assert all(check.passed for check in execute(hub, "what_is_broken_now").get_asset_check_evaluations())

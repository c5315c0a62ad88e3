"""The drop-folder sensor: settled new files ask for one run of just their sources, broken folders stop nobody."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from hub import definitions
from hub.application import Hub
from hub.dropping import look
from hub.settings import Settings, load

DECLARED = """
level: commune
family: files
mapping: goi_ho_so_xml
sources: [xa-mot, xa-hai, xa-ba]
connection:
  url: {env: HUB_DROP_URL}
  pattern: "*.xml"
pull: {every: 1d}
overrides:
  xa-mot: {connection: {folder: mot}}
  xa-hai: {connection: {folder: hai}}
  xa-ba: {connection: {folder: ba}}
"""


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """Three empty drop folders."""
    for name in ("mot", "hai", "ba"):
        (tmp_path / "drop" / name).mkdir(parents=True)
    return tmp_path / "drop"


@pytest.fixture
def communes(tmp_path: Path, drop: Path) -> Hub:
    """A hub of three communes; no warehouse is needed to look into folders."""
    (tmp_path / "declared").mkdir()
    (tmp_path / "declared" / "communes.yml").write_text(DECLARED, encoding="utf-8")
    environment = {"HUB_HOME": str(tmp_path), "HUB_DROP_URL": str(drop), "HUB_SOURCES": str(tmp_path / "declared")}
    return Hub(load(environment))


def put(folder: Path, name: str, age_s: float = 3600, text: str = "<a/>") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    os.utime(file, (time.time() - age_s,) * 2)
    return file


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def tick(hub: Hub, instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    """One evaluation, as the daemon does it."""
    (sensor,) = definitions.SENSORS
    context = dg.build_sensor_context(instance=instance, cursor=cursor, resources={"hub": hub})
    result = sensor(context)
    assert isinstance(result, dg.SensorResult)
    return result


def asked(result: dg.SensorResult) -> list[str]:
    """The sources of the one run that a tick asks for."""
    (request,) = result.run_requests or [dg.RunRequest(run_config={})]
    sources: list[str] = request.run_config.get("ops", {}).get("raw__commune", {}).get("config", {}).get("sources", [])
    return sources


def test_settled_files_ask_for_one_run_of_their_sources(
    communes: Hub, drop: Path, instance: dg.DagsterInstance
) -> None:
    put(drop / "mot", "goi-1.xml")
    put(drop / "ba", "goi-2.xml")
    put(drop / "hai", "goi-3.xml", age_s=0)  # still being written
    put(drop / "hai", "doc.txt")  # none of the source's
    result = tick(communes, instance)
    assert asked(result) == ["xa-ba", "xa-mot"]
    config = (result.run_requests or [])[0].run_config
    job = definitions.build_defs().resolve_job_def("commune")
    assert dg.validate_run_config(job, config)


def test_the_same_files_ask_once_and_another_one_asks_again(
    communes: Hub, drop: Path, instance: dg.DagsterInstance
) -> None:
    put(drop / "mot", "goi-1.xml")
    first = tick(communes, instance)
    second = tick(communes, instance, first.cursor)
    assert not second.run_requests and "no settled new file in 3 folders" in str(second.skip_reason)
    put(drop / "mot", "goi-2.xml")
    third = tick(communes, instance, second.cursor)
    assert asked(third) == ["xa-mot"]
    for file in (drop / "mot").iterdir():
        file.unlink()
    fourth = tick(communes, instance, third.cursor)
    put(drop / "mot", "goi-1.xml", age_s=7200)
    assert asked(tick(communes, instance, fourth.cursor)) == ["xa-mot"]


def test_a_file_that_settles_later_is_not_forgotten(communes: Hub, drop: Path, instance: dg.DagsterInstance) -> None:
    file = put(drop / "mot", "goi-1.xml", age_s=0)
    first = tick(communes, instance)
    assert not first.run_requests
    os.utime(file, (time.time() - 3600,) * 2)
    assert asked(tick(communes, instance, first.cursor)) == ["xa-mot"]


def test_a_broken_folder_is_told_and_stops_no_other(communes: Hub, drop: Path, instance: dg.DagsterInstance) -> None:
    (drop / "hai").rmdir()
    skipped = tick(communes, instance)
    assert "1 cannot be listed: xa-hai" in str(skipped.skip_reason)
    put(drop / "mot", "goi-1.xml")
    assert asked(tick(communes, instance, skipped.cursor)) == ["xa-mot"]


def test_a_missing_address_is_told_for_each_source(communes: Hub, tmp_path: Path) -> None:
    settings = load({"HUB_HOME": str(tmp_path), "HUB_SOURCES": str(tmp_path / "declared")})
    looked = look(Hub(settings), "commune", None, 5)
    assert set(looked.broken) == {"xa-mot", "xa-hai", "xa-ba"} and not looked.due
    assert "HUB_DROP_URL is not set" in looked.broken["xa-mot"]


def test_a_look_that_ran_out_of_time_goes_on_where_it_ended(communes: Hub, drop: Path) -> None:
    for name in ("mot", "hai", "ba"):
        put(drop / name, "goi.xml")
    none = look(communes, "commune", None, 0)
    assert (none.folders, none.due) == (0, []) and none.cursor
    later = look(communes, "commune", none.cursor, 5)
    assert later.due == ["xa-ba", "xa-hai", "xa-mot"]


@pytest.mark.parametrize("cursor", ["", "no json", '{"asked": 3}'])
def test_a_memory_that_cannot_be_read_is_begun_anew(communes: Hub, drop: Path, cursor: str) -> None:
    put(drop / "mot", "goi.xml")
    assert look(communes, "commune", cursor, 5).due == ["xa-mot"]


def test_nothing_is_asked_while_a_run_is_not_over(communes: Hub, drop: Path, instance: dg.DagsterInstance) -> None:
    put(drop / "mot", "goi.xml")
    job = definitions.build_defs().resolve_job_def("commune")
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    first = tick(communes, instance)
    assert not first.run_requests and "not over yet" in str(first.skip_reason)
    instance.delete_run(run.run_id)
    assert asked(tick(communes, instance, first.cursor)) == ["xa-mot"]


def test_sources_are_left_alone_in_their_quiet_hours(communes: Hub, drop: Path, tmp_path: Path) -> None:
    put(drop / "mot", "goi.xml")
    quiet = DECLARED.replace("every: 1d", 'every: 1d, quiet: ["00:00-23:59"]')
    (tmp_path / "declared" / "communes.yml").write_text(quiet, encoding="utf-8")
    settings: Settings = replace(communes.settings, clock=communes.settings.now().replace(hour=12))
    assert look(Hub(settings), "commune", None, 5).folders == 0

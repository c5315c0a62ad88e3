"""What Dagster is told, without running anything: the graph, its jobs and schedules, the schemas of its tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest
from dagster._core.definitions.freshness import TimeWindowFreshnessPolicy
from dagster._core.scheduler.instigation import InstigatorType, TickStatus
from sqlalchemy.engine import URL, make_url

import schemas
from assets.schema import column_schema
from hub import definitions
from hub.reference import agencies
from hub.registry import load_mappings, load_sources
from hub.settings import ZONE
from schemas.tables import METADATA

GRAPH = Path(__file__).with_name("graph.txt")


def graph() -> Iterator[str]:
    """One line per asset: key, group, what it is made of, its checks; blocking ones end in an exclamation mark."""
    nodes = definitions.build_defs().resolve_asset_graph()
    for key in sorted(nodes.get_all_asset_keys()):
        node = nodes.get(key)
        checks = [nodes.get_check_spec(check) for check in sorted(node.check_keys)]
        parts = (
            key.to_user_string(),
            node.group_name,
            "from " + (", ".join(parent.to_user_string() for parent in sorted(node.parent_keys)) or "outside"),
            "checks " + ", ".join(check.name + "!" * check.blocking for check in checks),
        )
        yield " | ".join(parts)


def test_graph_is_the_agreed_one() -> None:
    assert "\n".join(graph()) + "\n" == GRAPH.read_text(encoding="utf-8")


def test_loads_without_a_warehouse_and_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("HUB_HOME", str(home))
    monkeypatch.setenv("HUB_WAREHOUSE_URL", "not an address")
    dg.Definitions.validate_loadable(definitions.build_defs())
    assert not home.exists()


@pytest.mark.parametrize(
    ("schedule", "cron"),
    [
        ("nightly_at_1", "0 1 * * *"),
        ("portal_hourly", "10 * * * *"),
        ("national_hourly", "15 * * * *"),
        ("commune_daily", "30 18 * * *"),
        ("what_is_broken_hourly", "50 * * * *"),
    ],
)
def test_schedules_ask_for_one_run_by_local_time(schedule: str, cron: str) -> None:
    found = definitions.build_defs().resolve_schedule_def(schedule)
    assert (found.cron_schedule, found.execution_timezone) == (cron, "Asia/Ho_Chi_Minh")
    assert found.default_status is dg.DefaultScheduleStatus.STOPPED
    tick = datetime(2026, 7, 1, 1, 0, tzinfo=ZONE)
    requests = found.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=tick)).run_requests
    assert requests is not None and len(requests) == 1


def test_a_level_job_leaves_the_other_level_alone() -> None:
    job = definitions.build_defs().resolve_job_def("portal")
    keys = {key.to_user_string() for key in job.asset_layer.executable_asset_keys}
    assert keys == {"raw/portal", "std/portal", "core/dossier", "mart/dossier_version", "mart/source_health"}


def test_every_asset_has_owner_version_table_and_columns() -> None:
    for spec in definitions.build_defs().resolve_all_asset_specs():
        assert spec.owners and spec.code_version and spec.kinds
        table = METADATA.tables[spec.metadata["dagster/table_name"]]
        schema = spec.metadata["dagster/column_schema"]
        assert [column.name for column in schema.columns] == list(table.columns.keys())


def test_columns_carry_type_comment_key_and_sensitivity() -> None:
    columns = {column.name: column for column in column_schema(METADATA.tables["core.dossier"]).columns}
    assert columns["dossier_id"].constraints == dg.TableColumnConstraints(nullable=False, unique=True)
    assert columns["received_at"].type == "timestamp with time zone"
    assert columns["received_at"].description == "Thời điểm tiếp nhận"
    assert columns["applicant_masked"].tags == {"sensitivity": "masked"}


def declared() -> dict[str, set[timedelta]]:
    """How often the packaged sources of each level are asked."""
    packaged = Path(schemas.__file__).parent
    mappings = load_mappings(packaged / "mappings")
    sources = load_sources(packaged / "sources", mappings, agencies().to_dicts(), datetime(2022, 10, 1, tzinfo=ZONE))
    found: dict[str, set[timedelta]] = {}
    for source in sources:
        found.setdefault(source.level, set()).add(source.pull.every)
    return found


def test_schedules_and_freshness_follow_what_the_sources_declare() -> None:
    assert {level: {every} for level, every in definitions.EVERY.items()} == declared()
    nodes = definitions.build_defs().resolve_asset_graph()
    for level, every in definitions.EVERY.items():
        policy = nodes.get(dg.AssetKey(["raw", level])).freshness_policy
        assert isinstance(policy, TimeWindowFreshnessPolicy)
        assert every < policy.warn_window.to_timedelta() < policy.fail_window.to_timedelta()


def test_one_run_at_a_time_pulls_a_level_and_one_writes_core() -> None:
    pools = {key.to_user_string(): found.op.pool for key, found in assets().items()}
    assert pools["core/dossier"] == "core_writer"
    assert {pools[f"raw/{level}"] for level in definitions.LEVELS} == {f"pull_{level}" for level in definitions.LEVELS}


def assets() -> dict[dg.AssetKey, dg.AssetsDefinition]:
    return {found.key: found for found in definitions.ASSETS}


@pytest.fixture
def dagster_database(server: str) -> Iterator[URL]:
    """A database for Dagster's own records, beside the warehouse's."""
    url = make_url(server)
    plain = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute("create database dagster_own")
        yield url.set(database="dagster_own")
        admin.execute("drop database dagster_own with (force)")


def test_the_instance_for_production_loads_and_runs_on_postgresql(
    dagster_database: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = dagster_database
    given = {"HOST": url.host, "PORT": url.port, "USER": url.username, "PASSWORD": url.password, "DB": url.database}
    for name, value in given.items():
        monkeypatch.setenv(f"DAGSTER_PG_{name}", str(value))
    shutil.copyfile(Path(definitions.__file__).with_name("dagster.yaml"), tmp_path / "dagster.yaml")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert type(instance.run_storage).__name__ == "PostgresRunStorage"
        concurrency = instance.get_concurrency_config()
        assert concurrency.pool_config.default_pool_limit == 1
        assert instance.run_monitoring_settings["free_slots_after_run_end_seconds"] > 0
        assert instance.get_tick_retention_settings(InstigatorType.SENSOR)[TickStatus.SKIPPED] > 0
        assert not instance.telemetry_enabled
        result = dg.materialize([dg.AssetSpec("upstream"), trivial], instance=instance)
        assert result.success and len(instance.get_runs()) == 1
        assert instance.get_latest_materialization_event(dg.AssetKey("trivial")) is not None
        instance.delete_run(result.run_id)
        assert instance.get_runs() == []


@dg.asset(deps=["upstream"])
def trivial() -> None:
    """Something to run."""

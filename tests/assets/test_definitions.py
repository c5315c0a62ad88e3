"""What Dagster is told, without running anything: the graph, its jobs and schedules, the schemas of its tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from assets.schema import column_schema
from hub import definitions
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
    assert keys == {"raw/portal", "std/portal", "core/dossier", "mart/dossier_version"}


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

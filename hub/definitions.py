"""The hub as Dagster sees it: every asset, check, job, schedule and sensor, listed by name.

Here: the assembly. Not here: what an asset does (`assets`), any connection: importing this module opens nothing and
reads neither sources nor environment, so a code location loads on a machine that reaches no warehouse.

A new level of sources is one more name in LEVELS.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg

from assets import checks
from assets.census import census_job
from assets.core import core_asset
from assets.drops import drop_sensor
from assets.health import health_asset
from assets.mart import mart_dossier_version
from assets.raw import raw_asset
from assets.resources import HubResource
from assets.std import std_asset
from schemas.tables import between, core, mart, origin, std

LEVELS = ("portal", "national", "province", "district", "commune")
ZONE = "Asia/Ho_Chi_Minh"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# As the packaged source files declare `every`, which this module must not read; a test compares.
EVERY = {"portal": HOUR, "national": HOUR, "province": HOUR, "district": HOUR, "commune": DAY}

RAW = {level: raw_asset(level, EVERY[level]) for level in LEVELS}
STD = {level: std_asset(level) for level in LEVELS}
CORE_DOSSIER = core_asset(LEVELS)
SOURCE_HEALTH = health_asset(LEVELS)
ASSETS = [*RAW.values(), *STD.values(), CORE_DOSSIER, mart_dossier_version, SOURCE_HEALTH]

CORE_TABLES = (
    core.DOSSIER,
    core.DOSSIER_SOURCE,
    core.DOSSIER_NUMBER,
    core.DOSSIER_HISTORY,
    core.DOSSIER_REDIRECT,
    origin.CONFLICT,
    origin.VALUE_ORIGIN,
    origin.DOSSIER_LINK,
    between.REVIEW,
    between.MATCH_EVIDENCE,
    between.JUDGEMENT,
    core.OFFICER,
    *core.CHILD_TABLES.values(),
)
MART_TABLES = (
    mart.DOSSIER_VERSION,
    mart.AGENCY_DIM,
    mart.AGENCY_SUCCESSOR,
    mart.PROCEDURE_DIM,
    mart.DAY_DIM,
    mart.CODE_DIM,
    mart.RULE_DIM,
    mart.JOURNEY,
    mart.JOURNEY_LEG,
)
CHECKS = [
    *(checks.sources_deliver(level) for level in LEVELS),
    *(checks.keeps_contract(("std", level), tuple(std.RECORD_TABLES.values())) for level in LEVELS),
    checks.keeps_contract(("core", "dossier"), CORE_TABLES),
    checks.references_hold,
    checks.std_equals_core,
    checks.nothing_is_broken_now,
    checks.keeps_contract(("mart", "dossier_version"), MART_TABLES),
    checks.keeps_contract(("mart", "source_health"), (mart.SOURCE_HEALTH,)),
]

NIGHTLY = dg.define_asset_job("nightly", dg.AssetSelection.all(), description="All levels, then dossiers and marts.")
LEVEL_JOBS = {
    level: dg.define_asset_job(
        level,
        dg.AssetSelection.assets(RAW[level], STD[level], CORE_DOSSIER, mart_dossier_version, SOURCE_HEALTH),
        description=f"The sources of level {level}, then dossiers and marts.",
    )
    for level in LEVELS
}
STANDING_CHECKS = dg.define_asset_job(
    "what_is_broken_now",
    dg.AssetSelection.checks(
        dg.AssetCheckKey(SOURCE_HEALTH.key, "nothing_is_broken_now"),
        *(dg.AssetCheckKey(RAW[level].key, "sources_deliver") for level in LEVELS),
    ),
    description="Asks the ledger, not the sources: what failed, is late, or waits.",
)
JOBS: list[Any] = [NIGHTLY, *LEVEL_JOBS.values(), STANDING_CHECKS, census_job]

# Started by the people of an installation, in Dagster's pages: a checkout must not begin to ask real systems.
SCHEDULES = [
    dg.ScheduleDefinition("nightly_at_1", job=NIGHTLY, cron_schedule="0 1 * * *", execution_timezone=ZONE),
    *(
        # Levels start some minutes apart, and none together with the nightly run; those of a day after offices close.
        dg.ScheduleDefinition(
            f"{level}_{'hourly' if EVERY[level] == HOUR else 'daily'}",
            job=job,
            cron_schedule=f"{10 + 5 * place} {'*' if EVERY[level] == HOUR else '18'} * * *",
            execution_timezone=ZONE,
        )
        for place, (level, job) in enumerate(LEVEL_JOBS.items())
    ),
    dg.ScheduleDefinition("census_at_3", job=census_job, cron_schedule="0 3 * * *", execution_timezone=ZONE),
    dg.ScheduleDefinition(
        "what_is_broken_hourly", job=STANDING_CHECKS, cron_schedule="50 * * * *", execution_timezone=ZONE
    ),
]

# Off in a checkout, like the schedules.
SENSORS = [drop_sensor("commune")]


def build_defs(*, overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """All of the hub. `overrides` replaces resources by name, as tests do: {"hub": Hub(settings)}."""
    return dg.Definitions(
        assets=ASSETS,
        asset_checks=CHECKS,
        jobs=JOBS,
        schedules=SCHEDULES,
        sensors=SENSORS,
        resources={"hub": HubResource(), **(overrides or {})},
        executor=dg.in_process_executor,
    )


defs = build_defs()

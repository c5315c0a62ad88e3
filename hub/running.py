"""`hub run`: the same assets and checks as Dagster's pages start, in this process and without a Dagster home.

Here: which assets a run is made of, and what came out of it, as values. Not here: the assets (`hub/definitions.py`),
printing (`hub/cli`). The run's events live in memory and are gone with it; what is true stands in the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from assets.raw import wanted
from assets.resources import Pull
from hub import ledger, loading
from hub.application import Hub
from hub.definitions import LEVELS, build_defs
from hub.errors import HubError
from hub.reconcile.core import Reconciled

# What goes wrong is told once, by the caller, out of the outcome; Dagster's own lines carry its whole machinery.
_QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}
_ALWAYS = (("core", "dossier"), ("mart", "dossier_version"), ("mart", "source_health"))


@dataclass(frozen=True)
class FailedCheck:
    """A check that did not pass. `blocking`: it stopped what stands after the asset. `severity`: ERROR or WARN."""

    asset: str
    name: str
    blocking: bool
    severity: str
    sentence: str


@dataclass(frozen=True)
class RunOutcome:
    """What a run did. `success`: every station ran and no blocking check failed; sources may have failed all the same.

    pulls: one per stream.      loaded: one per source that had something to load.
    reconciled: None when core was not reached.      mart: written rows per table, empty when mart was not reached.
    failures: one sentence per station that could not do its work.
    """

    success: bool
    pulls: list[ledger.Pull]
    loaded: list[loading.Loaded]
    reconciled: Reconciled | None
    mart: dict[str, int]
    failed_checks: list[FailedCheck] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def run(
    hub: Hub,
    level: str | None = None,
    sources: Sequence[str] = (),
    since: str | None = None,
    until: str | None = None,
) -> RunOutcome:
    """Pull and load one level, the named sources, or everything; then core and mart.

    `since`, `until`: cursors in the source's own form; a window given here moves no watermark.
    Raises HubError for an unknown level or source, KeyboardInterrupt after Ctrl-C; the outcome tells what else went
    wrong.
    """
    levels = _levels(hub, level, sources)
    config = {
        f"raw__{name}": Pull(
            sources=[source.source_id for source in hub.chosen(name, sources)] if sources else [],
            since=since,
            until=until,
        )
        for name in levels
    }
    keys = [dg.AssetKey([station, name]) for station in ("raw", "std") for name in levels]
    witness = _Witness(hub)
    job = build_defs(overrides={"hub": witness}).resolve_job_def("nightly")
    with dg.DagsterInstance.ephemeral(settings={"telemetry": {"enabled": False}}) as instance:
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            asset_selection=[*keys, *(dg.AssetKey(key) for key in _ALWAYS)],
            run_config=dg.RunConfig(ops=config, loggers=_QUIET),
        )
    broken = [event for event in result.all_events if event.is_step_failure]
    if any(_interrupted(event) for event in broken):
        raise KeyboardInterrupt
    return RunOutcome(
        result.success,
        witness.pulls,
        witness.loaded,
        witness.reconciled,
        witness.mart,
        [_failed(check) for check in result.get_asset_check_evaluations() if not check.passed],
        [_sentence(event) for event in broken],
    )


def _levels(hub: Hub, level: str | None, sources: Sequence[str]) -> list[str]:
    if level is not None and level not in LEVELS:
        raise HubError(f"level {level} is not among those that this version runs", f"they are {', '.join(LEVELS)}")
    if not sources:
        return [level] if level else list(LEVELS)
    found = {source.level for source in wanted(hub, level, sources)}
    if strange := sorted(found - set(LEVELS)):
        raise HubError(f"level {strange[0]} is not among those that this version runs", f"they are {', '.join(LEVELS)}")
    return [name for name in LEVELS if name in found]


class _Witness:
    """The hub of one run; keeps what its stations gave, of which Dagster keeps only a summary."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.pulls: list[ledger.Pull] = []
        self.loaded: list[loading.Loaded] = []
        self.reconciled: Reconciled | None = None
        self.mart: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hub, name)

    def land(self, *arguments: Any) -> list[ledger.Pull]:
        pulls = self._hub.land(*arguments)
        self.pulls += pulls
        return pulls

    def load(self, *arguments: Any) -> list[loading.Loaded]:
        loaded = self._hub.load(*arguments)
        self.loaded += loaded
        return loaded

    def reconcile(self) -> Reconciled:
        self.reconciled = self._hub.reconcile()
        return self.reconciled

    def refresh(self) -> dict[str, int]:
        self.mart = self._hub.refresh()
        return self.mart


def _failed(check: dg.AssetCheckEvaluation) -> FailedCheck:
    asset, severity = check.asset_key.to_user_string(), check.severity.value
    return FailedCheck(asset, check.check_name, bool(check.blocking), severity, check.description or "")


def _interrupted(event: dg.DagsterEvent) -> bool:
    """Whether the step ended by Ctrl-C, which Dagster catches and records as a failure."""
    error = event.step_failure_data.error
    return error is not None and error.cls_name == dg.DagsterExecutionInterruptedError.__name__


def _sentence(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    told = data.user_failure_data.description if data.user_failure_data else None
    return f"{(event.step_key or '').replace('__', '/')}: {told or data.error_display_string.splitlines()[0]}"

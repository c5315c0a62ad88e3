"""What is wrong with sources at this moment, with what to do next: one list for `hub status` and the standing check.

Here: the ledger of this moment (`hub/standing.py`) and the last judgement (`hub/health.py`) made into troubles. Not
here: how either is found out, drawing. A trouble is of kind `delivery` (the source did not answer, or not in time),
`unusual` (it answered, and what it said is not as usual) or `holding` (what the hub holds of it). Quarantine and drift
are counted beside and are no trouble by themselves: on real data some of both is always open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from hub.census_ledger import troubles as census_troubles
from hub.health import Health, finding, healths
from hub.source import Source
from hub.standing import Standing, standings


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong: `sentence` what, `next` what to do, "" when the sentence says it."""

    kind: str
    sentence: str
    next: str = ""


@dataclass(frozen=True)
class Condition:
    """One source, or one agency within it; `standing` is the source's, `health` None before the first judgement."""

    source_id: str
    agency_code: str
    level: str
    standing: Standing
    health: Health | None
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The source, and the agency within it."""
        return f"{self.source_id}, {self.agency_code}" if self.agency_code else self.source_id


def conditions(connection: psycopg.Connection[Any], sources: Sequence[Source], now: datetime) -> list[Condition]:
    """Every source, then the agencies within sources that are not as usual; troubled sources first."""
    found = {item.source_id: item for item in standings(connection, sources, now)}
    judged = healths(connection)
    whole = {health.source_id: health for health in judged if health.is_whole}
    counted = census_troubles(connection)
    made = []
    for source_id, standing in found.items():
        health = whole.get(source_id)
        troubles = [*_delivery(standing), *(_unusual(health) if standing.active else []), *_holding(standing)]
        troubles += [Trouble("holding", sentence) for sentence in counted.get(source_id, [])]
        made.append(Condition(source_id, "", standing.level, standing, health, troubles))
    for health in judged:
        of = found.get(health.source_id)
        if not health.is_whole and of is not None and of.active and (troubles := _unusual(health)):
            made.append(Condition(health.source_id, health.agency_code, health.level, of, health, troubles))
    return sorted(made, key=lambda item: (not item.troubles, item.level, item.source_id, item.agency_code))


def _delivery(standing: Standing) -> list[Trouble]:
    """What the ledger says about how an active source delivers."""
    told = []
    if standing.active and standing.outcome == "never":
        told.append(Trouble("delivery", "was never asked", f"hub run --level {standing.level}"))
    elif standing.active and standing.outcome != "ok":
        next_ = "" if standing.outcome == "skipped" else f"hub sources test {standing.source_id}"
        told.append(Trouble("delivery", standing.message or standing.outcome, next_))
    if standing.late:
        hours = standing.late.total_seconds() / 3600
        told.append(Trouble("delivery", f"late by {hours:.1f} h", "see that the schedule runs"))
    return told


def _unusual(health: Health | None) -> list[Trouble]:
    sentence = finding(health) if health else ""
    what, _, next_ = sentence.partition("; ")
    return [Trouble("unusual", what, next_)] if sentence else []


def _holding(standing: Standing) -> list[Trouble]:
    """What is wrong with what the hub holds of a source, active or not."""
    told = []
    if standing.pending:
        told.append(Trouble("holding", f"{standing.pending} records wait in raw", "hub run, then look at its message"))
    if standing.difference:
        told.append(Trouble("holding", f"{standing.difference} records unaccounted for", "hub balance"))
    return told

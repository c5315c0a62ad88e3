"""What is usual: chance raises no alarm, silence does, days off and Tết do not, and who is young is not judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from hub.settings import ZONE
from hub.warehouse.statements import run
from tests.health.conftest import NOW


@dataclass
class Simulated:
    """Sources that count dossiers by chance: `rates` per working day, weekends at a tenth of it."""

    connection: psycopg.Connection[Any]
    rates: np.ndarray[Any, Any]
    now: datetime = NOW
    seed: int = 1
    span: int = 200  # days

    def __post_init__(self) -> None:
        self.days = [self.now.date() - timedelta(days=back) for back in range(self.span, 0, -1)]
        found = self.connection.execute(
            "select day from core.calendar_day where recorded_to = 'infinity' and not is_working and name is not null"
        ).fetchall()
        off = {row[0] for row in found}
        weight = np.array([0.0 if d in off else 0.1 if d.isoweekday() > 5 else 1.0 for d in self.days])
        self.counts = np.random.default_rng(self.seed).poisson(np.outer(self.rates, weight))

    def findings(self) -> dict[str, str]:
        """source -> finding, as of `now`."""
        self.connection.execute("drop table if exists simulated, source_usual")
        self.connection.execute(
            "create temporary table simulated (source_id text, agency_code text, day date, dossiers bigint)"
        )
        with self.connection.cursor().copy("copy simulated from stdin") as copy:
            for i, j in zip(*np.nonzero(self.counts), strict=True):
                copy.write_row((f"s{i}", "a", self.days[j], int(self.counts[i, j])))
        names = [f"s{i}" for i in range(len(self.rates))]
        bound = {"today": self.now.date(), "source_id": names, "level": ["district"] * len(names)}
        bound |= {"complete_at": [self.now] * len(names), "lag": [None] * len(names)}
        run(self.connection, "mart/source_usual", bound, volume="simulated")
        return dict(self.connection.execute("select source_id, finding from source_usual where agency_code = ''"))

    def silence(self, days: int) -> None:
        self.counts[:, -days:] = 0


def loosened(connection: psycopg.Connection[Any], probability: float) -> None:
    """The rule with another probability and nothing but chance as a reason."""
    connection.execute(
        "update ops.rule_config set parameters = parameters || jsonb_build_object('probability', %s::float8,"
        " 'silent_share', 1, 'strange_times', 1) where rule_id = 'source_health_v1'",
        (probability,),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_chance_raises_no_more_alarms_than_the_bound(undone: psycopg.Connection[Any], seed: int) -> None:
    loosened(undone, 0.02)
    rates = np.tile([0.05, 0.2, 0.5, 1, 2, 5, 20], 85)
    found = Simulated(undone, rates, seed=seed).findings()
    alarms = sum(finding in ("silent", "strange") for finding in found.values())
    assert alarms <= 595 * 0.02 + 3 * (595 * 0.02) ** 0.5
    assert set(found.values()) <= {"ok", "silent", "strange", "not_learned"}


def test_with_the_shipped_rule_a_province_is_quiet(undone: psycopg.Connection[Any]) -> None:
    simulated = Simulated(undone, np.tile([0.05, 0.3, 1.0, 3.0, 30.0, 400.0], 101))
    found = simulated.findings()
    assert [source for source, finding in found.items() if finding in ("silent", "strange")] == []


@pytest.mark.parametrize(("rate", "days"), [(100, 2), (20, 2), (5, 5), (1, 28)])
def test_who_falls_silent_is_told(undone: psycopg.Connection[Any], rate: float, days: int) -> None:
    simulated = Simulated(undone, np.full(20, float(rate)))
    simulated.silence(days)
    assert sum(finding == "silent" for finding in simulated.findings().values()) >= 18


def test_who_sends_far_too_many_is_told(undone: psycopg.Connection[Any]) -> None:
    simulated = Simulated(undone, np.full(20, 5.0))
    simulated.counts[:10, -1] += 40
    found = simulated.findings()
    assert {source for source, finding in found.items() if finding == "strange"} == {f"s{i}" for i in range(10)}


@pytest.mark.parametrize(
    ("day", "holiday"),
    [("2022-02-07", "Tết"), ("2022-02-12", "after Tết"), ("2022-01-29", "before Tết"), ("2022-09-05", "2 September")],
)
def test_days_off_raise_no_alarm(undone: psycopg.Connection[Any], day: str, holiday: str) -> None:
    simulated = Simulated(undone, np.full(30, 20.0), now=datetime.fromisoformat(f"{day}T07:00").replace(tzinfo=ZONE))
    if "before" in holiday or "after" in holiday:  # offices that close early or open late are no surprise either
        simulated.silence(4)
    found = simulated.findings()
    assert [source for source, finding in found.items() if finding != "ok"] == [], holiday


def test_who_is_young_is_not_judged(undone: psycopg.Connection[Any]) -> None:
    simulated = Simulated(undone, np.full(5, 20.0))
    simulated.counts[:, :-40] = 0
    simulated.silence(7)
    assert set(simulated.findings().values()) == {"not_learned"}


def test_lumps_are_no_silence(undone: psycopg.Connection[Any]) -> None:
    """A register that comes every other week with all its dossiers is not silent in between."""
    simulated = Simulated(undone, np.zeros(14))
    for i in range(14):
        simulated.counts[i, i::14] = 60
    assert set(simulated.findings().values()) == {"ok"}


def test_the_season_of_last_year_is_expected(undone: psycopg.Connection[Any]) -> None:
    """Every October brings half as much: with a year behind it that is no silence, without one it is the usual fall."""
    now = datetime(2022, 10, 31, 7, tzinfo=ZONE)
    simulated = Simulated(undone, np.full(10, 200.0), now=now, span=700)
    october = [place for place, day in enumerate(simulated.days) if day.month == 10]
    simulated.counts[:, october] = simulated.counts[:, october] * 2 // 5
    assert set(simulated.findings().values()) == {"ok"}
    simulated.counts[:, :350] = 0
    assert set(simulated.findings().values()) == {"silent"}


@pytest.mark.parametrize(("x", "shape", "share"), [(0, 5.5, 0.8), (3, 20.5, 0.7), (40, 300.5, 0.9), (500, 900.5, 0.6)])
def test_probability_is_that_of_a_rate_known_by_a_count(
    undone: psycopg.Connection[Any], x: int, shape: float, share: float
) -> None:
    drawn = np.random.default_rng(7)
    counts = drawn.poisson(drawn.gamma(shape, (1 - share) / share, 200_000))
    row = undone.execute("select ops.at_most(%s, %s, %s)", (x, shape, share)).fetchone()
    assert row is not None and row[0] == pytest.approx((counts <= x).mean(), abs=0.005)

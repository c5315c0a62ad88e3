"""A province on a day: the true dossiers, what each system serves, and the truth beside it.

Here: `build`, which makes a world from a seed, and the choice of versions that are served. Not here: lives
(`lives.py`), what is said (`said.py`), texts (`messages.py`), files and processes (`control.py`).
A world of a later day of the same seed is the same world grown: nothing that was served before changes, except
records of dossiers to which something happened, and these carry a newer NgayCapNhat.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import polars as pl

from hub.sandbox.chains import SHARES, Chains
from hub.sandbox.disagreements import CHILD_FIELDS, TWIN, Disagreements, seen_by
from hub.sandbox.dossier import Life, changed
from hub.sandbox.drops import Drop
from hub.sandbox.guilt import Guilt, behaviours
from hub.sandbox.keeping import Keeping
from hub.sandbox.lives import Nature
from hub.sandbox.messages import clear_values, compact, dossier_message, step_message
from hub.sandbox.mischief import EXTRA_FIELDS, ROUGH, SPOILED_STATUS, switches_of
from hub.sandbox.misconduct import Misconduct
from hub.sandbox.one_stop import BASE_LEVELS
from hub.sandbox.opencps_sql import Site
from hub.sandbox.places import REFORM, UNKNOWN_PROCEDURES, Places, WorkingDays, submission_weights
from hub.sandbox.reform import Successors, crosses
from hub.sandbox.said import STOPPED, SYSTEMS, Said, says, visible
from hub.sandbox.td_sql import District
from hub.sandbox.truth import Recorder, Truth
from hub.sandbox.verdicts import due_dates, verdicts

FIRST_DAY = datetime(2022, 10, 1, 6)
BEFORE_REFORM = datetime(2025, 6, 20, 23, 30)
SPAN = timedelta(days=122)
RECORD_TYPES = ("dossier", "step")


@dataclass(slots=True)
class Unit:
    """All versions of one key that a list serves, the newest first: (NgayCapNhat, payload)."""

    key: str
    versions: list[tuple[str, bytes]]


@dataclass(slots=True)
class World:
    """What every system serves on the day, by (system, record type), ascending by NgayCapNhat and key."""

    today: datetime
    streams: dict[tuple[str, str], list[Unit]]
    truth: Truth
    districts: dict[str, District]
    sites: dict[str, Site]
    drops: list[Drop]


def build(
    seed: int = 1,
    dossiers: int = 20_000,
    profile: str = "daily",
    today: datetime = FIRST_DAY,
    days: int = 0,
    levels: Sequence[str] = BASE_LEVELS,
) -> World:
    """The world of `seed` on `today` (naive, Asia/Ho_Chi_Minh) plus `days` days.

    `dossiers` were submitted in the 122 days before `today`, or since all agencies of `today` stood where that is
    later; each further day brings its share of new ones. `levels`
    beside portal and national bring their one-stop systems: streams of departments, databases, files of communes.
    """
    now = today + timedelta(days=days)
    start = (today - SPAN).date()
    switches = switches_of(profile)
    work = WorkingDays(start - timedelta(days=10), now.date() + timedelta(days=500))
    places = Places(seed, today.date())
    start = max(start, places.since)
    later = Places(seed, REFORM) if crosses(today.date(), now.date()) else None
    nature = Nature(seed, switches, places, work, later)
    successors = Successors(today.date(), now.date())
    misconduct = Misconduct(seed, profile, today, work, places.busiest(3))
    streams: dict[tuple[str, str], list[Unit]] = {(s, kind): [] for s in SYSTEMS for kind in RECORD_TYPES}
    recorder = Recorder()
    disagreements = Disagreements(seed, profile)
    guilt = Guilt()
    keeping = Keeping(seed, profile, today, days, levels, disagreements, guilt)
    chains = Chains(seed, SHARES.get(profile, 0.0), keeping.tells_origin)
    ends = (_morning_after(today), _morning_after(now))
    days_of = _submission_days(seed, dossiers, start, *ends, work)
    for life in _lives(nature, disagreements, misconduct, chains, days_of):
        successors.hand_over(life)
        readable = keeping.keep(life, recorder)
        for source_id in SYSTEMS:
            event = visible(life, source_id, now)
            if event >= 0:
                seen = seen_by(life, source_id)
                said = _serve(seen, source_id, event, visible(life, source_id, today), now, streams, recorder)
                if seen is not life:
                    recorder.personal(clear_values(seen), [])
                if said is not None:
                    readable.append(said)
        recorder.personal(clear_values(life), [])
        recorder.dossier(life, readable)
        guilt.see(life, readable, keeping.packages_of(life))
        chains.see(life, readable)
    for true_id, is_joined_by_number in disagreements.shared:
        recorder.cannot_tell(true_id, CHILD_FIELDS if is_joined_by_number else ())
    drops = keeping.finish(recorder)
    for stream, items in keeping.items.items():
        streams[stream] = [Unit(key, [(version, payload)]) for version, key, payload in items]
    for units in streams.values():
        units.sort(key=lambda unit: (unit.versions[0][0], unit.key))
    truth = recorder.truth()
    known = (truth.dossiers, truth.frames["undetermined"])
    truth.frames["verdicts"] = verdicts(*known, now)
    truth.frames["due_dates"] = due_dates(*known, work)
    truth.frames["behaviours"], hidden = behaviours(guilt, truth, now)
    truth.frames["undetermined"] = pl.concat([truth.frames["undetermined"], hidden]).sort(pl.all())
    truth.frames["links"] = chains.frame()
    return World(now, streams, truth, keeping.districts, keeping.sites, drops)


def first_day(profile: str) -> datetime:
    """When a province begins unless told otherwise: `rough` goes across the reform."""
    return BEFORE_REFORM if profile in ROUGH else FIRST_DAY


def _morning_after(moment: datetime) -> date:
    """The first day of which nothing has been handed in yet."""
    return (moment + timedelta(hours=6)).date()


def _lives(
    nature: Nature, disagreements: Disagreements, misconduct: Misconduct, chains: Chains, days: list[date]
) -> Iterator[Life]:
    """Every life by ordinal, each twin after its elder, with what is done to it."""
    for ordinal, day in enumerate(days):
        life = nature.live(ordinal, day)
        misconduct.befall(life)
        yield chains.follow(life)
        if disagreements.has_twin(ordinal):
            twin = nature.live(ordinal + TWIN, day, life)
            misconduct.befall(twin)
            yield twin


def _submission_days(seed: int, dossiers: int, start: date, today: date, until: date, work: WorkingDays) -> list[date]:
    """The day of each dossier by ordinal: `dossiers` before `today`, then each further day's share."""
    past = submission_weights(start, today - timedelta(days=1), work)
    total = sum(weight for _, weight in past)
    days = Random(f"days {seed}").choices([day for day, _ in past], [weight for _, weight in past], k=dossiers)
    if until > today:
        for day, weight in submission_weights(today, until - timedelta(days=1), work):
            days.extend([day] * max(1, round(dossiers * weight / total)))
    return days


def _serve(
    life: Life,
    source_id: str,
    event: int,
    event_at_first: int,
    now: datetime,
    streams: dict[tuple[str, str], list[Unit]],
    recorder: Recorder,
) -> Said | None:
    """Puts what the system says of this life into its lists; gives the version the hub can read, if any."""
    traits = life.traits
    said = says(life, source_id, event)
    spoiled = _spoiled(life) == source_id
    bad_status = spoiled and "unknown_status" in traits
    # a spoiled version, or a garbled time, is fixed on the first day: what was read before must not depend on pulls
    late = spoiled and "unknown_status_late" in traits and event_at_first >= 1
    late = late and says(life, source_id, event_at_first).status not in STOPPED
    bad_time = (
        spoiled
        and "unreadable_received" in traits
        and event_at_first >= 0
        and says(life, source_id, event_at_first).received_at is not None
    )
    versions = [(compact(said.updated_at), dossier_message(life, said, bad_status or late, bad_time))]
    if "duplicate" in traits:
        versions.append(versions[0])
    readable: Said | None = said
    older = event_at_first - 1 if late else event - 1
    if late or ("older_after_newer" in traits and older >= 0 and not bad_status and not bad_time):
        before = says(life, source_id, older)
        versions.append((compact(before.updated_at), dossier_message(life, before)))
        if late:
            readable = changed(before, steps=said.steps)
    if bad_status or bad_time:
        readable = None
    streams[source_id, "dossier"].append(Unit(said.key, versions))
    _serve_steps(life, said, now, streams[source_id, "step"])
    if bad_status or late:
        recorder.quarantine(said, "UNKNOWN_STATUS")
        recorder.drift(source_id, "code", SPOILED_STATUS)
    if bad_time:
        recorder.quarantine(said, "UNREADABLE_DATE")
    if life.procedure.code in UNKNOWN_PROCEDURES and not bad_status and not bad_time:
        recorder.drift(source_id, "procedure", life.procedure.code)
    if "extra_field" in traits and source_id == "portal":
        for name in EXTRA_FIELDS:
            recorder.drift(source_id, "field", name)
    recorder.personal([], said.steps)
    return readable


def _serve_steps(life: Life, said: Said, now: datetime, units: list[Unit]) -> None:
    delay = life.portal_delay if said.source_id == "portal" else life.national_delay
    for ordinal, step in enumerate(said.steps):
        updated = (step.recorded_at or step.at) + delay
        versions = [(compact(updated), step_message(said.key, step, updated))]
        again = updated + timedelta(hours=1)
        if "resent_step" in life.traits and ordinal == 0 and again <= now:
            versions.insert(0, (compact(again), step_message(said.key, step, again)))
        units.append(Unit(f"{said.key} {compact(step.at)} {step.status} {step.text}", versions))


def _spoiled(life: Life) -> str:
    """The system that garbles this dossier, when its traits say so."""
    if life.in_portal and not (life.in_national and life.ordinal % 3 == 0):
        return "portal"
    return "national"

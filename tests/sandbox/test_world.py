"""A world is the same for the same seed, grows without changing what it said, and agrees with its truth."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import polars as pl
import pytest

from hub.sandbox.places import Places
from hub.sandbox.said import SYSTEMS
from hub.sandbox.world import World, build
from tests.sandbox.conftest import DOSSIERS, messages


def test_the_same_seed_makes_the_same_world(daily: World) -> None:
    again = build(seed=1, dossiers=DOSSIERS, profile="daily")
    assert again.streams == daily.streams
    assert all(frame.equals(daily.truth.frames[name]) for name, frame in again.truth.frames.items())
    assert build(seed=2, dossiers=20).streams != build(seed=1, dossiers=20).streams


def test_shares_of_the_systems(daily: World) -> None:
    counts = {system: len(daily.streams[system, "dossier"]) for system in SYSTEMS}
    assert 0.86 < counts["portal"] / DOSSIERS < 0.94
    assert 0.78 < counts["national"] / DOSSIERS < 0.90
    standing = {key for system in SYSTEMS for key in (unit.key for unit in daily.streams[system, "dossier"])}
    assert len(standing) >= DOSSIERS - 10  # the rest was handed in last night and is shown nowhere yet


def test_lists_ascend_and_keys_stand_once(daily: World) -> None:
    for units in daily.streams.values():
        leads = [(unit.versions[0][0], unit.key) for unit in units]
        assert leads == sorted(leads)
        assert max(Counter(unit.key for unit in units).values()) == 1
        assert all(version <= "20221001060000" for unit in units for version, _ in unit.versions)


def test_growth_adds_only_newer_versions(daily: World, later: World) -> None:
    first_day = "20221001060000"
    for stream, units in daily.streams.items():
        then = {unit.key: unit.versions for unit in units}
        now = {unit.key: unit.versions for unit in later.streams[stream]}
        assert then.keys() <= now.keys()
        changed = [key for key, versions in now.items() if versions != then.get(key)]
        assert changed
        for key in changed:
            assert now[key][0][0] > first_day
            served = dict(then.get(key, []))
            assert all(served[version] == payload for version, payload in now[key] if version in served)
        # what the day before served and is served again still says the same
        assert len(now) > len(then)


def test_truth_grows_with_the_days(daily: World, later: World) -> None:
    before, after = daily.truth.dossiers, later.truth.dossiers
    assert set(before["true_id"]) <= set(after["true_id"])
    both = before.join(after, on="true_id", suffix="_later")
    assert both.filter(pl.col("status") != pl.col("status_later")).height > 0
    for name in ("received_at", "finished_at", "returned_at"):  # what had happened has still happened
        assert both.filter(pl.col(name).is_not_null() & pl.col(name + "_later").is_null()).is_empty()


def test_statuses_and_times_are_consistent(clean: World) -> None:
    frame = clean.truth.dossiers
    assert set(frame["status"]) == set(range(1, 11))
    status = pl.col("status")
    never = [
        status.is_in([1, 3]) & pl.col("received_at").is_not_null(),
        ~status.is_in([1, 3]) & pl.col("received_at").is_null(),
        status.is_in([9, 10]) & pl.col("finished_at").is_null(),
        (status == 10) & pl.col("returned_at").is_null(),
        (status == 3) & pl.col("rejected_at").is_null(),
        (status == 7) & pl.col("withdrawn_at").is_null(),
        pl.col("received_at") > pl.col("finished_at"),
        pl.col("finished_at") > pl.col("returned_at"),
        pl.col("submitted_at") > pl.col("received_at"),
        pl.col("due_at") < pl.col("received_at"),
    ]
    for case in never:
        assert frame.filter(case).is_empty(), case
    assert frame["supplement_count"].max() >= 2
    due_days = frame["due_at"].drop_nulls().dt.date()
    assert not set(due_days) & {date(2022, 9, 1), date(2022, 9, 2)}  # Quốc khánh
    assert due_days.dt.weekday().max() == 5


def test_saturdays_receive_a_little_and_only_communes_at_the_desk(clean: World) -> None:
    direct = clean.truth.dossiers.filter(pl.col("channel") != 2, pl.col("received_at").dt.date().dt.weekday() == 6)
    levels = {agency.code: agency.level for agency in Places(1, date(2022, 10, 1)).agencies}
    assert direct.height > 0
    assert {levels[code] for code in direct["receiving_agency_code"]} == {"commune"}


def test_the_province_is_that_of_2022() -> None:
    levels = Counter(agency.level for agency in Places(1, date(2022, 10, 1)).agencies)
    assert (levels["commune"], levels["district"]) == (559, 27)
    places = Places(1, date(2022, 10, 1))
    assert all(places.procedure(agency, Random(1)).code for agency in places.agencies)


def test_members_are_what_the_lists_serve(daily: World) -> None:
    members = daily.truth.frames["members"]
    for system in SYSTEMS:
        served = {message["MaHoSo"] for message in messages(daily, system)}
        known = set(members.filter(pl.col("source_id") == system)["source_key"])
        refused = set(daily.truth.frames["quarantine"].filter(pl.col("source_id") == system)["source_key"])
        assert known <= served
        assert served - known <= refused


@pytest.mark.parametrize("profile", ["clean", "daily"])
def test_children_and_stops_follow_the_dossier(profile: str, clean: World, daily: World) -> None:
    truth = (clean if profile == "clean" else daily).truth
    frame = truth.dossiers.join(truth.frames["children"], on="true_id")
    assert frame.height == truth.dossiers.height
    assert frame.filter(pl.col("supplement") != pl.col("supplement_count")).is_empty()
    assert frame.filter((pl.col("supplement_count") > 0) & (pl.col("stops").list.len() == 0)).is_empty()
    assert frame["rating"].sum() > 0
    waiting = frame.filter(pl.col("status").is_in([5, 6, 8]))
    open_ended = waiting["stops"].list.eval(pl.element().struct["end"].is_null()).list.any()
    assert waiting.height > 0
    assert open_ended.all()

"""Across 1 July 2025: offices end, their open dossiers go on under the same number in the systems of successors."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from importlib.resources import files

import polars as pl
import pytest

from hub.sandbox.keeping import unsettled_agency
from hub.sandbox.one_stop import LEVELS, OneStops
from hub.sandbox.places import REFORM, seed_rows
from hub.sandbox.reform import MORNING, crosses
from hub.sandbox.world import BEFORE_REFORM, World, build, first_day

ENDED = {row["agency_code"] for row in seed_rows("agencies.csv") if row["valid_to"] == REFORM.isoformat()}
NEW = {
    row["agency_code"]
    for row in seed_rows("agencies.csv")
    if row["valid_from"] == REFORM.isoformat() and row["level"] == "commune"
}
EVE, MORROW = 10, 12  # days after the first


def province(days: int) -> World:
    return build(seed=3, dossiers=700, profile="rough", today=BEFORE_REFORM, days=days, levels=LEVELS)


@pytest.mark.parametrize(("days", "is_writing"), [(EVE - 1, True), (EVE, False), (EVE + 1, True)])
def test_no_office_leaves_half_a_file_on_its_last_evening(days: int, is_writing: bool) -> None:
    """Nobody would complete it, and nobody asks a folder of an office that is gone."""
    first = BEFORE_REFORM.date()
    assert bool(unsettled_agency(OneStops(first, LEVELS, first + timedelta(days=days)), days)) == is_writing


@pytest.fixture(scope="module")
def eve() -> World:
    return province(EVE)


@pytest.fixture(scope="module")
def morrow() -> World:
    return province(MORROW)


@pytest.fixture(scope="module")
def handed(morrow: World) -> pl.DataFrame:
    """(true_id, source_id of the old office, source_id of the successor)."""
    members = morrow.truth.frames["members"].with_columns(code=pl.col("source_id").str.extract(r"-(.*)$"))
    old = members.filter(pl.col("code").is_in(list(ENDED)))
    new = members.filter(pl.col("code").is_in(list(NEW)) | pl.col("source_id").str.starts_with("province"))
    return old.join(new, on="true_id", suffix="_new")


def test_when_a_province_goes_across() -> None:
    assert first_day("rough-light") == BEFORE_REFORM < first_day("rough") + timedelta(days=1)
    assert first_day("daily").year == 2022
    assert crosses(date(2025, 6, 20), date(2025, 7, 1))
    assert not crosses(date(2025, 6, 20), date(2025, 6, 30))
    assert not crosses(date(2025, 7, 1), date(2025, 7, 20))


def test_open_dossiers_of_ended_offices_stand_with_their_successor_too(handed: pl.DataFrame, eve: World) -> None:
    assert handed.height > 50
    assert handed["true_id"].is_unique().all()
    assert handed["source_id"].str.starts_with("district").any()
    assert handed["source_id_new"].str.starts_with("province").any()
    assert not any(code in source for source in eve.truth.frames["members"]["source_id"] for code in ("-H56.",))


def test_the_successor_shows_the_same_number(handed: pl.DataFrame, morrow: World) -> None:
    communes = handed.filter(pl.col("source_id_new").str.starts_with("commune")).join(
        morrow.truth.dossiers, on="true_id"
    )
    same = communes.filter(pl.col("source_key_new") == pl.col("dossier_no"))
    assert same.height == communes.height > 0


def test_the_receiving_agency_stays_that_of_receipt(handed: pl.DataFrame, morrow: World) -> None:
    known = handed.join(morrow.truth.dossiers, on="true_id").filter(pl.col("receiving_agency_code").is_not_null())
    before = known.filter(pl.col("received_at").dt.replace_time_zone(None) < MORNING)
    since = known.filter(pl.col("received_at").dt.replace_time_zone(None) >= MORNING)
    assert before["receiving_agency_code"].is_in(list(ENDED)).all()
    assert before.height > 50
    # handed in online at an office that ended, received by its successor
    assert not since["receiving_agency_code"].is_in(list(ENDED)).any()
    assert since.height > 0


def test_ended_offices_drop_no_file_and_new_ones_begin(morrow: World) -> None:
    last = EVE
    assert max(drop.day for drop in morrow.drops if drop.agency_code in ENDED) <= last
    assert min(drop.day for drop in morrow.drops if drop.agency_code in NEW) > last


def test_new_dossiers_come_to_new_offices_alone(eve: World, morrow: World) -> None:
    fresh = morrow.truth.dossiers.filter(pl.col("received_at").dt.date() >= REFORM)
    agencies = fresh["receiving_agency_code"].drop_nulls()
    late = set(agencies) & ENDED  # handed in online on the last day and received after it
    assert len(late) <= 5
    assert set(agencies) & NEW
    assert eve.truth.dossiers["receiving_agency_code"].drop_nulls().is_in(list(NEW)).sum() == 0


def test_what_was_served_before_stays(eve: World, morrow: World) -> None:
    for stream, units in eve.streams.items():
        now = {unit.key: dict(unit.versions) for unit in morrow.streams[stream]}
        for unit in units:
            for version, payload in unit.versions:
                assert now[unit.key].get(version, payload) == payload
    files = {(drop.agency_code, drop.name): drop for drop in morrow.drops}
    for drop in eve.drops:
        assert drop.unsettled or files[drop.agency_code, drop.name].content == drop.content


def test_nothing_new_bears_a_stamp_of_before(eve: World, morrow: World) -> None:
    """Else no pull that asks for what changed would ever read it."""
    evening = eve.today.strftime("%Y%m%d%H%M%S")
    for stream, units in morrow.streams.items():
        known = {unit.key for unit in eve.streams.get(stream, [])}
        assert not [unit.key for unit in units if unit.key not in known and unit.versions[0][0] <= evening], stream
    for code, site in morrow.sites.items():
        for table, rows in site.tables.items():
            dated = [row for row in rows if row.get("modifiedDate")]
            before = {tuple(row.values()) for row in eve.sites[code].tables[table] if row.get("modifiedDate")}
            assert not [row for row in dated if row["modifiedDate"] <= eve.today and tuple(row.values()) not in before]
    for code, district in morrow.districts.items():
        rows = {row["Id"]: row for row in eve.districts[code].tables["Business.HoSos"]}
        stampless = {key for key, row in rows.items() if row["CreatedOn"] is None}
        now = {row["Id"] for row in district.tables["Business.HoSos"] if row["CreatedOn"] is None}
        assert stampless <= now


def test_vendors_are_those_that_the_hub_knows_of() -> None:
    known = {row["agency_code"]: row["system"] for row in systems_rows()}
    across = OneStops(BEFORE_REFORM.date(), LEVELS, REFORM).systems
    told = {code: system.vendor.partition("_")[0] for code, system in across.items() if system.level != "province"}
    assert told == {code: known[code] for code in told}


def systems_rows() -> list[dict[str, str]]:
    """The shipped list of which agency runs which system."""
    return list(csv.DictReader((files("schemas") / "sources" / "systems.csv").read_text("utf-8").splitlines()))


def test_systems_of_both_sides_are_known_while_a_province_goes_across() -> None:
    before = OneStops(BEFORE_REFORM.date(), LEVELS)
    across = OneStops(BEFORE_REFORM.date(), LEVELS, REFORM)
    assert list(across.systems)[: len(before.systems)] == list(before.systems)
    assert set(across.systems) - set(before.systems) == NEW
    assert len(NEW) == 166
    assert {across.systems[code].vendor for code in NEW} == {"xml"}
    assert not across.systems[next(iter(sorted(NEW)))].stands_on(date(2025, 6, 30))

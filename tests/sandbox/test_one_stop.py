"""Each one-stop system holds what the truth says, in the form of its vendor, and grows by later changes alone."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from datetime import date, datetime
from random import Random
from typing import Any

import openpyxl
import polars as pl
import pytest
from lxml import etree

from hub.errors import HubError
from hub.sandbox import mischief, registers, td_sql
from hub.sandbox.drops import Drop
from hub.sandbox.one_stop import LEVELS, OneStops, checked_levels
from hub.sandbox.registers import SPELLINGS
from hub.sandbox.world import World, build
from tests.sandbox.conftest import DOSSIERS

FIRST_DAY = datetime(2022, 10, 1, 6)
SYSTEMS = OneStops(FIRST_DAY.date(), LEVELS)


def _keys(world: World) -> dict[str, set[str]]:
    """What every one-stop system really holds, by source, read back from its rows, items and files."""
    held: dict[str, set[str]] = {system.source_id: set() for system in SYSTEMS.systems.values()}
    for (source_id, kind), units in world.streams.items():
        if kind == "dossier" and source_id in held:
            held[source_id] |= {json.loads(payload)["Id"] for unit in units for _, payload in unit.versions}
    for code, district in world.districts.items():
        held[f"district-{code}"] |= {row["Id"] for row in district.tables["Business.HoSos"]}
    for code, site in world.sites.items():
        held[f"district-{code}"] |= {str(row["dossierId"]) for row in site.tables["opencps_dossier"]}
    for drop in world.drops:
        if drop.name.endswith(".xml") and not drop.unsettled:
            root = etree.fromstring(drop.content)
            held[f"commune-{drop.agency_code}"] |= set(root.xpath("DanhSachHoSo/HoSo/MaHoSo/text()"))
        elif drop.name.endswith(".xlsx"):
            held[f"commune-{drop.agency_code}"] |= set(_register_rows(drop))
    return held


def _register_rows(drop: Drop) -> dict[str, list[object]]:
    """The rows of a workbook by their key; the header is found by its titles, in whichever column it begins."""
    found: dict[str, list[object]] = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(drop.content)):
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        shift = 0 if rows[4][0] is not None else 1
        form = next(form for form in SPELLINGS if form.titles[1] == rows[4][shift + 1])
        assert [rows[5][shift + n] for n in (7, 8, 9)] == list(form.titles[7:10])
        assert rows[4][shift + 7] == form.group
        assert rows[6][shift : shift + 13] == [f"({n})" for n in range(1, 14)]
        assert {str(area) for area in sheet.merged_cells.ranges} >= {"H5:J5"} or shift
        for row in rows[7:-1]:
            values = row[shift : shift + 13]
            found[str(values[1] or registers.row_key(_month(sheet), int(str(values[0]))))] = values
        assert str(rows[-1][shift + 2]).startswith("Cộng tháng")
    return found


def _month(sheet: Any) -> date:
    return date(2022, int(str(sheet.title).removeprefix("Tháng ")), 1)


def test_every_system_holds_what_the_truth_says(province: World) -> None:
    held = _keys(province)
    members, refused = province.truth.frames["members"], province.truth.frames["quarantine"]
    for source_id, keys in held.items():
        known = set(members.filter(pl.col("source_id") == source_id)["source_key"])
        quarantined = set(refused.filter(pl.col("source_id") == source_id)["source_key"])
        assert known | quarantined == keys, source_id
        assert not known & quarantined, source_id
    assert sum(map(len, held.values())) > 0.9 * DOSSIERS


def test_systems_of_the_province_and_their_vendors() -> None:
    vendors = Counter(system.vendor for system in SYSTEMS.systems.values())
    assert vendors["td_rest"] == 20
    assert (vendors["td_sql"], vendors["opencps"]) == (18, 9)
    assert vendors["xml"] + vendors["register"] == 559
    assert 0.28 < vendors["register"] / 559 < 0.38


def test_a_dossier_stands_in_one_one_stop_system_and_copies_share_a_number(province: World) -> None:
    members = province.truth.frames["members"].with_columns(level=pl.col("source_id").str.extract(r"^([a-z]+)"))
    one_stop = members.filter(pl.col("level").is_in(["province", "district", "commune"]))
    assert one_stop["true_id"].is_unique().all()
    assert set(members["level"]) == set(LEVELS)
    together = members.group_by("true_id").agg(n=pl.len())["n"]
    assert together.max() == 3


def test_manifests_tell_the_canonical_hash_except_where_the_profile_lies(province: World) -> None:
    packages = [drop for drop in province.drops if drop.name.endswith(".xml") and not drop.unsettled]
    wrong: set[str] = set()
    for drop in packages:
        root = etree.fromstring(drop.content)
        told = {entry.get("MaHoSo"): entry.get("SHA256") for entry in root.iterfind("TieuDe/Manifest/Muc")}
        dossiers = root.findall("DanhSachHoSo/HoSo")
        assert len(told) == len(dossiers) == int(root.findtext("TieuDe/SoLuong") or 0)
        for dossier in dossiers:
            dossier.tail = None
            digest = hashlib.sha256(etree.tostring(dossier, method="c14n", exclusive=True, with_comments=False))
            if told[dossier.findtext("MaHoSo")] != digest.hexdigest():
                wrong.add(str(dossier.findtext("MaHoSo")))
    refused = province.truth.frames["quarantine"].filter(pl.col("reason_code") == "HASH_DIFFERS")
    assert wrong >= set(refused["source_key"])
    assert len(packages) > 300


def test_the_same_seed_makes_the_same_bytes(province: World) -> None:
    again = build(seed=1, dossiers=DOSSIERS, profile="daily", days=4, levels=LEVELS)
    assert again.drops == province.drops
    assert again.streams == province.streams
    assert {c: d.tables for c, d in again.districts.items()} == {c: d.tables for c, d in province.districts.items()}
    assert {c: s.tables for c, s in again.sites.items()} == {c: s.tables for c, s in province.sites.items()}


def test_days_only_add_and_change_with_later_cursors(province: World) -> None:
    before = build(seed=1, dossiers=DOSSIERS, profile="daily", levels=LEVELS)
    old = {(drop.agency_code, drop.name): drop for drop in before.drops}
    new = {(drop.agency_code, drop.name): drop for drop in province.drops}
    writing = {key for key, drop in old.items() if drop.unsettled}
    assert len(writing) <= 1
    assert all(new[key] == drop for key, drop in old.items() if key not in writing)
    assert all(new[key].content.startswith(old[key].content) for key in writing)
    assert 3 in {new[key].day for key in new.keys() - old.keys()} <= {1, 2, 3, 4}  # day 3 is the first working day
    changes = 0
    for code, district in province.districts.items():
        for table in ("Business.HoSos", "Business.QuaTrinhXuLyHoSos", "Business.YeuCauThanhToans"):
            rows = {row["Id"]: row for row in before.districts[code].tables[table]}
            for row in district.tables[table]:
                if row != rows.pop(row["Id"], None):
                    changes += 1
                    assert max(filter(None, (row["CreatedOn"], row.get("LastModifiedOn")))) > "2022-10-01T05"
            assert not rows
    for code, site in province.sites.items():
        for table, key in (("opencps_dossier", "dossierId"), ("opencps_dossieraction", "dossierActionId")):
            held = {row[key]: row for row in before.sites[code].tables[table]}
            for row in site.tables[table]:
                if row != held.pop(row[key], None):
                    changes += 1
                    assert row["modifiedDate"] > datetime(2022, 10, 1, 5)
            assert not held
    assert changes > 0


def test_rows_have_only_columns_of_their_table(province: World) -> None:
    for district in province.districts.values():
        for table, rows in district.tables.items():
            declared = {column.split()[0] for column in td_sql.TABLES[table].split(",")}
            assert all(row.keys() <= declared for row in rows)
            assert len({tuple(row) for row in rows}) <= 1


def test_without_levels_nothing_is_held(daily: World) -> None:
    assert not daily.districts
    assert not daily.sites
    assert not daily.drops
    assert {source for source, _ in daily.streams} == {"portal", "national"}


def test_daily_shows_each_mischief_of_files_and_rows(province: World) -> None:
    stamps = [row for d in province.districts.values() for row in d.tables["Business.HoSos"]]
    assert any(row["CreatedOn"] is None and row["LastModifiedOn"] is None for row in stamps)
    names = [drop.name for drop in province.drops]
    assert any("dinh-chinh" in name for name in names)
    assert any(name.endswith("(1).xml") for name in names)
    rows = [row for drop in province.drops if drop.name.endswith(".xlsx") for row in _register_rows(drop).values()]
    assert any(row[1] is None for row in rows)
    assert {type(row[7]) for row in rows} >= {str, datetime}
    numberless = province.truth.dossiers.filter(pl.col("dossier_no").is_null())
    assert numberless.height > 0
    assert set(numberless["source_count"]) == {1}
    unknown = province.truth.frames["drift"].filter(pl.col("kind") == "code", pl.col("source_id").str.contains("-"))
    assert unknown.height > 0


def test_clean_has_none_of_it() -> None:
    world = build(seed=1, dossiers=300, profile="clean", levels=LEVELS)
    assert world.truth.frames["quarantine"].is_empty()
    assert world.truth.dossiers["dossier_no"].null_count() == 0
    assert not any(drop.unsettled or "(1)" in drop.name or "dinh-chinh" in drop.name for drop in world.drops)
    assert mischief.draw_edges(1, 7, mischief.ONE_STOP_PROFILES["clean"]) == frozenset()


def test_levels_are_checked_and_ordered() -> None:
    assert checked_levels(["commune", "national", "portal"]) == ("portal", "national", "commune")
    for wrong in (["portal"], ["portal", "national", "ward"]):
        with pytest.raises(HubError, match="no province with levels"):
            checked_levels(wrong)


def test_vni_text_is_spoiled_as_the_font_wrote_it() -> None:
    assert mischief.vni("Nguyễn Thị Hồng") != "Nguyễn Thị Hồng"
    assert mischief.vni("An") == "An"


@pytest.mark.parametrize("form", SPELLINGS)
def test_a_spelling_names_thirteen_columns(form: registers.Spelling) -> None:
    assert len(form.titles) == 13
    assert len(set(form.titles)) == 13


def test_workbooks_know_their_time_and_do_not_depend_on_the_clock() -> None:
    system = SYSTEMS.by_vendor("register")[Random(1).randrange(100)]
    sheet = registers.Sheet("Tháng 9", [["a", 1, date(2022, 9, 30), None, "b&<c>"]], ["A2:B2"])
    one, two = (registers.written([sheet], FIRST_DAY, system.agency.name) for _ in range(2))
    assert one == two
    book = openpyxl.load_workbook(io.BytesIO(one))
    assert book.properties.modified == datetime(2022, 9, 30, 23)
    assert [cell.value for cell in book["Tháng 9"][1]] == ["a", 1, datetime(2022, 9, 30), None, "b&<c>"]

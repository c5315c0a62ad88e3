"""The shipped lists: counts the law gives, validity without overlap, succession without holes, clean text."""

from __future__ import annotations

import csv
import unicodedata
from datetime import date
from importlib.resources import files
from itertools import pairwise

import polars as pl
import pytest

from hub import reference
from hub.errors import HubError

REFORM = date(2025, 7, 1)
LISTS = sorted(p.name for p in (files("schemas") / "codes").iterdir() if p.name.endswith(".csv"))


@pytest.mark.parametrize(
    ("day", "districts", "communes"),
    [
        (date(2018, 1, 1), 27, 635),
        (date(2019, 12, 1), 27, 559),
        (date(2022, 7, 1), 27, 559),
        (date(2024, 2, 1), 27, 558),
        (date(2025, 1, 1), 26, 547),
        (date(2025, 6, 30), 26, 547),
        (REFORM, 0, 166),
    ],
)
def test_units_and_their_agencies_on_a_day(day: date, districts: int, communes: int) -> None:
    for frame in (reference.admin_units(), reference.agencies()):
        levels = reference.valid_on(frame, day)["level"].to_list()
        assert (levels.count("district"), levels.count("commune")) == (districts, communes)


def test_communes_of_the_reform_are_147_xa_and_19_phuong() -> None:
    types = reference.valid_on(reference.admin_units(), REFORM).filter(pl.col("level") == "commune")["type"].to_list()
    assert (types.count("xã"), types.count("phường")) == (147, 19)


@pytest.mark.parametrize(("frame", "code"), [(reference.admin_units(), "code"), (reference.agencies(), "agency_code")])
def test_validity_of_a_code_never_overlaps(frame: pl.DataFrame, code: str) -> None:
    spans = frame.with_columns(pl.col("valid_from").fill_null(date.min), pl.col("valid_to").fill_null(date.max)).sort(
        code, "valid_from"
    )
    assert (spans["valid_from"] < spans["valid_to"]).all()
    for (a, _, ended), (b, started, _) in pairwise(spans.select(code, "valid_from", "valid_to").iter_rows()):
        assert a != b or ended <= started


def test_every_commune_agency_stands_for_a_unit_of_its_time_under_a_parent_of_its_time() -> None:
    units, agencies = reference.admin_units(), reference.agencies()
    for day in (date(2018, 1, 1), date(2020, 6, 1), date(2025, 1, 1), date(2025, 6, 30), REFORM):
        now = reference.valid_on(agencies, day)
        names = reference.valid_on(units, day).select("code", unit_type="type", unit_name="name")
        local = now.filter(pl.col("level").is_in(["commune", "district"])).join(
            names, left_on="admin_unit_code", right_on="code"
        )
        assert local.height == now.filter(pl.col("level").is_in(["commune", "district"])).height
        assert (local["name"] == "UBND " + local["unit_type"] + " " + local["unit_name"]).all()
        assert set(now["parent_agency_code"].drop_nulls()) <= set(now["agency_code"])


def test_slugs_are_host_names_and_unique() -> None:
    slugs = reference.agencies()["slug"]
    assert slugs.is_unique().all()
    assert slugs.str.contains(r"^[a-z][a-z0-9-]{1,61}[a-z0-9]$").all()


def test_succession_joins_agencies_of_the_day() -> None:
    agencies = reference.agencies()
    ending = set(agencies.select("agency_code", "valid_to").drop_nulls().iter_rows())
    going_on = set(agencies.select("agency_code", "valid_from").drop_nulls().iter_rows())
    rows = reference.agency_succession()
    assert set(rows.select("from_agency_code", "on_date").iter_rows()) <= ending
    for (day,), part in rows.drop_nulls("to_agency_code").group_by("on_date"):
        assert set(part["to_agency_code"]) <= set(reference.valid_on(agencies, day)["agency_code"])
    # whoever ended for good is named
    assert ending - going_on <= set(rows.select("from_agency_code", "on_date").iter_rows())


def test_every_ended_commune_has_exactly_one_default() -> None:
    rows = reference.agency_succession().filter(pl.col("relation") != "dissolved")
    assert (rows.group_by("from_agency_code", "on_date").agg(pl.col("is_default").sum())["is_default"] == 1).all()
    reform = rows.filter(pl.col("on_date") == REFORM)
    assert reform["from_agency_code"].n_unique() == 547
    assert reform["to_agency_code"].n_unique() == 166
    assert reform.filter(pl.col("relation").is_in(["partial", "remainder"]))["from_agency_code"].n_unique() == 10


def test_districts_of_the_reform_have_no_successor() -> None:
    rows = reference.agency_succession().filter(pl.col("relation") == "dissolved")
    assert (rows.height, rows["to_agency_code"].null_count(), set(rows["on_date"])) == (26, 26, {REFORM})


def test_aliases_name_existing_agencies_and_no_official_name_of_the_same() -> None:
    known = reference.agencies().select("agency_code", "valid_from", "name")
    joined = reference.agency_aliases().join(known, on=["agency_code", "valid_from"], nulls_equal=True)
    assert joined.height == reference.agency_aliases().height
    assert (joined["alias"] != joined["name"]).all()
    assert {"UBND TP Thanh Hóa", "UBND huyện Hoằng Hoá", "UBND xã Vân Am"} <= set(joined["alias"])


def test_procedures_are_root_codes_with_limits_of_known_units() -> None:
    procedures, limits = reference.procedures(), reference.procedure_limits()
    assert procedures["procedure_code"].is_unique().all()
    assert procedures["procedure_code"].str.contains(r"^\d\.\d{6}$").all()
    assert {"1.001193", "2.000986", "1.001699", "1.010708"} <= set(procedures["procedure_code"])
    assert set("|".join(procedures["levels"].drop_nulls()).split("|")) == {"bo", "tinh", "xa", "khac"}
    assert set(limits["limit_unit"]) == {"working_day", "calendar_day", "hour"}
    assert limits["limit_value"].min() == 1
    assert set(limits["procedure_code"]) <= set(procedures["procedure_code"])
    assert limits.select("procedure_code", "channel", "procedure_case", "valid_from").is_unique().all()
    assert set(limits["valid_from"]) == {date(2026, 7, 1)}


def test_limits_differ_by_channel_where_the_portal_says_so() -> None:
    rows = reference.procedure_limits().filter(pl.col("procedure_code") == "1.012766")
    assert dict(rows.select("channel", "limit_value").rows()) == {"1": 13, "2": 3}


def test_legacy_letters() -> None:
    tcvn3, vni = reference.legacy_table("TCVN3"), reference.legacy_table("VNI")
    assert (len(tcvn3), len(vni)) == (74, 134)
    assert tcvn3["µ"] == "à"
    assert [len(text) for text in vni] == sorted((len(text) for text in vni), reverse=True)
    with pytest.raises(HubError, match="VIQR"):
        reference.legacy_table("VIQR")


def test_phones_and_dummy_identities() -> None:
    assert reference.phone_prefixes()["0162"] == "032"
    assert all(old.startswith("01") for old in reference.phone_prefixes())
    assert {"000000001", "000000000000", "123456789"} <= reference.dummy_identities()


def test_rules_are_found_by_day() -> None:
    assert reference.rule_parameters("ii06a_td_v1", date(2025, 1, 1)) == {"waiting_supplement_column": 12}
    with pytest.raises(HubError, match="2017"):
        reference.rule_parameters("ii06a_td_v1", date(2017, 12, 31))


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_clean_text(name: str) -> None:
    raw = (files("schemas") / "codes" / name).read_bytes()
    text = raw.decode("utf-8")
    assert b"\r" not in raw and not text.startswith("\ufeff")
    rows = list(csv.reader(text.splitlines()))
    assert {len(row) for row in rows} == {len(rows[0])}
    if name != "legacy_encodings.csv":  # its legacy text is what a wrong reader sees
        assert unicodedata.is_normalized("NFC", text)
        assert all(cell == " ".join(cell.split()) for row in rows for cell in row)

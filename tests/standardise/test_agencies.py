"""Agencies by code and name, on the day of the dossier, across the reform of 2025-07-01."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from hub.standardise.agencies import find_agencies, known_codes, valid_codes
from hub.standardise.records import standardise
from hub.standardise.reference import build, other_form
from tests.standardise.chunk import context, dossier, drift_of, flags_of, nothing_found, raw, read, row, texts

REFORM = date(2025, 7, 1)
AGENCIES = [
    ("000.00.02.H56", "Sở Nội vụ", None, None),
    ("000.00.40.H56", "UBND huyện Hoằng Hóa", None, REFORM),
    ("000.01.40.H56", "UBND xã Xuân Hòa", None, REFORM),
    ("000.01.41.H56", "UBND xã Xuân Hòa", None, REFORM),
    ("000.02.41.H56", "UBND xã Xuân Sơn", None, date(2019, 12, 1)),
    ("H56.101", "UBND xã Hoằng Hóa", REFORM, None),
    ("H56.102", "UBND xã Xuân Hòa", REFORM, None),
    ("000.09.23.H56", "Phòng Tư pháp", None, None),
]
ALIASES = [("UBND H. Hoằng Hóa", "000.00.40.H56", None)]
SMALL = build(
    pl.DataFrame(
        AGENCIES,
        schema={"agency_code": pl.String, "name": pl.String, "valid_from": pl.Date, "valid_to": pl.Date},
        orient="row",
    ),
    pl.DataFrame(ALIASES, schema={"alias": pl.String, "agency_code": pl.String, "valid_from": pl.Date}, orient="row"),
    frozenset(),
)


def _find(written: str, day: date | None, hint: str | None = None) -> tuple[str | None, list[str]]:
    findings = nothing_found(1)
    days = pl.Series([day], dtype=pl.Date)
    found = find_agencies(texts(written), "DonViXuLy", days, [texts(hint), texts(None)], SMALL, findings)
    return found[0], flags_of(findings)


@pytest.mark.parametrize(
    ("written", "day", "hint", "code", "flags"),
    [
        ("Sở Nội vụ", date(2022, 9, 5), None, "000.00.02.H56", []),
        ("SỞ  NỘI VỤ", date(2022, 9, 5), None, "000.00.02.H56", []),
        ("Ủy ban nhân dân huyện Hoằng Hoá", date(2022, 9, 5), None, "000.00.40.H56", []),
        ("UBND H. Hoằng Hóa", date(2022, 9, 5), None, "000.00.40.H56", []),
        ("UBND huyện Hoằng Hóa", date(2025, 6, 30), None, "000.00.40.H56", []),
        ("UBND huyện Hoằng Hóa", date(2025, 7, 1), None, "000.00.40.H56", ["agency_not_valid"]),
        ("UBND xã Hoằng Hóa", date(2025, 7, 1), None, "H56.101", []),
        ("UBND xã Xuân Hòa", date(2025, 7, 1), None, "H56.102", []),
        ("UBND xã Xuân Hòa", date(2025, 6, 30), None, None, ["unknown_agency"]),
        ("UBND xã Xuân Hòa", date(2025, 6, 30), "000.01.41.H56", "000.01.41.H56", []),
        ("UBND xã Xuân Hòa", date(2025, 6, 30), "H56.102", None, ["unknown_agency"]),
        ("UBND xã Xuân Hòa", None, None, None, ["unknown_agency"]),
        ("UBND xã Xuân Sơn", None, None, "000.02.41.H56", []),
        ("UBND xã Xuân Sơn", date(2022, 1, 1), None, "000.02.41.H56", ["agency_not_valid"]),
        ("000.09.23.H56", date(2022, 1, 1), None, "000.09.23.H56", []),
        ("H56.23.09", date(2022, 1, 1), None, "000.09.23.H56", []),
        ("h56.101", date(2026, 1, 1), None, "H56.101", []),
        ("000.00.99.H56", date(2022, 1, 1), None, None, ["unknown_agency"]),
        ("Sở Không có", date(2022, 1, 1), None, None, ["unknown_agency"]),
    ],
)
def test_find(written: str, day: date | None, hint: str | None, code: str | None, flags: list[str]) -> None:
    assert _find(written, day, hint) == (code, flags)


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("000.09.23.H56", "H56.23.09"),
        ("H56.23.09", "000.09.23.H56"),
        ("000.00.00.H56", "H56"),
        ("H56", "000.00.00.H56"),
        ("123.09.23.H56", "H56.23.09.123"),
        ("H56.23.09.123", "123.09.23.H56"),
        ("H56.101", None),
        ("Sở Nội vụ", None),
    ],
)
def test_the_two_forms_of_a_code(code: str, other: str | None) -> None:
    assert other_form(code) == other


def test_a_code_of_the_list_outranks_a_converted_one() -> None:
    two = [("000.01.12.H56", "A", None, None), ("H56.12.01", "B", None, None)]
    schema = {"agency_code": pl.String, "name": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}
    aliases = pl.DataFrame([], schema={"alias": pl.String, "agency_code": pl.String, "valid_from": pl.Date})
    found = known_codes(
        texts("H56.12.01", "000.01.12.H56"), build(pl.DataFrame(two, schema, orient="row"), aliases, frozenset())
    )
    assert found.to_list() == ["H56.12.01", "000.01.12.H56"]


def test_valid_codes_of_many_rows_keep_their_places() -> None:
    codes = texts("000.00.40.H56", None, "000.00.40.H56", "H56.101", "000.00.40.H56")
    days = pl.Series([date(2025, 6, 30), REFORM, REFORM, REFORM, None], dtype=pl.Date)
    assert valid_codes(codes, days, SMALL).to_list() == ["000.00.40.H56", None, None, "H56.101", "000.00.40.H56"]


@pytest.mark.parametrize(
    ("number", "received", "own", "receiving"),
    [
        ("000.00.40.H56-220905-0007", "20220905083000", None, "000.00.40.H56"),
        ("000.00.40.H56-250701-0007", "20250701083000", "H56.101", "H56.101"),
        ("123/2022", "20220905083000", "000.00.41.H56", "000.00.41.H56"),
        ("123/2022", "20220905083000", None, None),
    ],
)
def test_the_receiving_agency_is_in_the_number_or_is_the_source(
    number: str, received: str, own: str | None, receiving: str | None
) -> None:
    result = standardise(raw([dossier(MaHoSo=number, NgayTiepNhan=received)], agency_code=own), context())
    assert result.tables["dossier"]["receiving_agency_code"][0] == receiving


def test_an_unknown_agency_keeps_its_name_and_is_reported() -> None:
    result = read(dossier(DonViXuLy="Ban Quản lý X"), dossier(), dossier(DonViXuLy="Ban Quản lý X"))
    found = result.tables["dossier"]
    assert found["processing_agency_name"].to_list() == ["Ban Quản lý X", "Sở Nội vụ", "Ban Quản lý X"]
    assert found["processing_agency_code"].to_list() == [None, "000.00.02.H56", None]
    assert ("agency", "DonViXuLy", "Ban Quản lý X", 2) in drift_of(result)


def test_an_unknown_procedure_is_kept_and_reported() -> None:
    result = read(dossier(MaTTHC="9.999999.000.00.00.H56"))
    found = result.tables["dossier"].row(0, named=True)
    assert (found["procedure_code"], found["local_procedure_code"]) == ("9.999999", "9.999999.000.00.00.H56")
    assert found["flags"] == ["unknown_procedure"]
    assert drift_of(result) == [("procedure", "MaTTHC", "9.999999", 1)]
    assert row(dossier(MaTTHC=None))["flags"] == []

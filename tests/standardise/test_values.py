"""Money, whole numbers, yes and no, value maps, masks and hashes."""

from __future__ import annotations

import polars as pl
import pytest

from hub.standardise import values
from hub.standardise.protect import HASH_BYTES, Hasher, masked_identities, masked_names
from tests.standardise.chunk import HASHER, dossier, drift_of, read, row, texts


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("100000", 100000),
        ("100.000", 100000),
        ("100,000 đồng", 100000),
        ("1.500.000 VNĐ", 1500000),
        ("1 500 000đ", 1500000),
        ("1,500,000.00", 1500000),
        ("100000.0000", 100000),
        ("100000.0", 100000),
        ("0", 0),
        ("-5000", None),
        ("1000.5", None),
        ("100,5", None),
        ("miễn phí", None),
        ("99999999999999999999", None),
        (None, None),
    ],
)
def test_money(written: str, amount: int | None) -> None:
    assert values.money(texts(written))[0] == amount


@pytest.mark.parametrize(("written", "number"), [("2", 2), ("2.0", 2), ("-3", -3), ("2.5", None), ("hai", None)])
def test_whole(written: str, number: int | None) -> None:
    assert values.whole(texts(written))[0] == number


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", True),
        ("0", False),
        ("True", True),
        ("False", False),
        ("true", True),
        ("2", None),
        ("có", None),
        (None, None),
    ],
)
def test_yes_no(written: str, value: bool | None) -> None:
    assert values.yes_no(texts(written))[0] is value


def test_an_absent_code_is_what_the_map_says() -> None:
    assert values.mapped(texts("2", None, "9"), {"2": 2, "": 1}).to_list() == [2, 1, None]
    assert values.mapped(texts("2", None, "9"), {"2": 2}).to_list() == [2, None, None]


def test_unknown_codes_of_other_fields_are_null_flagged_and_drift() -> None:
    result = read(dossier(LoaiDoiTuong="7", HoSoCoThanhPhanSoHoa="có"))
    found = result.tables["dossier"].row(0, named=True)
    assert (found["applicant_type"], found["has_digitised_component"]) == (None, None)
    assert found["flags"] == ["unknown_code:applicant_type", "unknown_code:has_digitised_component"]
    assert ("code", "LoaiDoiTuong", "7", 1) in drift_of(result)


@pytest.mark.parametrize("value", [True, "True", "1", 1])
def test_yes_in_every_spelling(value: object) -> None:
    assert row(dossier(TaiKhoanDuocXacThucVoiVNeID=value))["vneid_verified"] is True


def test_an_amount_that_is_none_is_flagged_on_the_fee() -> None:
    fees = read(dossier(DanhSachLePhi=[{"MaPhiLePhi": "1", "Gia": "-5"}, {"MaPhiLePhi": "2", "Gia": 20000}])).tables[
        "fee"
    ]
    assert fees["amount"].to_list() == [None, 20000]
    assert fees["flags"].to_list() == [["unreadable:amount"], []]


@pytest.mark.parametrize("quantity", ["3000000000", 3000000000])
def test_a_number_that_no_column_holds_is_flagged(quantity: object) -> None:
    found = read(dossier(DanhSachTepDinhKemKhac=[{"TenGiayTo": "a", "SoLuong": quantity}])).tables["document"]
    assert (found["quantity"][0], found["flags"][0].to_list()) == (None, ["out_of_range:quantity"])


@pytest.mark.parametrize(
    ("clear", "masked"),
    [("038190004321", "038*****4321"), ("171234567", "17****567"), ("B1234567", "B1***567"), ("1234567", "*******")],
)
def test_masked_identities(clear: str, masked: str) -> None:
    assert masked_identities(texts(clear))[0] == masked


@pytest.mark.parametrize(
    ("clear", "masked"), [("Nguyễn Văn An", "N.V.A."), ("lê ổi", "L.Ổ."), ("Công ty TNHH Đá", "C.T.T.Đ."), (None, None)]
)
def test_masked_names(clear: str, masked: str) -> None:
    assert masked_names(texts(clear))[0] == masked


def test_hashes_are_keyed_stable_and_short() -> None:
    names = texts("lê thị bưởi", None, "lê thị bưởi", "trần ổi")
    hashes = HASHER.identities(names)
    assert hashes.dtype == pl.Binary
    assert hashes[0] == hashes[2] != hashes[3]
    assert hashes[1] is None
    assert len(hashes[0]) == HASH_BYTES
    assert hashes.equals(Hasher(b"a key that only the tests have..", 8).identities(names))
    assert Hasher(b"another key", 7).identities(names)[0] != hashes[0]
    assert HASHER.contents(names)[0] != hashes[0]


def test_a_hasher_does_not_show_its_key() -> None:
    assert repr(HASHER) == "Hasher(key_id=7)"


def test_the_name_is_compared_without_case() -> None:
    hashes = {row(dossier(ChuHoSo=name))["applicant_name_hash"] for name in ("Lê Thị Bưởi", "LÊ THỊ  BƯỞI ")}
    assert len(hashes) == 1

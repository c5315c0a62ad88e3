"""Lists inside dossiers: keys, what they inherit, what no order may change."""

from __future__ import annotations

from typing import Any

import pytest

from hub.mapping import Child
from hub.standardise.records import standardise
from tests.standardise.chunk import context, dossier, drift_of, raw, read, with_child


def _fee(key: Any, amount: str = "1000") -> dict[str, Any]:
    return {"MaPhiLePhi": key, "TenPhiLePhi": f"Phí {key}", "Gia": amount}


def _keys(*records: Any, table: str = "fee") -> list[str]:
    return read(*records).tables[table]["source_key"].to_list()


def test_keys_of_items() -> None:
    fees = [_fee("A"), _fee(""), _fee("B"), _fee("A"), _fee(None), _fee(7), _fee("A")]
    assert [key.removeprefix("k0|DanhSachLePhi|") for key in _keys(dossier(DanhSachLePhi=fees))] == [
        *("A", "|1", "B", "A|2", "|2", "7", "A|3"),
    ]


def test_reordering_changes_no_item_that_has_a_key() -> None:
    fees = [_fee("A", "1"), _fee("B", "2"), _fee("C", "3")]
    one, other = (read(dossier(DanhSachLePhi=items)).tables["fee"].sort("source_key") for items in (fees, fees[::-1]))
    assert one.equals(other)


def test_a_bar_in_a_key_is_not_ours() -> None:
    assert _keys(dossier(DanhSachLePhi=[_fee("A"), _fee("A"), _fee("A|2")])) == [
        *("k0|DanhSachLePhi|A", "k0|DanhSachLePhi|A|2", "k0|DanhSachLePhi|A¦2"),
    ]


def test_two_versions_of_a_dossier_have_the_same_child_keys() -> None:
    record = dossier(DanhSachLePhi=[_fee("A"), _fee("")])
    fees = standardise(raw([record, record], keys=["k", "k"]), context()).tables["fee"]
    assert fees.select("source_key", "raw_row").rows() == [
        *(("k|DanhSachLePhi|A", 0), ("k|DanhSachLePhi||1", 0), ("k|DanhSachLePhi|A", 1), ("k|DanhSachLePhi||1", 1)),
    ]


def test_composite_keys() -> None:
    results = [{"GiayToId": "5", "MaGiayToKetQua": "KQ1"}, {"GiayToId": "", "MaGiayToKetQua": "KQ1"}]
    assert _keys(dossier(DanhSachGiayToKetQua=results), table="document") == [
        *("k0|DanhSachGiayToKetQua|5,KQ1", "k0|DanhSachGiayToKetQua|,KQ1"),
    ]


def test_a_key_of_personal_text_is_hashed() -> None:
    files = [{"TenGiayTo": "CCCD Lê Thị Bưởi.pdf"}, {"TenGiayTo": "khác.pdf"}]
    one, other = _keys(dossier(DanhSachTepDinhKemKhac=files), table="document")
    assert "Bưởi" not in one
    assert one != other
    assert [one, other] == _keys(dossier(DanhSachTepDinhKemKhac=files), table="document")


def test_what_children_inherit_and_what_is_their_own() -> None:
    record = dossier(DanhSachLePhi=[_fee("A", "5")])
    result = read(record, record | {"DanhSachLePhi": [_fee("A", "6")]}, record | {"DanhSachLePhi": [_fee("A", "5")]})
    fees, parents = result.tables["fee"], result.tables["dossier"]
    assert fees["parent_key"].to_list() == ["k0", "k1", "k2"]
    assert fees["raw_row"].to_list() == [0, 1, 2]
    assert fees["version_at"].to_list() == parents["version_at"].to_list()
    assert fees["parent_no"].null_count() == 3
    one, other, again = fees["payload_hash"].to_list()
    assert one == again != other


@pytest.mark.parametrize("empty", [None, []])
def test_absent_lists(empty: Any) -> None:
    record = dossier() | {"DanhSachLePhi": empty, "TaiLieuNop": empty}
    result = read(record)
    assert (result.tables["fee"].height, result.tables["document"].height) == (0, 0)
    assert result.quarantined.is_empty()


def test_documents_of_three_lists_in_one_frame() -> None:
    record = dossier(
        TaiLieuNop=[{"TepDinhKemId": "1", "DuongDanTaiTepTin": "https://a", "IsDeleted": "False", "DuocSoHoa": "1"}],
        DanhSachTepDinhKemKhac=[{"TenGiayTo": "b", "SoLuong": 2}],
        DanhSachGiayToKetQua=[{"GiayToId": "9", "MaThanhPhanHoSo": "KQ.G15.000031"}],
    )
    found = read(record).tables["document"]
    assert found["document_kind"].to_list() == ["component", "other", "result"]
    assert found["has_file"].to_list() == [True, None, False]
    assert found["document_code"].to_list() == [None, None, "KQ.G15.000031"]
    assert (found["is_removed"][0], found["digitised"][0], found["quantity"][1]) == (False, True, 2)


def test_a_list_below_a_group_and_a_required_field() -> None:
    child = Child(record_type="fee", path="ThuTien.Phi", fields={"amount": ["Gia"]}, required=["amount"])
    use = with_child(child)
    fees = read(dossier(ThuTien={"Phi": [{"Gia": 5}, {}]}), dossier(ThuTien=None), use=use).tables["fee"]
    assert fees["source_key"].to_list() == ["k0|ThuTien.Phi||1", "k0|ThuTien.Phi||2"]
    assert fees["flags"].to_list() == [[], ["missing:amount"]]


def test_an_unknown_code_of_an_item_refuses_nothing() -> None:
    result = read(dossier(DanhGiaHaiLongs=[{"Id": 1, "MucDoHaiLong": "9", "NgayDanhGia": "?"}]))
    rating = result.tables["rating"].row(0, named=True)
    assert (rating["score"], rating["flags"]) == (None, ["unknown_code:score", "unreadable:rated_at"])
    assert result.quarantined.is_empty()
    assert ("code", "DanhGiaHaiLongs[].MucDoHaiLong", "9", 1) in drift_of(result)

"""One bad record at a time: it alone is quarantined, with its reason, and its neighbours stay as they are."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from hub.standardise.reasons import REASONS
from tests.standardise.chunk import dossier, drift_of, mapping, read, row

GOOD = dossier()
STEP = {
    "MaHoSo": "H1",
    "ThoiDiemXuLy": "20220905090000",
    "NguoiXuLy": "Trần Ổi",
    "NoiDungXuLy": "Thẩm định",
    "TrangThai": "4",
}


@pytest.mark.parametrize(
    ("record", "reason", "field"),
    [
        (b"[1]", "MALFORMED_RECORD", ""),
        (b"null", "MALFORMED_RECORD", ""),
        (b'"text"', "MALFORMED_RECORD", ""),
        (b"{", "MALFORMED_RECORD", ""),
        (b"", "MALFORMED_RECORD", ""),
        (b'{"MaHoSo":"a"} {"MaHoSo":"b"}', "MALFORMED_RECORD", ""),
        (b'{"MaHoSo":"\\ud800"}', "MALFORMED_RECORD", ""),
        (b'{"x":' * 100_000, "MALFORMED_RECORD", ""),
        (dossier(TaiLieuNop="x"), "MALFORMED_RECORD", "TaiLieuNop"),
        (dossier(TaiLieuNop={"TepDinhKemId": "1"}), "MALFORMED_RECORD", "TaiLieuNop"),
        (dossier(DanhSachLePhi=[{"Gia": []}]), "MALFORMED_RECORD", "DanhSachLePhi[].Gia"),
        (dossier(DanhSachLePhi=["phí"]), "MALFORMED_RECORD", "DanhSachLePhi[]"),
        (dossier(ChuHoSo={"Ten": "A"}), "MALFORMED_RECORD", "ChuHoSo"),
        (b'{"MaHoSo":"\xff"}', "BAD_ENCODING", ""),
        (dossier(TrangThaiHoSo="11"), "UNKNOWN_STATUS", "status"),
        (dossier(TrangThaiHoSo=11), "UNKNOWN_STATUS", "status"),
        (dossier(TrangThaiHoSo=""), "STATUS_MISSING", "status"),
        (dossier(TrangThaiHoSo=None), "STATUS_MISSING", "status"),
        (dossier(KenhThucHien="4"), "UNKNOWN_CHANNEL", "channel"),
        (dossier(NgayTiepNhan="31/02/2022"), "UNREADABLE_DATE", "received_at"),
        (dossier(NgayTiepNhan="1900-01-01 00:00:00"), "UNREADABLE_DATE", "received_at"),
        (dossier(NgayTiepNhan=""), "REQUIRED_MISSING", "received_at"),
        (dossier(NgayTiepNhan=None), "REQUIRED_MISSING", "received_at"),
        (dossier(TrangThaiHoSo="12", KenhThucHien="9", NgayTiepNhan="x"), "UNKNOWN_STATUS", "status"),
    ],
)
def test_that_row_alone(record: Any, reason: str, field: str) -> None:
    result = read(GOOD, record, GOOD)
    stays = [row(GOOD) | {"raw_row": i, "source_key": f"k{i}"} for i in (0, 2)]
    assert result.tables["dossier"].to_dicts() == stays
    (refused,) = result.quarantined.to_dicts()
    assert (refused["raw_row"], refused["source_key"]) == (1, "k1")
    assert (refused["reason_code"], refused["field"]) == (reason, field)
    assert refused["sentence"].endswith(".") and "{" not in refused["sentence"]


@pytest.mark.parametrize(("key", "reason", "shown"), [("", "KEY_MISSING", ""), ("a\0b", "KEY_UNREADABLE", "a\ufffdb")])
def test_keys(key: str, reason: str, shown: str) -> None:
    result = read(GOOD, GOOD, keys=[key, "k1"])
    assert result.tables["dossier"]["source_key"].to_list() == ["k1"]
    assert result.quarantined.select("reason_code", "source_key").rows() == [(reason, shown)]


def test_a_bad_record_takes_its_children_along() -> None:
    fees = [{"MaPhiLePhi": "1", "Gia": "5"}]
    result = read(dossier(DanhSachLePhi=fees, TrangThaiHoSo="11"), dossier(DanhSachLePhi=fees))
    assert result.tables["fee"]["parent_key"].to_list() == ["k1"]
    assert result.clear["dossier"]["source_key"].to_list() == ["k1"]


@pytest.mark.parametrize("status", ["1", "3"])
def test_a_dossier_that_was_never_received_needs_no_receipt(status: str) -> None:
    assert row(dossier(TrangThaiHoSo=status, NgayTiepNhan=None))["received_at"] is None
    found = row(dossier(TrangThaiHoSo=status, NgayTiepNhan="?"))
    assert found["flags"] == ["unreadable:received_at"]


def test_an_optional_date_that_cannot_be_read_is_null_and_flagged() -> None:
    found = row(dossier(NgayHenTra="31/02/2022", NgayTra="0001-01-01T00:00:00"))
    assert (found["due_at"], found["due_precision"], found["returned_at"]) == (None, None, None)
    assert found["flags"] == ["unreadable:due_at", "unreadable:returned_at"]


def test_an_absent_channel_is_direct() -> None:
    assert [row(dossier(KenhThucHien=value))["channel"] for value in ("", None, "3")] == [1, 1, 3]


def test_nul_is_taken_out_and_flagged() -> None:
    result = read(dossier(GhiChu="a\0b", DanhSachLePhi=[{"MaPhiLePhi": "1\0"}]), dossier(GhiChu="\\u0000"))
    assert result.clear["dossier"]["note"].to_list() == ["ab", "\\u0000"]
    assert result.tables["dossier"]["flags"].to_list() == [["nul_stripped"], []]
    assert result.tables["fee"]["flags"].to_list() == [["nul_stripped"]]
    assert result.tables["fee"]["fee_code"].to_list() == ["1"]


def test_unknown_fields_are_reported_and_the_record_kept() -> None:
    records = [dossier(Moi="1"), dossier(), dossier(Moi=2, TaiLieuNop=[{"TepDinhKemId": "1", "La": {}}, {"La": 3}])]
    result = read(*records)
    assert result.quarantined.is_empty()
    assert result.tables["dossier"].height == 3
    assert result.tables["document"].height == 2
    assert drift_of(result) == [("field", "Moi", "", 2), ("field", "TaiLieuNop[].La", "", 1)]


def test_ignored_fields_are_no_drift() -> None:
    lists = [{"HoSoBoSungId": 1, "DanhSachGiayToBoSung": [{"a": [1, {"b": 2}]}], "DanhSachLePhiBoSung": None}]
    assert read(dossier(DanhSachHoSoBoSung=lists)).drift.is_empty()


def test_a_deleted_record_needs_nothing_else() -> None:
    found = row({"MaHoSo": "H1", "NgayXoa": "20220910080000"})
    assert (found["is_deleted"], found["deleted_at"].hour, found["status"]) == (True, 1, None)
    assert [row(dossier(NgayXoa=value))["is_deleted"] for value in ("", "0", "False", None, "1")] == [False] * 4 + [
        True
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"MaHoSo": ""}, "PARENT_MISSING"),
        ({"TrangThai": "99"}, "UNKNOWN_STATUS"),
        ({"ThoiDiemXuLy": "?"}, "UNREADABLE_DATE"),
        ({"ThoiDiemXuLy": None}, "REQUIRED_MISSING"),
    ],
)
def test_steps(change: dict[str, Any], reason: str) -> None:
    result = read(STEP, STEP | change, stream="step")
    assert result.tables["step"]["raw_row"].to_list() == [0]
    assert result.quarantined["reason_code"].to_list() == [reason]


def test_a_step_without_status_stays() -> None:
    result = read(STEP | {"TrangThai": ""}, stream="step")
    assert result.tables["step"]["status"].to_list() == [None]


def test_every_reason_is_a_sentence_of_its_own() -> None:
    assert len(set(REASONS.values())) == len(REASONS)
    for text in REASONS.values():
        assert text[0].isupper() and text.endswith(".") and text.count(".") == 1
        assert re.search("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", text)


def test_an_empty_chunk_has_all_frames() -> None:
    result = read()
    assert result.tables["dossier"].height == 0
    assert set(result.tables) == {"dossier", "document", "fee", "supplement", "rating"}
    assert result.quarantined.is_empty() and result.drift.is_empty()


def test_a_mapping_without_an_empty_channel_leaves_it_null() -> None:
    values = mapping().values | {"channel": {"1": 1}}
    assert row(dossier(KenhThucHien=None), use=msgspec.structs.replace(mapping(), values=values))["channel"] is None

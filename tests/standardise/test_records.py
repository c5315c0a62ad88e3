"""A whole chunk: the columns of the contract, one dossier read to the end, distortions, steps of their own stream."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from hub.errors import HubError
from hub.mapping import Child
from hub.standardise.records import standardise
from schemas.tables.std import RECORD_TABLES
from schemas.tables.vault import CLEAR_TABLES
from tests.standardise.chunk import HASHER, context, dossier, mapping, raw, read, row, with_child

STEP = {
    "MaHoSo": " 000.00.40.h56-220905-0007",
    "ThoiDiemXuLy": "2022-09-05T09:00:00",
    "NguoiXuLy": "Trần Ổi",
    "ChucDanh": "Chuyên viên",
    "PhongBanXuLy": "Một cửa",
    "NoiDungXuLy": "Thẩm định hồ sơ",
    "TrangThai": "4",
    "NgayCapNhat": "20220905090001",
}


def test_frames_have_the_columns_of_the_tables() -> None:
    lists = {
        "DanhSachLePhi": [{"Gia": 1}],
        "TaiLieuNop": [{}],
        "DanhSachHoSoBoSung": [{}],
        "DanhGiaHaiLongs": [{"YKien": "x"}],
    }
    result = read(dossier(**lists))
    for kind, frame in result.tables.items():
        declared = {c.name for c in RECORD_TABLES[kind].columns}
        assert set(frame.columns) == declared - {"source_id", "batch_id", "recorded_at"}
    for kind, frame in result.clear.items():
        assert set(frame.columns) == {c.name for c in CLEAR_TABLES[kind].columns} - {"source_id"} | {"raw_row"}


def test_columns_that_may_not_be_null_are_not() -> None:
    lists = {"DanhSachLePhi": [{"Gia": 1}], "TaiLieuNop": [{}], "DanhSachHoSoBoSung": [{}], "DanhGiaHaiLongs": [{}]}
    frames = read(dossier(**lists)).tables | read(STEP, stream="step").tables
    for kind, frame in frames.items():
        for c in RECORD_TABLES[kind].columns:
            if not c.nullable and c.name in frame.columns:
                assert frame[c.name].null_count() == 0, (kind, c.name)


def test_one_dossier() -> None:
    found = row(dossier(DSKetNoiCSDL=[{"MaCSDL": "1"}, {"MaCSDL": "7"}]))
    expected = {
        "source_key": "k0",
        "version": "20220906000000",
        "version_at": datetime(2022, 9, 5, 17, tzinfo=UTC),
        "key_id": 7,
        "is_deleted": False,
        "dossier_no": "000.00.40.H56-220905-0007",
        "number_form": "tt01",
        "number_agency_code": "000.00.40.H56",
        "number_date": date(2022, 9, 5),
        "procedure_code": "1.001193",
        "local_procedure_code": "1.001193.000.00.00.H56",
        "channel": 2,
        "return_method": 0,
        "applicant_type": 1,
        "status": 4,
        "source_status": "4",
        "linked_databases": "1,7",
        "receiving_agency_code": "000.00.40.H56",
        "processing_agency_code": "000.00.02.H56",
        "processing_agency_name": "Sở Nội vụ",
        "applicant_id_kind": "cccd",
        "applicant_id_masked": "038*****4321",
        "applicant_name_masked": "L.T.B.",
        "applicant_id_hash": HASHER.identity("038190004321"),
        "applicant_phone_hash": HASHER.identity("0912345678"),
        "applicant_name_hash": HASHER.identity("lê thị bưởi"),
        "received_at": datetime(2022, 9, 5, 1, 30, tzinfo=UTC),
        "received_precision": "s",
        "finished_at": None,
        "flags": [],
    }
    assert {name: found[name] for name in expected} == expected


def test_the_first_path_that_is_not_empty_wins() -> None:
    identities = [{"LoaiDinhDanh": "1", "SoDinhDanh": "038190009999"}, {"SoDinhDanh": "171234567"}]
    assert row(dossier(DinhDanhCHS=identities))["applicant_id_masked"] == "038*****9999"
    assert row(dossier(DinhDanhCHS=[{"SoDinhDanh": " "}]))["applicant_id_masked"] == "038*****4321"
    assert row(dossier(DinhDanhCHS=[]))["applicant_id_masked"] == "038*****4321"


def test_a_dummy_identity_is_no_identity() -> None:
    found = row(dossier(SoGiayToChuHoSo="000000001"))
    assert (found["applicant_id_hash"], found["applicant_id_kind"], found["applicant_id_masked"]) == (None, None, None)
    assert found["flags"] == ["dummy_identity"]


def test_the_vault_keeps_clear_text_under_its_hash() -> None:
    result = read(dossier(), dossier(GhiChu="x"), {"MaHoSo": "1", "NgayXoa": "1"})
    clear, hashes = result.clear["dossier"], result.tables["dossier"]["clear_hash"].to_list()
    assert clear["source_key"].to_list() == ["k0", "k1"]
    assert clear["clear_hash"].to_list() == hashes[:2]
    assert hashes[0] != hashes[1]
    assert hashes[2] is None
    assert clear["applicant_id_no"].to_list() == ["038190004321"] * 2


def test_steps_of_their_own_stream() -> None:
    result = read(STEP, stream="step")
    found = result.tables["step"].row(0, named=True)
    assert (found["parent_no"], found["parent_key"]) == ("000.00.40.H56-220905-0007", None)
    assert (found["status"], found["officer_title"], found["is_synthetic"]) == (4, "Chuyên viên", False)
    assert found["officer_hash"] == HASHER.identity("trần ổi")
    assert result.clear["step"].select("officer_name", "step_text").row(0) == ("Trần Ổi", "Thẩm định hồ sơ")


@pytest.mark.parametrize(
    ("text", "officer", "status", "synthetic"),
    [
        ("Tiếp nhận hồ sơ", "Cán bộ một cửa", "2", True),
        (" Tiếp nhận  hồ sơ", "Cán bộ một cửa", "2", True),
        ("Tiếp nhận hồ sơ", "Trần Ổi", "2", False),
        ("Tiếp nhận hồ sơ", "Cán bộ một cửa", "4", False),
        ("Kết thúc xử lý hồ sơ", "ai cũng được", "9", True),
        ("Thẩm định hồ sơ", "Cán bộ một cửa", "2", False),
        ("", "", "9", False),
    ],
)
def test_synthetic_steps(text: str, officer: str, status: str, synthetic: bool) -> None:
    step = STEP | {"NoiDungXuLy": text, "NguoiXuLy": officer, "TrangThai": status}
    found = read(step, stream="step", use=mapping("dongbo_quoc_gia")).tables["step"]
    assert found["is_synthetic"].to_list() == [synthetic]


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"TrangThaiHoSo": "9"}, "national:status_9"),
        ({"NgayNopHoSo": "20220905083000"}, "national:submitted_is_received"),
        ({"NoiNopHoSo": "2"}, "national:submission_place_2"),
        ({"DuocThanhToanTrucTuyen": "3"}, "national:payment_1_3"),
        ({"DSKetNoiCSDL": [{"MaCSDL": "7"}]}, "national:linked_database_7"),
    ],
)
def test_distortions_of_the_national_copy(changes: dict[str, object], flag: str) -> None:
    national = mapping("dongbo_quoc_gia")
    assert row(dossier(**changes), use=national)["flags"] == [flag]
    assert row(dossier(), use=national)["flags"] == []
    assert row(dossier(**changes))["flags"] == []


def test_a_result_file_of_the_national_copy_is_no_proof() -> None:
    record = dossier(DanhSachGiayToKetQua=[{"GiayToId": "1"}], TaiLieuNop=[{"TepDinhKemId": "1"}])
    found = read(record, use=mapping("dongbo_quoc_gia")).tables["document"]
    assert dict(found.select("document_kind", "flags").rows()) == {"component": [], "result": ["national:result_file"]}


def test_the_version_may_have_a_format_of_its_own() -> None:
    streams = mapping().streams
    stream = msgspec.structs.replace(streams["dossier"], cursor_format="%d.%m.%Y")
    use = msgspec.structs.replace(mapping(), streams=streams | {"dossier": stream})
    chunk = raw([dossier(), dossier()])
    chunk.versions[:] = ["05.09.2022", ""]
    found = standardise(chunk, context(use=use)).tables["dossier"]
    assert found["version"].to_list() == ["05.09.2022", None]
    assert found["version_at"].to_list() == [datetime(2022, 9, 4, 17, tzinfo=UTC), None]


@pytest.mark.parametrize(
    "child",
    [
        Child(record_type="fee", path="A[].B", fields={"amount": ["Gia"]}),
        Child(record_type="fee", path="MaHoSo", fields={"amount": ["Gia"]}),
        Child(record_type="fee", path="A]", fields={"amount": ["Gia"]}),
    ],
)
def test_a_mapping_that_contradicts_itself_is_told_so(child: Child) -> None:
    with pytest.raises(HubError):
        read(dossier(), use=with_child(child))

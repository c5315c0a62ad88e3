"""One record of each vendor as it is said, and what it means: the shipped mappings against messages written by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from hub.settings import ZONE
from tests.standardise.chunk import mapping, read

TD = {
    "Id": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
    "Cursor": "2022-09-07T10:00:00.1234567",
    "MaHoSo": "000.00.40.H56-220905-0007",
    "MaTTHC": "1.001193.000.00.00.H56",
    "TenTTHC": "Thủ tục đăng ký khai sinh",
    "KenhThucHien": "2",
    "LoaiDoiTuong": "Công dân",
    "ChuHoSo": "Lê Thị Bưởi",
    "SoGiayToChuHoSo": "038190004321",
    "NgayTiepNhan": "2022-09-05T08:30:00.0000000",
    "NgayHenTra": "2022-09-09T17:00:00.0000000",
    "TrangThaiHoSoId": "4",
    "HinhThucTra": "0",
    "MaDinhDanh": "000.00.40.H56",
    "GroupName": "Sở Nội vụ",
    "DeletedOn": None,
}
OPENCPS = {
    "dossierId": "4711",
    "modifiedDate": "2022-09-07T10:00:00.123456",
    "groupId": "55301",
    "referenceUid": "8a7d-1",
    "dossierNo": "000.00.40.H56-220905-0007",
    "procedureCode": "1.001193",
    "applicantName": "LÊ THỊ BƯỞI",
    "applicantIdType": "citizen",
    "applicantIdNo": "038190004321",
    "receiveDate": "2022-09-05T08:30:00",
    "dueDate": "2022-09-09T17:00:00",
    "statusCode": "4",
    "channel": "2",
    "viaPostal": "2",
    "govAgencyCode": "000.00.40.H56",
}
PACKAGE = {
    "MaHoSo": "000.00.40.H56-220905-0007",
    "MaTTHC": "1.001193",
    "KenhThucHien": "2",
    "LoaiDoiTuong": "1",
    "ChuHoSo": "Lê Thị Bưởi",
    "DanhSachDinhDanhCHS": {"DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "038190004321"}]},
    "NgayTiepNhan": "20220905083000",
    "NgayHenTra": "20220909170000",
    "TrangThaiHoSo": "4",
    "HinhThuc": "0",
    "DanhSachLePhi": {"LePhi": [{"MaPhiLePhi": "LP1", "Gia": "8000"}]},
    "DanhSachPhieuXinLoi": {"PhieuXinLoi": [{"NgayXinLoi": "20220909", "NgayHenTraMoi": "20220912"}]},
}
MINISTRY = {
    "MaHoSo": "G09.20-20220905-0000007",
    "MaTTHC": "1.001193",
    "LoaiDoiTuong": 0,
    "MaDonViTiepNhan": "000.00.40.H56",
    "NgayNop": "2022-09-05 08:00:00",
    "NgayTiepNhan": "2022-09-05T08:30:00.000",
    "TrangThai": 4,
    "ThongTinNguoiNop": {
        "LoaiDoiTuong": 1,
        "ThongTinChiTiet": {"NgaySinh": "19900101000000", "TenChuHs": "Lê Thị Bưởi"},
    },
    "ThanhPhanHoSo": [{"MaThanhPhanHoSo": "TP1", "TenThanhPhanHoSo": "Tờ khai", "SoLuong": 1, "LoaiBan": 2}],
}
REGISTER = {
    "Năm": "2022",
    "Quyển số": "01",
    "TT": "7",
    "Mã hồ sơ": "000.00.40.H56-220905-0007",
    "Tên TTHC": "Đăng ký khai sinh",
    "Tên cá nhân, tổ chức": "Lê Thị Bưởi",
    "Địa chỉ, số điện thoại": "Thôn 3, 0912345678",
    "Địa chỉ": "Thôn 3",
    "Điện thoại": "0912345678",
    "Nhận hồ sơ": "05/09/2022",
    "Hẹn trả kết quả": "2022-09-09",
    "Phương thức nhận kết quả": "Trực tiếp",
}
OPENCPS_REST = {
    "dossierId": 4711,
    "modifiedDate": "07/09/2022 10:00:00",
    "referenceUid": "8a7d-1",
    "dossierNo": "000.00.40.H56-220905-0007",
    "serviceCode": "1.001193",
    "applicantIdType": "citizen",
    "receiveDate": "05/09/2022 08:30:00",
    "dueDate": "09/09/2022 17:00:00",
    "dossierStatus": "processing",
    "online": True,
    "stepCode": "200",
}
SAID: list[tuple[str, dict[str, Any]]] = [
    ("td_dichvucong_sql", TD),
    ("opencps_sql", OPENCPS),
    ("opencps_rest", OPENCPS_REST),
    ("goi_ho_so_xml", PACKAGE),
    ("bo_nganh_2026", MINISTRY),
    ("so_theo_doi_excel", REGISTER),
]


@pytest.mark.parametrize(("name", "record"), SAID, ids=[name for name, _ in SAID])
def test_every_vendor_says_the_same_dossier(name: str, record: dict[str, Any]) -> None:
    result = read(record, use=mapping(name))
    assert result.quarantined.is_empty(), result.quarantined.rows()
    assert result.drift.is_empty(), result.drift.rows()
    found = result.tables["dossier"].row(0, named=True)
    assert found["procedure_code"] == "1.001193"
    assert found["status"] == 4
    assert found["receiving_agency_code"] == "000.00.40.H56"
    received = found["received_at"].astimezone(ZONE)
    on_the_day = found["received_precision"] == "d"
    assert received == datetime(2022, 9, 5, *((0, 0) if on_the_day else (8, 30)), tzinfo=ZONE)


@pytest.mark.parametrize(
    ("name", "record", "values"),
    [
        ("td_dichvucong_sql", TD, {"applicant_type": 1, "channel": 2, "is_deleted": False, "due_precision": "s"}),
        ("td_dichvucong_sql", TD | {"DeletedOn": "2022-09-08T00:00:00.0000000"}, {"is_deleted": True}),
        ("td_dichvucong_sql", TD | {"LoaiDoiTuong": "Khác"}, {"applicant_type": 4}),
        ("opencps_sql", OPENCPS, {"applicant_type": 1, "return_method": 1, "reference_uid": "8a7d-1"}),
        ("opencps_sql", OPENCPS | {"statusCode": "pausing"}, {"status": 8}),
        ("opencps_rest", OPENCPS_REST, {"channel": 2}),
        ("bo_nganh_2026", MINISTRY, {"applicant_type": 1, "number_form": "tt03"}),
        ("bo_nganh_2026", MINISTRY | {"LoaiDoiTuong": 1}, {"applicant_type": 2}),
        ("so_theo_doi_excel", REGISTER, {"received_precision": "d", "return_method": 0, "applicant_phone_hash": ...}),
        ("so_theo_doi_excel", REGISTER | {"Trả kết quả": "08/09/2022"}, {"status": 10}),
        ("so_theo_doi_excel", REGISTER | {"Mã hồ sơ": ""}, {"dossier_no": None}),
    ],
)
def test_what_only_one_vendor_says(name: str, record: dict[str, Any], values: dict[str, Any]) -> None:
    found = read(record, use=mapping(name)).tables["dossier"].row(0, named=True)
    assert {
        key: ... if value is ... and found[key] is not None else found[key] for key, value in values.items()
    } == values


def test_children_of_a_package() -> None:
    result = read(PACKAGE, use=mapping("goi_ho_so_xml"))
    assert result.tables["fee"]["amount"].to_list() == [8000]
    assert result.tables["apology"]["apologised_precision"].to_list() == ["d"]


@pytest.mark.parametrize(
    ("fault", "reason", "words"),
    [
        ({"code": "HASH_DIFFERS", "path": ""}, "HASH_DIFFERS", "khác với mã băm"),
        ({"code": "SCHEMA", "path": "NgayTiepNhan"}, "SCHEMA", "(trường «NgayTiepNhan»)"),
        ({"code": "ANOTHER", "path": "X"}, "MALFORMED_RECORD", "(trường «X»)"),
    ],
)
def test_what_a_package_gets_wrong_waits_and_its_neighbours_go_on(
    fault: dict[str, str], reason: str, words: str
) -> None:
    result = read(PACKAGE | {"#fault": fault, "#v": "1"}, PACKAGE | {"#v": "1"}, use=mapping("goi_ho_so_xml"))
    assert result.quarantined["reason_code"].to_list() == [reason]
    assert words in result.quarantined["sentence"][0]
    assert result.tables["dossier"].height == 1
    assert result.drift.is_empty()


def test_the_encoding_of_a_row_is_known() -> None:
    assert read({"$row": "1"} | TD, use=mapping("td_dichvucong_sql")).drift.is_empty()


def test_steps_of_their_own_name_their_dossier() -> None:
    td = {"Id": "1", "Cursor": "2022-09-05T09:00:00.0000000", "MaHoSo": TD["MaHoSo"], "ThoiGian": "2022-09-05T09:00:00"}
    found = read(td | {"TrangThai": "4"}, stream="step", use=mapping("td_dichvucong_sql")).tables["step"]
    assert (found["parent_no"].to_list(), found["status"].to_list()) == ([TD["MaHoSo"]], [4])
    cps = {"dossierActionId": "9", "dossierId": "4711", "createDate": "2022-09-05T09:00:00", "actionUser": "Đỗ Văn Cán"}
    found = read(cps, stream="step", use=mapping("opencps_sql")).tables["step"]
    assert (found["parent_key"].to_list(), found["parent_no"].to_list()) == (["4711"], [None])


def test_a_document_stream_says_what_kind_it_is() -> None:
    said = {"Id": "1", "HoSo": TD["MaHoSo"], "Ten": "Tờ khai", "TrangThaiSoHoa": "2", "DaSoHoa": "1"}
    found = read(said, stream="document", use=mapping("td_dichvucong_sql")).tables["document"].row(0, named=True)
    assert (found["document_kind"], found["digitised"], found["reuse"]) == ("component", True, 1)

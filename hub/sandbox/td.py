"""What the provincial one-stop product keeps of a dossier: rows by the names of its columns.

Here: the row of `HoSos` and of its child tables, as they lie in a district's database (`td_sql.py`) and come from a
department's REST interface (`td_rest.py`). Not here: types and statements, routes and pages. Stamps (CreatedOn,
LastModifiedOn, DeletedOn) are datetime2(7) in the product: seven digits after the second. No database here can hold
the last one, so stamps are text, `2022-09-30T16:01:02.1234567`, which sorts as the time does; other times are times.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.sandbox.dossier import Fee, Life, Paper, Step
from hub.sandbox.messages import spoken, written_identity, written_phone
from hub.sandbox.mischief import SPOILED_STATUS
from hub.sandbox.one_stop import LATE, identifier
from hub.sandbox.places import Agency
from hub.sandbox.said import Said, delay_of

Row = dict[str, Any]
APPLICANTS = {1: "Công dân", 2: "Doanh nghiệp", 3: "Cơ quan nhà nước", 4: "Tổ chức"}
PAID, UNPAID = "Đã thanh toán", "Chưa thanh toán"
CATALOGS = {"department": "so-ban-nganh", "branch": "cnvpdk", "district": "quan-huyen", "commune": "xa-phuong"}
SUPPLEMENT_TEXT = "Bổ sung giấy tờ còn thiếu"


def stamp(moment: datetime | None, salt: int) -> str | None:
    """A datetime2(7) as text; the last digits come from `salt`."""
    return None if moment is None else f"{moment.isoformat(timespec='seconds')}.{salt * 48_271 % 10**7:07d}"


def group_code(agency_code: str) -> str:
    """The product's own code of an agency; Catalog.Groups tells the official one (MaDinhDanh)."""
    return "DV" + agency_code.removesuffix(".H56").replace(".", "")


def group_rows(agencies: list[Agency]) -> list[Row]:
    """Catalog.Groups: the agencies of one system."""
    return [
        {
            "GroupCode": group_code(agency.code),
            "GroupName": agency.name,
            "MaDinhDanh": agency.code,
            "OfGroupCode": "DV000000",
            "Catalog": CATALOGS[agency.level],
            "GroupOrder": n,
            "Type": "don-vi",
        }
        for n, agency in enumerate(agencies, 1)
    ]


def _here(life: Life, moment: datetime) -> datetime:
    """When something came into this system: what was handed over came with its dossier."""
    return max(moment, life.handed[0]) if life.handed and life.agency is life.handed[1] else moment


def dossier_row(life: Life, said: Said, edges: frozenset[str]) -> Row:
    """Business.HoSos. A row that was never changed has no LastModifiedOn; a migrated one may have no stamp at all."""
    applicant = life.applicant
    last = said.supplements[-1] if said.supplements else None
    result = said.results[0] if said.results else None
    step = said.steps[-1] if said.steps else None
    first = _here(life, life.moments[0] + delay_of(life, said.source_id))
    stampless = "null_cursor" in edges
    changed = said.updated_at if said.updated_at > first and not stampless else None
    kind, number = ("1", "CCCD") if len(applicant.identity) == 12 else ("2", "CMND")
    return {
        "Id": said.key,
        "DonViId": group_code(life.agency.code),
        "MaHoSo": life.number,
        "MaHoSoKhac": said.alt_number or None,
        "KenhThucHien": None if life.channel == 1 and life.ordinal % 11 == 0 else str(life.channel),
        "LoaiDoiTuong": APPLICANTS[applicant.type],
        "MaDoiTuong": applicant.tech_id or None,
        "ChuHoSo": spoken(life, applicant.name),
        "SoDienThoaiChuHoSo": written_phone(life),
        "EmailChuHoSo": applicant.email or None,
        "SoGiayToChuHoSo": written_identity(life, applicant.identity),
        "LoaiGiayToChuHoSo": number,
        "DiaChiChuHoSo": address(life),
        "TrichYeuHoSo": spoken(life, f"{life.procedure.name[:120]} của {applicant.name}"),
        "NgayNopHoSo": said.submitted_at,
        "NgayTiepNhan": said.received_at,
        "NgayHenTra": said.due_at,
        "NgayKetThucXuLy": said.finished_at,
        "NgayTra": said.returned_at,
        "NgayTuChoi": said.rejected_at,
        "TrangThaiHoSoId": SPOILED_STATUS if "unknown_code" in edges else str(said.status),
        "HinhThucTra": str(life.return_method),
        "NoiNopHoSo": str(said.submission_place),
        "HoSoCoThanhPhanSoHo": "1" if life.digitised else "0",
        "TaiKhoanDuocXacThucVoiVNeID": "1" if life.vneid else "0",
        "DuocThanhToanTrucTuyen": str(said.online_payment),
        "LoaiDinhDanh": kind,
        "SoDinhDanh": written_identity(life, applicant.identity),
        "MaTTHC": life.procedure.code + ".000.00.00.H56",
        "TenLinhVuc": life.procedure.field,
        "ThoiGianThucHien": None if life.procedure.limit is None else float(life.procedure.limit * 8),
        "LoaiThoiGianThucHien": "Ngày làm việc",
        "MucDo": "4" if life.channel == 2 else "3",
        "SoBoHoSo": 1,
        "TenBuocHienTai": step.text if step else None,
        "NguoiDangXuLy": step.officer if step else None,
        "NgayYeuCauBoSung": last.requested_at if last else None,
        "NgayCongDanBoSung": last.completed_at if last else None,
        "NoiDungBoSung": SUPPLEMENT_TEXT if last else None,
        "LyDoTuChoi": "Thành phần hồ sơ chưa đúng"
        if said.rejected_at and "refusal_without_reason" not in life.deeds
        else None,
        "SoKyHieuKetQua": result.code if result else None,
        "DinhKemKetQua": f"{result.url}/1##{result.url}/2" if result and result.url else None,
        "ViTriDeHoSo": "Convert" if stampless or "migrated" in life.traits else None,
        "TrangThaiDongBoDVC": "1" if life.in_national else "0",
        "CreatedOn": None if stampless else stamp(first, life.ordinal),
        "LastModifiedOn": stamp(changed, life.ordinal + 1),
        "DeletedOn": stamp(said.deleted_at, life.ordinal + 2),
        "LyDoXoa": "Hồ sơ nhập trùng" if said.deleted_at else None,
    }


def address(life: Life) -> str:
    """Where an applicant lives: invented, in the agency's area."""
    return spoken(life, f"Thôn {life.ordinal % 17 + 1}, {life.agency.name}")


def step_rows(life: Life, said: Said) -> list[Row]:
    """Business.QuaTrinhXuLyHoSos, joined to its dossier by number."""
    delay = delay_of(life, said.source_id)
    return [
        _step(life, n, step, stamp(_here(life, (step.recorded_at or step.at) + delay), n))
        for n, step in enumerate(said.steps)
    ]


def _step(life: Life, n: int, step: Step, created: str | None) -> Row:
    return {
        "Id": identifier("step", f"{life.ordinal} {n}"),
        "MaHoSo": life.number,
        "ThoiGian": step.at,
        "TrangThai": str(step.status),
        "NguoiGui": f"cb{sum(step.officer.encode()) % 1000:03d}",
        "TenNguoiGui": step.officer,
        "NgayHetHanBuocXuLy": step.due_at,
        "ThaoTac": "Chuyển xử lý",
        "NoiDung": step.text,
        "CreatedOn": created,
    }


def component_rows(life: Life, said: Said) -> list[Row]:
    """Business.ThanhPhanHoSos; its column HoSo is the dossier's number."""
    delay = delay_of(life, said.source_id)
    return [
        _component(life, n, p, stamp(_here(life, life.moments[0] + delay), n)) for n, p in enumerate(said.components, 1)
    ]


def _component(life: Life, n: int, paper: Paper, created: str | None) -> Row:
    return {
        "Id": identifier("component", f"{life.ordinal} {n}"),
        "HoSo": life.number,
        "Ten": paper.name,
        "MaGiayTo": paper.code,
        "DinhKem": paper.url or None,
        "TrangThaiSoHoa": "1" if paper.digitised else "0",
        "DuocLayTuKhoDMQuocGia": "0",
        "CreatedOn": created,
        "LastModifiedOn": None,
    }


def payment_rows(life: Life, said: Said, edges: frozenset[str]) -> list[Row]:
    """Business.YeuCauThanhToans; a late one carries a stamp after that of its dossier."""
    return [_payment(life, said, n, fee, "late_child" in edges) for n, fee in enumerate(said.fees, 1)]


def _payment(life: Life, said: Said, n: int, fee: Fee, late: bool) -> Row:
    delay = delay_of(life, said.source_id)
    created = life.moments[0] if life.received_at is None or not late else life.received_at + LATE
    paid_late = None if fee.paid_at is None or late else fee.paid_at + delay
    return {
        "Id": identifier("payment", f"{life.ordinal} {n}"),
        "Ma": fee.code,
        "MaHoSo": life.number,
        "TenPhiLePhi": fee.name,
        "LoaiPhiLePhi": fee.kind,
        "SoTien": fee.amount,
        "TrangThai": UNPAID if fee.paid_at is None else PAID,
        "HinhThucThu": "1",
        "HinhThucThanhToan": "Trực tuyến" if life.online_payment in (1, 2) else "Tiền mặt",
        "NgayThuPhi": fee.paid_at,
        "CreatedOn": stamp(_here(life, created + delay), n),
        "LastModifiedOn": stamp(paid_late, n + 1),
    }


def rating_rows(life: Life, said: Said) -> list[Row]:
    """Business.DanhGiaHaiLongs."""
    if said.rated_at is None:
        return []
    return [
        {
            "Id": identifier("rating", life.ordinal),
            "MaHoSo": life.number,
            "NgayDanhGia": said.rated_at,
            "MucDoHaiLong": str(life.score),
            "YKien": None,
            "CreatedOn": stamp(said.rated_at + delay_of(life, said.source_id), life.ordinal),
        }
    ]

"""How a system writes down what it says: elements of DongBoHoSoMC (v2) and CapNhatTienDoHoSoMC as JSON.

Here: field names, texts and date forms of the messages, and the traits that show in one value. Not here: which
values are said (`said.py`), which versions are served (`world.py`). Values are strings, dates yyyyMMddHHmmss,
booleans "0"/"1" or "True"/"False", as the national integration guide prints them.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from hub.sandbox import mischief
from hub.sandbox.dossier import Life, Paper, Step
from hub.sandbox.said import Said


@lru_cache(maxsize=65_536)
def compact(moment: datetime | None) -> str:
    """yyyyMMddHHmmss, empty for no time."""
    if moment is None:
        return ""
    # slices of the ISO form are many times as fast as strftime, and there are millions of these
    iso = moment.isoformat()
    return iso[:4] + iso[5:7] + iso[8:10] + iso[11:13] + iso[14:16] + iso[17:19]


def clear_values(life: Life) -> list[tuple[str, str]]:
    """The personal values of this dossier as its messages carry them: (kind, text)."""
    applicant = life.applicant
    name, identity, phone = (
        spoken(life, applicant.name),
        written_identity(life, applicant.identity),
        written_phone(life),
    )
    found = [("name", applicant.name), ("identity", applicant.identity), ("phone", applicant.phone)]
    for kind, clear, written in (("name", applicant.name, name), ("identity", applicant.identity, identity)):
        if written != clear:
            found.append((kind, written))
    return found if phone == applicant.phone else [*found, ("phone", phone)]


def agency_text(life: Life) -> str:
    """The processing agency's name as written."""
    return spoken(life, life.processor.name)


def dossier_message(life: Life, said: Said, spoilt_status: bool = False, spoilt_time: bool = False) -> bytes:
    """The dossier element, as bytes."""
    return msgspec.json.encode(dossier_fields(life, said, spoilt_status, spoilt_time))


def dossier_fields(life: Life, said: Said, spoilt_status: bool = False, spoilt_time: bool = False) -> dict[str, Any]:
    """The dossier element: texts, and lists of groups of texts."""
    mixed = "mixed_dates" in life.traits
    form = life.ordinal

    def time(moment: datetime | None) -> str:
        nonlocal form
        if not mixed or moment is None:
            return compact(moment)
        form += 1
        return compact(moment) if form % 3 == 0 else mischief.mixed_date(moment, form)

    applicant = life.applicant
    suffix = ".000.00.00.H56" if life.ordinal % 5 else ""
    identity = said.identity if said.identity != applicant.identity else written_identity(life, said.identity)
    yes, no = ("1", "0") if life.ordinal % 4 else ("True", "False")
    message: dict[str, Any] = {
        "MaHoSo": said.key,
        "MaHoSoKhac": said.alt_number,
        "SoBienNhan": said.receipt_no,
        "MaTTHC": life.procedure.code + suffix,
        "TenTTHC": life.procedure.name,
        "MaLinhVuc": "",
        "TenLinhVuc": life.procedure.field,
        "KenhThucHien": "" if life.channel == 1 and life.ordinal % 11 == 0 else str(life.channel),
        "ChuHoSo": spoken(life, applicant.name),
        "SoGiayToChuHoSo": identity,
        "LoaiDoiTuong": str(applicant.type),
        "MaDoiTuong": applicant.tech_id,
        "ThongTinKhac": "",
        "Email": applicant.email,
        "Fax": "",
        "SoDienThoai": written_phone(life),
        "TrichYeuHoSo": spoken(life, f"{life.procedure.name[:120]} của {applicant.name}"),
        "NgayTiepNhan": mischief.SPOILED_TIME if spoilt_time else time(said.received_at),
        "NgayHenTra": time(said.due_at),
        "TrangThaiHoSo": mischief.SPOILED_STATUS if spoilt_status else str(said.status),
        "NgayTra": time(said.returned_at),
        "ThongTinTra": "",
        "HinhThuc": str(life.return_method),
        "NgayKetThucXuLy": time(said.finished_at),
        "DonViXuLy": agency_text(life),
        "GhiChu": "",
        "NoiNopHoSo": str(said.submission_place),
        "HoSoCoThanhPhanSoHoa": yes if life.digitised else no,
        "TaiKhoanDuocXacThucVoiVNeID": yes if life.vneid else no,
        "DuocThanhToanTrucTuyen": str(said.online_payment),
        "NgayTuChoi": time(said.rejected_at),
        "NgayNopHoSo": time(said.submitted_at),
        "NgayCapNhat": compact(said.updated_at),
        "NgayXoa": compact(said.deleted_at),
        "DinhDanhCHS": [{"LoaiDinhDanh": "1" if len(identity) == 12 else "2", "SoDinhDanh": identity}]
        if identity
        else [],
        "DSKetNoiCSDL": [{"MaCSDL": said.linked_database}] if said.linked_database else [],
        "TaiLieuNop": [_component(life, n, paper) for n, paper in enumerate(said.components, 1)],
        "DanhSachLePhi": [
            {
                "TenPhiLePhi": f.name,
                "MaPhiLePhi": f.code,
                "HinhThucThu": "1",
                "Gia": str(f.amount),
                "LoaiPhiLePhi": f.kind,
            }
            for f in said.fees
        ],
        "DanhSachTepDinhKemKhac": [{"TenGiayTo": p.name, "SoLuong": 1, "LoaiGiayTo": 1} for p in said.others],
        "DanhSachHoSoBoSung": [
            {
                "HoSoBoSungId": n,
                "NguoiYeuCauBoSung": "",
                "NoiDungBoSung": "Bổ sung giấy tờ còn thiếu",
                "NgayBoSung": compact(supplement.requested_at),
                "NguoiTiepNhanBoSung": "",
                "ThongTinTiepNhan": "",
                "NgayTiepNhanBoSung": compact(supplement.completed_at),
                "TrangThaiBoSung": supplement.completed_at is not None,
                "DanhSachGiayToBoSung": [],
                "DanhSachLePhiBoSung": [],
                "NgayHenTraTruoc": compact(supplement.previous_due_at),
                "NgayHenTraMoi": compact(supplement.new_due_at),
            }
            for n, supplement in enumerate(said.supplements, 1)
        ],
        "DanhSachGiayToKetQua": [
            {
                "TenGiayTo": paper.name,
                "MaThanhPhanHoSo": "",
                "GiayToId": f"{life.ordinal}-KQ",
                "DuongDanTepTinKetQua": paper.url,
                "MaGiayToKetQua": paper.code,
            }
            for paper in said.results
        ],
    }
    if said.rated_at:
        rating = {
            "Id": life.ordinal,
            "NgayDanhGia": compact(said.rated_at),
            "MucDoHaiLong": str(life.score),
            "YKien": "",
        }
        message["DanhGiaHaiLongs"] = [rating]
    if "extra_field" in life.traits and said.source_id == "portal":
        message.update(mischief.EXTRA_FIELDS)
    return message


def step_message(key: str, step: Step, updated_at: datetime) -> bytes:
    """The step element, as bytes."""
    return msgspec.json.encode(step_fields(key, step) | {"NgayCapNhat": compact(updated_at)})


def step_fields(key: str, step: Step) -> dict[str, str]:
    """The step element."""
    return {
        "MaHoSo": key,
        "NguoiXuLy": step.officer,
        "ChucDanh": step.title,
        "ThoiDiemXuLy": compact(step.at),
        "PhongBanXuLy": step.department,
        "NoiDungXuLy": step.text,
        "TrangThai": str(step.status),
        "NgayBatDau": compact(step.started_at),
        "NgayKetThucTheoQuyDinh": compact(step.due_at),
    }


def _component(life: Life, n: int, paper: Paper) -> dict[str, str]:
    return {
        "TepDinhKemId": f"{life.ordinal}-{n}",
        "TenTepDinhKem": paper.name,
        "IsDeleted": "False" if life.ordinal % 2 else "0",
        "MaThanhPhanHoSo": paper.code,
        "DuongDanTaiTepTin": paper.url,
        "DuocSoHoa": "1" if paper.digitised else "0",
        "DuocTaiSuDung": str(paper.reuse),
        "DuocLayTuKhoDMQG": "0",
        "MaKetQuaThayThe": "",
    }


def spoken(life: Life, text: str) -> str:
    """A text as a clerk of this dossier's habits typed it."""
    if "tcvn3_text" in life.traits:
        return mischief.tcvn3(text)
    return mischief.decomposed(text) if "decomposed_text" in life.traits else text


def written_identity(life: Life, identity: str) -> str:
    """An identity number as written: a spreadsheet may have taken its zero."""
    return mischief.without_zero(identity) if "lost_zero" in life.traits else identity


def written_phone(life: Life) -> str:
    """The applicant's phone as written, perhaps in its form of before 2018."""
    return mischief.old_phone(life.applicant.phone) if "old_phone" in life.traits else life.applicant.phone

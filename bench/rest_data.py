"""The dossiers of the benchmark: about 1 KB each, with nested fees and supplements, made from a seed.

Here: records of the national message as bytes, and changed versions of some of them. Not here: serving them
(`rest_serve.py`). No names of real people: the parts are numbered.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import msgspec

START = datetime(2022, 6, 1, 7, 0)
FORMAT = "%Y%m%d%H%M%S"
PROCEDURES = ("1.001193", "1.000894", "1.000656", "1.004873", "1.004837", "1.012784", "1.004222", "2.000908")
UNITS = [f"000.{zone:02d}.{district:02d}.H56" for district in range(31, 58) for zone in range(1, 13)]


def record(number: int, generation: int = 0) -> dict[str, object]:
    """One dossier; `generation` > 0 is a later version of it: another status, a due date moved, one fee more."""
    rng = random.Random(number)
    received = START + timedelta(seconds=number * 47 % 10_000_000)
    finished = received + timedelta(days=rng.randint(0, 12), minutes=rng.randint(1, 300))
    due = received + timedelta(days=rng.choice((3, 5, 10, 20)) + generation)
    done = number % 5 != 0 or generation > 0
    updated = START + timedelta(seconds=number * 50) if generation == 0 else START + timedelta(days=200 + generation)
    fees = [
        {
            "TenPhiLePhi": f"Lệ phí {n}",
            "MaPhiLePhi": f"LP{n}",
            "HinhThucThu": "1",
            "Gia": str(5000 * (n + 1)),
            "LoaiPhiLePhi": "1",
        }
        for n in range(1 + (number % 3 == 0) + (generation > 0))
    ]
    supplements = [
        {
            "HoSoBoSungId": 1,
            "NguoiYeuCauBoSung": "Cán bộ 7",
            "NoiDungBoSung": "Bổ sung bản sao giấy tờ",
            "NgayBoSung": (received + timedelta(hours=5)).strftime(FORMAT),
            "NguoiTiepNhanBoSung": "Cán bộ 7",
            "NgayTiepNhanBoSung": (received + timedelta(hours=30)).strftime(FORMAT),
            "TrangThaiBoSung": True,
            "NgayHenTraTruoc": due.strftime(FORMAT),
            "NgayHenTraMoi": (due + timedelta(days=1)).strftime(FORMAT),
        }
    ]
    return {
        "MaHoSo": f"{UNITS[number % len(UNITS)]}-{received:%y%m%d}-{number % 10_000_000:07d}",
        "MaTTHC": f"{PROCEDURES[number % len(PROCEDURES)]}.000.00.00.H56",
        "TenTTHC": "Thủ tục đăng ký, cấp giấy tờ theo yêu cầu của công dân",
        "MaLinhVuc": "G15-HT01",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": str(1 + number % 3),
        "SoBienNhan": f"BN{number:08d}",
        "ChuHoSo": f"Nguyễn Văn {number}",
        "SoGiayToChuHoSo": f"038{number % 4}{number % 100:02d}{number % 1_000_000:06d}",
        "LoaiDoiTuong": "1",
        "SoDienThoai": f"09{number % 100_000_000:08d}",
        "TrichYeuHoSo": "Đề nghị giải quyết hồ sơ theo đơn đã nộp",
        "NgayTiepNhan": received.strftime(FORMAT),
        "NgayHenTra": due.strftime(FORMAT),
        "TrangThaiHoSo": "10" if done else "4",
        "NgayTra": finished.strftime(FORMAT) if done else "",
        "HinhThuc": "0",
        "NgayKetThucXuLy": finished.strftime(FORMAT) if done else "",
        "DonViXuLy": "UBND huyện Hoằng Hóa",
        "DanhSachLePhi": fees,
        "DanhSachHoSoBoSung": supplements if number % 3 == 1 else [],
        "NoiNopHoSo": "2",
        "HoSoCoThanhPhanSoHoa": "1",
        "TaiKhoanDuocXacThucVoiVNeID": "0",
        "DuocThanhToanTrucTuyen": "1",
        "NgayNopHoSo": (received - timedelta(hours=2)).strftime(FORMAT),
        "NgayCapNhat": updated.strftime(FORMAT),
    }


def encoded(numbers: range, generation: int = 0) -> list[bytes]:
    """Records as JSON bytes, ordered by NgayCapNhat."""
    encode = msgspec.json.Encoder().encode
    return [encode(record(number, generation)) for number in numbers]

"""A page of dossiers and one of steps as a ministry's adapter lists them, written by hand; its people are invented."""

from __future__ import annotations

from typing import Any

_NAMES = ("Lê Thị Bưởi", "Nguyễn Văn Thử", "Trần Thị Mẫu", "Phạm Văn Giả", "Vũ Thị Bịa", "Hoàng Văn Nháp")


def _dossier(n: int) -> dict[str, Any]:
    return {
        "MaHoSo": f"G09.20-202209{n + 5:02d}-00000{n:02d}",
        "IDHoSo": f"BN-{n:06d}",
        "MaTTHC": "1.001193",
        "LoaiDoiTuong": n % 3,
        "MaDonViTiepNhan": "000.00.40.H56",
        "NgayNop": f"2022-09-{n + 5:02d} 08:00:00",
        "NgayTiepNhan": f"2022-09-{n + 5:02d}T08:30:00.000",
        "NgayCapNhat": f"2022-09-{n + 6:02d} 10:00:00",
        "TrangThai": n % 10 + 1,
        "ThongTinNguoiNop": {
            "LoaiDoiTuong": 1,
            "IdDoiTuong": f"{n}",
            "ThongTinChiTiet": {
                "TenNguoiNop": _NAMES[(n + 1) % 6],
                "SoDinhDanh": f"0382010000{n:02d}",
                "NgayCapDinhDanh": "20200101000000",
                "NgaySinh": "19900101000000",
                "TenChuHs": _NAMES[n % 6],
                "SoDinhDanhChuHs": f"0381900043{n:02d}",
                "DiaChiChiTiet": f"Thôn {n}, xã Ví Dụ",
                "DiaChiChiTietChuHs": f"Thôn {n}, xã Ví Dụ",
                "SoDienThoai": f"09123456{n:02d}",
                "Email": f"nguoi{n}@example.vn",
                "Fax": "",
            },
        },
        "ThanhPhanHoSo": [
            {
                "MaThanhPhanHoSo": "TP1",
                "TenThanhPhanHoSo": "Tờ khai đăng ký",
                "SoLuong": 1,
                "LoaiBan": 2,
                "GiayToDinhKem": [],
            }
        ],
    }


def _step(n: int) -> dict[str, Any]:
    return {
        "MaHoSo": f"G09.20-202209{n + 5:02d}-00000{n:02d}",
        "IDHoSo": f"BN-{n:06d}",
        "NguoiXuLy": _NAMES[n % 6],
        "PhongBanXuLy": "Phòng Tiếp dân",
        "NoiDungXuLy": "Chuyển hồ sơ thẩm định",
        "TrangThai": n % 10 + 1,
        "ThoiDiemXuLy": f"2022-09-{n + 5:02d} 09:00:00",
        "NgayBatDau": f"2022-09-{n + 5:02d} 08:31:00",
        "NgayKetThucTheoQuyDinh": f"2022-09-{n + 7:02d} 17:00:00",
        "NgayCapNhat": f"2022-09-{n + 6:02d} 10:00:00",
    }


MINISTRY_LIST = {
    "/NoiHoSo": [_dossier(n) for n in range(16)],
    "/CapNhatTienTrinh": [_step(n) for n in range(16)],
}

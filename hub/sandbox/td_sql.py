"""A district's database of the provincial product: the tables with all their columns, and rows for COPY.

Here: schemas, tables, types and the collecting of rows. Not here: what stands in a row (`td.py`), servers and logins
(`sql_servers.py`). The product runs on SQL Server; the sandbox keeps the same names, quoted, on PostgreSQL:
nvarchar is varchar or text, uniqueidentifier is uuid, bit is boolean, datetime2 is timestamp, and the three stamps
are varchar(27) with seven digits after the second, because a timestamp holds six.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.sandbox import td
from hub.sandbox.dossier import Life
from hub.sandbox.one_stop import identifier
from hub.sandbox.places import Agency
from hub.sandbox.said import Said

SCHEMAS = ("Business", "Catalog")
_STAMPS = "CreatedOn stamp, LastModifiedOn stamp, DeletedOn stamp"
_HOSOS = """
    Id uuid, DonViId 50, MaHoSo 50, MaHoSoKhac 50, DonViQuanLy 1000, ChoXacNhan bit, KenhThucHien 2, LoaiDoiTuong 50,
    MaDoiTuong 50, ChuHoSo 500, SoDienThoaiChuHoSo 50, EmailChuHoSo 100, SoGiayToChuHoSo 100, LoaiGiayToChuHoSo 100,
    NgaySinhChuHoSo 50, TinhThanhChuHoSo 100, QuanHuyenChuHoSo 100, XaPhuongChuHoSo 100, DiaChiChuHoSo 500, UyQuyen bit,
    NguoiUyQuyen 500, SoDienThoaiNguoiUyQuyen 50, EmailNguoiUyQuyen 100, SoGiayToNguoiUyQuyen 100,
    LoaiGiayToNguoiUyQuyen 100, NgaySinhNguoiUyQuyen 50, TinhThanhNguoiUyQuyen 100, QuanHuyenNguoiUyQuyen 100,
    XaPhuongNguoiUyQuyen 100, DiaChiNguoiUyQuyen 500, TrichYeuHoSo 2000, NgayNopHoSo time, NgayTiepNhan time,
    NgayHenTra time, NgayKetThucXuLy time, NgayTra time, NgayTuChoi time, NgayLuuViTriHoSo time, HanTiepNhan time,
    TrangThaiHoSoId 5, TrangThaiTruoc 50, TrangThaiChiTiet 2, HinhThucTra 20, GhiChu 500, NoiNopHoSo 2,
    HoSoCoThanhPhanSoHo 2, TaiKhoanDuocXacThucVoiVNeID 2, DuocThanhToanTrucTuyen 2, LoaiDinhDanh 2, SoDinhDanh 40,
    MaTTHC 50, MaLinhVuc 50, TenLinhVuc 500, TenTruongHop 4000, MaTruongHop 200, TruongHopId 50, ThoiGianThucHien float,
    LoaiThoiGianThucHien 50, MucDo 5, SoBoHoSo int, NguoiXuLyTiep 1000, BuocXuLyTiep 500, NguoiNhanHoSo 50,
    NguoiDaXuLy 1000, NguoiDangXuLy 1000, TenBuocHienTai 255, BuocHienTai 50, NguoiXuLyTruoc 50, BuocXuLyTruoc 50,
    NgayTiepNhanCaNhan time, NgayHenTraCaNhan time, NgayChuyenXuLy time, DonViChuyenXuLy 50, DonViDaChuyenXuLy 450,
    ChuyenNoiBo bit, TrangThaiBoSung 50, NgayYeuCauBoSung time, LyDoBoSung 1500, NoiDungBoSung 500, ThoiHanBoSung int,
    NgayCongDanBoSung time, ThanhPhanBoSung max, ThongTinTiepNhanBoSung 500, LyDoTuChoi 2000, LyDoXoa 1500, NguoiGui 50,
    TrichYeuKetQua 2000, DinhKemKetQua max, LoaiVanBanKetQua 150, SoKyHieuKetQua 100, NguoiKyKetQua 300,
    CoQuanBanHanhKetQua 300, NgayBanHanhKetQua time, NgayKyKetQua time, LoaiKetQua 50, DaSoHoaKetQua bit,
    DinhKemSoHoa 1200, TrangThaiSoHoa 3, TrangThaiTraKq 3, DonViTraKq 50, HoTenNguoiNhanKetQua 150,
    LoaiNguoiNhanKetQua 100, NgayXacNhanKetQua time, DangKyNhanHoSoQuaBCCIData 1500, TrangThaiTraBuuDien 50,
    NgayDangKyBuuDien time, NgayTraBuuDien time, LaHoSoChungThuc bit, TinhThanhDiaBan 50, QuanHuyenDiaBan 50,
    XaPhuongDiaBan 50, TenDiaBan 1000, DonViPhiDiaGioi 50, NguoiNhanPhiDiaGioi 50, NgayNhanPhiDiaGioi time,
    NgayGuiPhiDiaGioi time, NgayTraPhiDiaGioi time, TrangThaiPhiDiaGioi 3, ViTriDeHoSo 500, TrangThaiDongBoDVC 2,
    LoaiDuLieuKetNoi 20, EFormData max, EFormKetQuaData max, CreatedBy uuid, LastModifiedBy uuid, DeletedBy uuid"""
TABLES: dict[str, str] = {
    "Business.HoSos": f"{_HOSOS}, {_STAMPS}",
    "Business.QuaTrinhXuLyHoSos": """
        Id uuid, MaHoSo 50, ThoiGian time, TrangThai 40, NodeQuyTrinh 500, NguoiGui 50, TenNguoiGui 200, NguoiNhan 500,
        TenNguoiNhan 600, ThoiHanBuocXuLy float, LoaiThoiHanBuocXuLy 100, NgayHetHanBuocXuLy time, ThaoTac 200,
        NoiDung 2000, DinhKem max, TrangThaiDongBoDVCQuocGia 3, CreatedOn stamp, DeletedOn stamp""",
    "Business.ThanhPhanHoSos": f"""
        Id uuid, HoSo 50, Ten 2000, MaGiayTo 100, DinhKem max, TrangThaiSoHoa 3, DuocLayTuKhoDMQuocGia 3,
        MaKetQuaThayThe 100, DinhKemGoc max, {_STAMPS}""",
    "Business.YeuCauThanhToans": f"""
        Id uuid, Ma 50, MaHoSo 50, TenPhiLePhi 500, LoaiPhiLePhi 50, SoTien money, TrangThai 50, HinhThucThu 50,
        HinhThucThanhToan 50, NgayThuPhi time, GhiChuThanhToan 500, {_STAMPS}""",
    "Business.DanhGiaHaiLongs": f"""
        Id uuid, MaHoSo 50, NgayDanhGia time, MucDoHaiLong 5, YKien max, {_STAMPS}""",
    "Business.TrangThaiHoSos": "Ma 5, Ten 200",
    "Business.NgayNghis": "Date time",
    "Catalog.ThuTucs": "Id uuid, MaTTHC 50, TenTTHC 2000, LinhVucChinh 200, MaLinhVucChinh 50, SuDung bit",
    "Catalog.Groups": "GroupCode 50, GroupName 500, MaDinhDanh 50, OfGroupCode 50, Catalog 50, GroupOrder int, Type 20",
}
_TYPES = {
    "uuid": "uuid",
    "bit": "boolean",
    "time": "timestamp",
    "float": "double precision",
    "int": "integer",
    "money": "numeric(18,0)",
    "max": "text",
    "stamp": "varchar(27)",
}
STATUS_NAMES = (
    "Mới đăng ký",
    "Được tiếp nhận",
    "Không được tiếp nhận",
    "Đang xử lý",
    "Yêu cầu bổ sung giấy tờ",
    "Yêu cầu thực hiện nghĩa vụ tài chính",
    "Công dân yêu cầu rút hồ sơ",
    "Dừng xử lý",
    "Đã xử lý xong",
    "Đã trả kết quả",
)
_INDEXES = (
    ("Business.HoSos", "MaHoSo"),
    ("Business.QuaTrinhXuLyHoSos", "MaHoSo"),
    ("Business.ThanhPhanHoSos", "HoSo"),
    ("Business.YeuCauThanhToans", "MaHoSo"),
)


def quoted(table: str) -> str:
    """`Business.HoSos` as `"Business"."HoSos"`."""
    return ".".join(f'"{part}"' for part in table.split("."))


def statements() -> list[str]:
    """What makes the schemas, tables and indexes that are not there yet, in order."""
    made = [f'create schema if not exists "{schema}"' for schema in SCHEMAS]
    for table, columns in TABLES.items():
        parts = [column.split() for column in columns.split(",")]
        typed = [f'"{name}" {_TYPES.get(kind, f"varchar({kind})")}' for name, kind in parts]
        keys = ['primary key ("Id")'] if parts[0] == ["Id", "uuid"] else []
        made.append(f"create table if not exists {quoted(table)} ({', '.join(typed + keys)})")
    cursor = 'coalesce("LastModifiedOn", "CreatedOn"), "Id"'
    made.append(f"create index if not exists cursor_hosos on {quoted('Business.HoSos')} ({cursor})")
    for table, column in _INDEXES:
        name = f"number_{table.partition('.')[2].lower()}"
        made.append(f'create index if not exists {name} on {quoted(table)} ("{column}")')
    return made


class District:
    """Collects the rows of one database: by table, equal columns in every row."""

    def __init__(self, agency: Agency) -> None:
        self.tables: dict[str, list[td.Row]] = {table: [] for table in TABLES}
        self.tables["Catalog.Groups"] = td.group_rows([agency])
        self.tables["Business.TrangThaiHoSos"] = [{"Ma": str(n), "Ten": x} for n, x in enumerate(STATUS_NAMES, 1)]
        self._procedures: set[str] = set()

    def add(self, life: Life, said: Said, edges: frozenset[str]) -> None:
        """One dossier with its children."""
        self.tables["Business.HoSos"].append(td.dossier_row(life, said, edges))
        self.tables["Business.QuaTrinhXuLyHoSos"] += td.step_rows(life, said)
        self.tables["Business.ThanhPhanHoSos"] += td.component_rows(life, said)
        self.tables["Business.YeuCauThanhToans"] += td.payment_rows(life, said, edges)
        self.tables["Business.DanhGiaHaiLongs"] += td.rating_rows(life, said)
        if life.procedure.code not in self._procedures:
            self._procedures.add(life.procedure.code)
            self.tables["Catalog.ThuTucs"].append(
                {
                    "Id": identifier("procedure", life.procedure.code),
                    "MaTTHC": life.procedure.code + ".000.00.00.H56",
                    "TenTTHC": life.procedure.name,
                    "LinhVucChinh": life.procedure.field,
                    "SuDung": True,
                }
            )


def copy_text(rows: list[td.Row]) -> tuple[list[str], bytes]:
    """The columns of the rows, and the rows in COPY's text form."""
    names = list(rows[0])
    lines = ["\t".join([_copied(row[name]) for name in names]) for row in rows]
    return names, ("\n".join(lines) + "\n").encode()


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)

"""A vendor with a database that nobody has seen: from `scaffold` to dossiers in core, by one mapping and one source."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from tests.onboarding.conftest import MOST_LINES, Onboarder

PEOPLE = ("Nguyễn Văn Thử", "Lê Thị Bưởi", "Trần Thị Mẫu", "Phạm Văn Giả", "Vũ Thị Bịa", "Hoàng Văn Nháp")
STATES = {"TN": "Đã tiếp nhận", "XL": "Đang xử lý", "BS": "Chờ bổ sung", "XG": "Đã xử lý xong", "TR": "Đã trả kết quả",
          "Z9": "Chuyển cấp trên"}  # fmt: skip
PROCEDURES = (("1.001193", "Đăng ký khai sinh"), ("2.000815", "Chứng thực bản sao"), ("1.000656", "Đăng ký khai tử"))
MEANT = {
    "dossier.dossier_no": "so_hs",
    "dossier.procedure_code": "ma_thutuc",
    "dossier.procedure_name": "ten_thutuc",
    "dossier.field_name": "linh_vuc",
    "dossier.applicant_name": "nguoi_nop",
    "dossier.applicant_id_no": "so_cccd",
    "dossier.applicant_phone": "sdt",
    "dossier.applicant_address": "dia_chi",
    "dossier.channel": "kenh_nop",
    "dossier.status": "tinh_trang",
    "dossier.received_at": "ngay_tn",
    "dossier.due_at": "hen_tra",
    "dossier.finished_at": "ngay_xong",
    "dossier.returned_at": "ngay_tra_kq",
    "step.step_at": "luc",
    "step.officer_name": "can_bo",
    "step.step_department": "phong_ban",
    "step.step_text": "noi_dung",
    "fee.fee_code": "ma_phi",
    "fee.fee_name": "ten_phi",
    "fee.amount": "so_tien",
    "fee.paid_at": "ngay_thu",
}
TABLES = """
create table phieu_tn (phieu_id integer primary key, so_hs text, ma_thutuc text, nguoi_nop text, so_cccd text, sdt text,
    dia_chi text, kenh_nop text, tinh_trang text, ngay_tn text, hen_tra text, ngay_xong text, ngay_tra_kq text,
    tg_sua text, da_xoa integer);
create table nhat_ky_xl (nk_id integer primary key, phieu_id integer references phieu_tn (phieu_id), luc text,
    can_bo text, phong_ban text, noi_dung text, tg_sua text);
create table khoan_thu (kt_id integer primary key, phieu_id integer references phieu_tn (phieu_id), ma_phi text,
    ten_phi text, so_tien integer, ngay_thu text, tg_sua text);
create table dm_tinh_trang (ma text primary key, ten text);
create table dm_thutuc (ma_thutuc text primary key, ten_thutuc text, linh_vuc text);
create table nguoi_dung (uid integer primary key, ten_dang_nhap text, mat_khau text);
"""


def filled(path: Path) -> list[dict[str, Any]]:
    """The database with 36 dossiers, which are also given back."""
    rows = []
    with sqlite3.connect(path) as db:
        db.executescript(TABLES)
        db.executemany("insert into dm_tinh_trang values (?, ?)", STATES.items())
        db.executemany("insert into dm_thutuc values (?, ?, 'Hộ tịch')", PROCEDURES)
        db.execute("insert into nguoi_dung values (1, 'admin', 'kín')")
        for n in range(36):
            day = f"2022-08-{n % 20 + 1:02d}"
            state = list(STATES)[n % 6]
            over = state in ("XG", "TR")
            row = {
                "phieu_id": 700_001 + n,
                "so_hs": f"000.00.41.H56-2208{n % 20 + 1:02d}-{n:04d}",
                "ma_thutuc": PROCEDURES[n % 3][0],
                "nguoi_nop": PEOPLE[n % 6],
                "so_cccd": f"0382010000{n:02d}",
                "sdt": f"0912 345 6{n:02d}",
                "dia_chi": f"Thôn {n}, xã Ví Dụ",
                "kenh_nop": ("tại quầy", "qua mạng", "bưu điện")[n % 3],
                "tinh_trang": state,
                "ngay_tn": f"{day} 08:30:00",
                "hen_tra": f"2022-08-{n % 5 + 24:02d}",
                "ngay_xong": f"{day} 15:00:00" if over else None,
                "ngay_tra_kq": f"{day} 16:00:00" if state == "TR" else None,
                "tg_sua": f"{day} 16:{n:02d}:00",
                "da_xoa": 0,
            }
            rows.append(row)
            db.execute(f"insert into phieu_tn values ({', '.join('?' * len(row))})", list(row.values()))
            log = (
                n + 1,
                row["phieu_id"],
                f"{day} 09:00:00",
                PEOPLE[(n + 1) % 6],
                "Một cửa",
                "Chuyển xử lý",
                row["tg_sua"],
            )
            db.execute("insert into nhat_ky_xl values (?, ?, ?, ?, ?, ?, ?)", log)
            fee = (n + 1, row["phieu_id"], "LP01", "Lệ phí hộ tịch", 8000, f"{day} 08:35:00", row["tg_sua"])
            db.execute("insert into khoan_thu values (?, ?, ?, ?, ?, ?, ?)", fee)
    db.close()
    return rows


def test_from_a_look_to_dossiers(onboarder: Onboarder, tmp_path: Path) -> None:
    path = tmp_path / "bong_lua.sqlite"
    rows = filled(path)
    said = onboarder.types(
        *("sources", "scaffold", "bong_lua", "--driver", "SQLite3", "--database", str(path)),
        *("--out", str(onboarder.files)),
    )
    text = (onboarder.files / "mappings/bong_lua.yml").read_text(encoding="utf-8")
    for secret in (*PEOPLE, "038201", "0912 345", "Thôn", "kín"):
        assert secret not in text + said
    assert onboarder.share("bong_lua", MEANT) >= 0.8
    # What the person decides: a state that is none of the national ones.
    onboarder.edits("bong_lua", {"    # unsure: Z9 (Chuyển cấp trên): which code? seen in 6 records": "    Z9: 4"})
    assert onboarder.lines("bong_lua") < MOST_LINES

    checks = onboarder.told("sources", "test", "bong-lua")
    assert all(check["ok"] for check in checks), checks
    for stream in ("dossier", "step", "fee"):
        preview = onboarder.told("sources", "preview", "bong-lua", "--stream", stream)
        assert [record["reason"] for record in preview["records"]] == [""] * 5
        assert preview["drift"] == []
    onboarder.types("run", "--source", "bong-lua")

    found = onboarder.rows(
        """select d.*, (select count(*) from core.dossier_step s where s.dossier_id = d.dossier_id) as steps,
                  (select sum(amount) from core.fee f where f.dossier_id = d.dossier_id) as fees,
                  d.received_at at time zone 'Asia/Ho_Chi_Minh' as received,
                  d.due_at at time zone 'Asia/Ho_Chi_Minh' as due
           from core.dossier d where dossier_no like '000.00.41.H56-2208%' order by dossier_no"""
    )
    assert len(found) == len(rows)
    wanted = {"TN": 2, "XL": 4, "BS": 5, "XG": 9, "TR": 10, "Z9": 4}
    for row, dossier in zip(sorted(rows, key=lambda row: str(row["so_hs"])), found, strict=True):
        assert dossier["status"] == wanted[row["tinh_trang"]]
        assert dossier["channel"] == {"tại quầy": 1, "qua mạng": 2, "bưu điện": 3}[row["kenh_nop"]]
        assert dossier["procedure_code"] == row["ma_thutuc"]
        assert str(dossier["received"]) == row["ngay_tn"]
        assert str(dossier["due"].date()) == row["hen_tra"]
        assert (dossier["steps"], dossier["fees"]) == (1, 8000)

"""Sixteen dossiers of two agencies, as two systems tell them, and what form II.06a must show of each.

Here: hand-written records and the reasoning behind each figure. Not here: how they are served and read. The period is
the third quarter of 2022 as the Government Office counts it: from 2022-06-15 to 2022-09-14, both days included.

h is UBND phường Hàm Rồng, s is Sở Tư pháp:

      what the sources say                                          intake  outcome, and why
h1    online, due 24/6, finished 22/6; the copy says the same       4   8   before the due day
h2    due 5/7 at 11:00, finished 5/7 at 16:00                       5   9   on the due day: days are compared
h3    the portal: waits since 12/8; the copy: finished 15/8         5   12  the copy makes 5 a 9; waiting is not late
h4    received 10/6, due 17/6, finished 20/6                        6   10  carried over, late
h5    received 10/6, finished on 14/6 at 23:59                              over before the period began
h6    deleted at the portal                                                 deleted
h7    land, by post, due 10/9, finished 20/9                        5   13  still open on 14/9, and late
h8    a number of the old register, received on 15/9                        after the period
s1    online, withdrawn, due 22/8; a step of 25/8 says when         4   9   a withdrawal is on time
s2    online, two numbers, no due day, returned 2/9, no finish      4   9   one dossier; no due day is on time
s3    online, rejected                                                      never received
s4    the copy alone, no channel, due 30/9, open                    5   12  open in time; no channel is direct
s5    status 11                                                             quarantined: nobody knows what 11 means
s6    received 15/9                                                         after the period
s7    finished, nobody says when; due 1/8                           5   13  known to be finished in October only
s8    received 1/8, finished 20/7, due 5/8                          5   8   finished on the day of receipt, and listed
"""

from __future__ import annotations

from typing import Any

HAM_RONG, TU_PHAP = "000.01.31.H56", "000.00.03.H56"
BIRTH, COPY, LAND = "1.001193", "2.000635", "1.012817"
Message = dict[str, Any]


def number(agency: str, day: str, n: int) -> str:
    """A dossier number of 2022; `day` as MMDD."""
    return f"{agency}-22{day}-{n:04}"


def _dossier(number_: str, received: str, status: str, **values: Any) -> Message:
    """Times as MMDDhhmm of 2022; the version is the receipt unless told otherwise."""
    times = {name: _time(value) for name, value in values.items() if name.startswith("Ngay")}
    return {
        "MaHoSo": number_,
        "MaTTHC": COPY if number_.startswith(TU_PHAP) else BIRTH,
        "ChuHoSo": "Trịnh Thị Bí Mật",
        "SoGiayToChuHoSo": "038190004321",
        "LoaiDoiTuong": "1",
        "KenhThucHien": "1",
        "NgayTiepNhan": _time(received),
        "TrangThaiHoSo": status,
        "NgayCapNhat": _time(received),
        **values,
        **times,
    }


def _time(text: str) -> str:
    return f"2022{text}00" if text else ""


H1, H2, H3, H4 = (number(HAM_RONG, day, 1) for day in ("0620", "0701", "0810", "0610"))
H5, H6, H7, H8 = number(HAM_RONG, "0610", 2), number(HAM_RONG, "0711", 1), number(HAM_RONG, "0901", 1), "15/HS"
S1, S2, S3, S4 = (number(TU_PHAP, day, 1) for day in ("0820", "0825", "0705", "0801"))
S5, S6, S7, S8 = (number(TU_PHAP, day, 2) for day in ("0706", "0915", "0720", "0801"))
S2_COPY = number(TU_PHAP, "0826", 7)

_H1 = _dossier(H1, "06200800", "9", KenhThucHien="2", NgayHenTra="06241700", NgayKetThucXuLy="06221500")
PORTAL = [
    _H1 | {"NgayNopHoSo": "20220619200000"},
    _dossier(H2, "07010800", "9", NgayHenTra="07051100", NgayKetThucXuLy="07051600"),
    _dossier(
        H3,
        "08100800",
        "5",
        NgayHenTra="08201700",
        DanhSachHoSoBoSung=[{"HoSoBoSungId": "1", "NgayBoSung": _time("08120900")}],
    ),
    _dossier(H4, "06100800", "9", NgayHenTra="06171700", NgayKetThucXuLy="06200900"),
    _dossier(H5, "06100900", "9", NgayHenTra="06171700", NgayKetThucXuLy="06142359"),
    _dossier(H6, "07110800", "4", NgayHenTra="07151700", NgayXoa="07120800"),
    _dossier(H7, "09010800", "9", MaTTHC=LAND, KenhThucHien="3", NgayHenTra="09101700", NgayKetThucXuLy="09200900"),
    _dossier(H8, "09150800", "4", DonViXuLy="UBND phường Hàm Rồng"),
    _dossier(S1, "08200800", "7", KenhThucHien="2", NgayHenTra="08221700"),
    _dossier(S2, "08250800", "9", KenhThucHien="2", NgayTra="09020800", MaHoSoKhac=S2_COPY),
    _dossier(S3, "07050800", "3", KenhThucHien="2", NgayTiepNhan="", NgayTuChoi="07060800", NgayNopHoSo="07050700"),
    _dossier(S5, "07060800", "11"),
    _dossier(S6, "09150800", "4"),
    _dossier(S7, "07200800", "9", NgayHenTra="08011700"),
    _dossier(S8, "08010800", "9", NgayHenTra="08051700", NgayKetThucXuLy="07200900"),
]
NATIONAL = [
    _H1 | {"NgayNopHoSo": "20220620080000"},
    _dossier(H3, "08100800", "9", NgayHenTra="08201700", NgayKetThucXuLy="08151000"),
    _dossier(S2_COPY, "08250800", "9", KenhThucHien="2", NgayTra="09020800", MaHoSoKhac=S2),
    _dossier(S4, "08010800", "4", KenhThucHien="", NgayHenTra="09301700"),
]


def _step(number_: str, at: str, status: str, text: str) -> Message:
    return {
        "MaHoSo": number_,
        "ThoiDiemXuLy": _time(at),
        "TrangThai": status,
        "NguoiXuLy": "Lê Văn Cán",
        "ChucDanh": "Chuyên viên",
        "NoiDungXuLy": text,
        "NgayCapNhat": _time(at),
    }


PORTAL_STEPS = [
    _step(S1, "08200810", "4", "Chuyển phòng nghiệp vụ"),
    _step(S1, "08251000", "7", "Công dân xin rút hồ sơ"),
    _step(S1.replace("0001", "0099"), "08251000", "4", "Hồ sơ chưa đồng bộ"),
]
NATIONAL_STEPS = [
    _step(S4, "08010810", "4", "Chuyển phòng nghiệp vụ"),
    # put in front of every dossier by the software that fills the copy
    _step(S4, "08010800", "2", "Tiếp nhận hồ sơ") | {"NguoiXuLy": "Cán bộ một cửa"},
]
HELD = {
    ("portal", "dossier"): PORTAL,
    ("portal", "step"): PORTAL_STEPS,
    ("national", "dossier"): NATIONAL,
    ("national", "step"): NATIONAL_STEPS,
}

# (agency, field): columns 3, 4, 5, 6 received; 7, 8, 9, 10 resolved; 11, 12, 13 open; added up by hand from above
II06A = {
    (HAM_RONG, "Hộ tịch"): (4, 1, 2, 1, 3, 1, 1, 1, 1, 1, 0),  # h1 h2 h3 h4
    (HAM_RONG, "Đất đai"): (1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1),  # h7
    (TU_PHAP, "Hộ tịch"): (5, 2, 3, 0, 3, 1, 2, 0, 2, 1, 1),  # s1 s2 s4 s7 s8
}

# What judged a dossier by another time than its source's own: (agency, time, basis): how many
REPAIRS = {
    (TU_PHAP, "ngay_ket_thuc", "withdrawn_at"): 1,  # s1, told by the step
    (TU_PHAP, "ngay_ket_thuc", "returned_at"): 1,  # s2
    (TU_PHAP, "ngay_ket_thuc", "recorded"): 1,  # s7
    (TU_PHAP, "ngay_ket_thuc", "before_receipt"): 1,  # s8
}

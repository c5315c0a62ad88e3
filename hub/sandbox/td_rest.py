"""The REST interface of the provincial product: what a department's system answers.

Here: the items of its two lists, `Search/SoTheoDoiHoSo` with the dossier's children inside, and
`Search/QuaTrinhXuLyHoSo`, one item per step. Not here: rows (`td.py`), pages and logins (`server.py`). Times are ISO
texts without a zone, Asia/Ho_Chi_Minh; what is empty is null; the change stamp of each item is ThoiDiemCapNhat.
"""

from __future__ import annotations

import msgspec

from hub.sandbox import td
from hub.sandbox.dossier import Life
from hub.sandbox.said import Said

AUDIT = frozenset({"CreatedOn", "LastModifiedOn", "DeletedOn"})
INSIDE = ("NgayYeuCauBoSung", "NgayCongDanBoSung", "NoiDungBoSung", "SoKyHieuKetQua", "DinhKemKetQua")
Item = tuple[str, str, bytes]


def dossier_item(life: Life, said: Said, edges: frozenset[str]) -> Item:
    """(version as digits, key, bytes) of one dossier."""
    row = td.dossier_row(life, said, edges - {"null_cursor"})
    payments = td.payment_rows(life, said, edges)
    # an interface that shows children inside their dossier counts their change as the dossier's
    version = max(filter(None, (row["LastModifiedOn"], row["CreatedOn"], *(p["CreatedOn"] for p in payments))))
    item = {name: value for name, value in row.items() if name not in INSIDE} | {
        "TenTTHC": life.procedure.name,
        "TenDonVi": life.agency.name,
        "MaDinhDanh": life.agency.code,
        "ThoiDiemCapNhat": version,
        "ThanhPhanHoSos": _children(td.component_rows(life, said)),
        "YeuCauThanhToans": _children(payments),
        "BoSungs": [
            {
                "NgayYeuCauBoSung": supplement.requested_at,
                "NgayCongDanBoSung": supplement.completed_at,
                "NoiDungBoSung": td.SUPPLEMENT_TEXT,
            }
            for supplement in said.supplements
        ],
        "KetQuas": [
            {"SoKyHieuKetQua": paper.code, "TenKetQua": paper.name, "DinhKemKetQua": paper.url or None}
            for paper in said.results
        ],
        "DanhGiaHaiLongs": _children(td.rating_rows(life, said)),
    }
    return digits(version), said.key, msgspec.json.encode(item)


def step_items(life: Life, said: Said) -> list[Item]:
    """(version as digits, key, bytes) of each step."""
    rows = td.step_rows(life, said)
    return [
        (digits(row["CreatedOn"]), row["Id"], msgspec.json.encode({**row, "ThoiDiemCapNhat": row["CreatedOn"]}))
        for row in rows
    ]


def digits(version: str) -> str:
    """A stamp as the digits that lists are ordered and asked by."""
    return "".join(letter for letter in version if letter.isdigit())


def _children(rows: list[td.Row]) -> list[td.Row]:
    return [{name: value for name, value in row.items() if name not in AUDIT} for row in rows]

"""XML packages of communes: root GoiHoSo, a header with a manifest, the dossiers that changed since the last one.

Here: elements, manifest hashes and the files of a commune. Not here: what a commune knows (`one_stop.py`) and which
folder it drops files into (`deploy.py`). Elements carry the names and formats of DongBoHoSoMC; steps stand inside
their dossier. A HoSo is written in canonical form, or with short empty elements, which mean the same: the hash is
that of the exclusive canonical form. Every package holds whole dossiers as of its NgayGui, which is their version.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hub.sandbox.dossier import Life
from hub.sandbox.drops import Drop
from hub.sandbox.messages import compact, dossier_fields, step_fields
from hub.sandbox.mischief import OneStopSwitches
from hub.sandbox.one_stop import OneStop
from hub.sandbox.said import Said

# of the message → list element, item element
LISTS = {
    "TaiLieuNop": ("DanhSachTaiLieuNop", "TaiLieuNop"),
    "DanhSachLePhi": ("DanhSachLePhi", "LePhi"),
    "DanhSachTepDinhKemKhac": ("DanhSachTepDinhKemKhac", "TepDinhKemKhac"),
    "DanhSachHoSoBoSung": ("DanhSachHoSoBoSung", "HoSoBoSung"),
    "DanhSachGiayToKetQua": ("DanhSachGiayToKetQua", "GiayToKetQua"),
    "DinhDanhCHS": ("DanhSachDinhDanhCHS", "DinhDanhCHS"),
    "DSKetNoiCSDL": ("DanhSachKetNoiCSDL", "KetNoiCSDL"),
}
LEFT_OUT = frozenset({"MaHoSoKhac", "NgayCapNhat", "NgayXoa", "DanhGiaHaiLongs", "MaQRHoSo", "NguonTiepNhan"})
BETWEEN = timedelta(minutes=10)
_EMPTY = re.compile(r"<(\w+)></\1>")
_NAME = re.compile(r"<TenTTHC>[^<]*<")
_WRONG = "0" * 64


def dossier_element(life: Life, said: Said, edges: frozenset[str]) -> str:
    """The HoSo element in its exclusive canonical form."""
    parts = ["<HoSo>"]
    for name, value in dossier_fields(life, said, spoilt_status="unknown_code" in edges).items():
        if name in LISTS:
            parts.append(_list(*LISTS[name], value))
        elif name not in LEFT_OUT:
            parts.append(f"<{name}>{_text(value)}</{name}>")
    parts.append(_list("DanhSachTienDo", "TienDo", [step_fields(said.key, step) for step in said.steps]))
    if said.apologised_at:
        apology = {"NgayXinLoi": compact(said.apologised_at), "LyDo": "Khối lượng hồ sơ lớn"}
        parts.append(_list("DanhSachPhieuXinLoi", "PhieuXinLoi", [apology]))
    return "".join([*parts, "</HoSo>"])


def _list(outer: str, inner: str, items: list[Mapping[str, Any]]) -> str:
    if not items:
        return ""
    rows = ["".join([f"<{k}>{_text(v)}</{k}>" for k, v in item.items() if v != []]) for item in items]
    return f"<{outer}>" + "".join([f"<{inner}>{row}</{inner}>" for row in rows]) + f"</{outer}>"


def _text(value: object) -> str:
    text = value if isinstance(value, str) else ("1" if value else "0") if isinstance(value, bool) else str(value)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def package(
    system: OneStop, number: int, span: tuple[datetime, datetime], elements: list[tuple[str, str, bool]]
) -> bytes:
    """One package, sent at the end of `span`. elements: number, canonical HoSo, whether the manifest is wrong."""
    start, end = span
    entries = [
        f'<Muc MaHoSo="{key}" SHA256="{_WRONG if wrong else hashlib.sha256(text.encode()).hexdigest()}"/>'
        for key, text, wrong in elements
    ]
    bodies = [text if n % 2 else _EMPTY.sub(r"<\1/>", text) for n, (_, text, _) in enumerate(elements)]
    code = system.agency.code
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<GoiHoSo phienBan="1.0">',
            "<TieuDe>",
            f"<MaGoi>{code}-{end:%Y%m%d}-{number:02d}</MaGoi><MaDonVi>{code}</MaDonVi>",
            f"<TenDonVi>{_text(system.agency.name)}</TenDonVi><NgayGui>{compact(end)}</NgayGui>",
            f"<TuNgay>{compact(start)}</TuNgay><DenNgay>{compact(end)}</DenNgay>",
            f"<SoLuong>{len(elements)}</SoLuong>",
            "<Manifest>",
            *entries,
            "</Manifest>",
            "</TieuDe>",
            "<DanhSachHoSo>",
            *bodies,
            "</DanhSachHoSo>",
            "</GoiHoSo>",
            "",
        ]
    ).encode()


class Sender:
    """Collects the packages of one commune, one per moment of `cuts`; the first two are there on the first day."""

    def __init__(self, system: OneStop, seed: int, cuts: list[datetime], switches: OneStopSwitches) -> None:
        self._system = system
        self._seed = seed
        self._cuts = cuts
        self._switches = switches
        self._packages: list[list[tuple[str, str, bool]]] = [[] for _ in cuts]

    def add(self, cut: int, life: Life, said: Said, edges: frozenset[str]) -> None:
        """A dossier as of one moment."""
        self._packages[cut].append((said.key, dossier_element(life, said, edges), "wrong_hash" in edges))

    def drops(self, unsettled: int | None) -> list[Drop]:
        """All files; `unsettled` is the moment whose package is still being written."""
        found: list[Drop] = []
        for cut, elements in enumerate(self._packages):
            if elements:
                found += self._files(cut, elements, unsettled == cut)
        return found

    def _files(self, cut: int, elements: list[tuple[str, str, bool]], unsettled: bool) -> list[Drop]:
        code, end = self._system.agency.code, self._cuts[cut]
        start = self._cuts[cut - 1] if cut else end - timedelta(days=122)
        rng = Random(f"files {self._seed} {code} {cut}")
        corrected, twice = rng.random() < self._switches.corrected, rng.random() < self._switches.twice
        day = max(0, cut - 1)
        name = f"{code}-{end:%Y%m%d}"
        if unsettled:
            content = package(self._system, 1, (start, end), elements)
            return [Drop(code, f"{name}-01.xml", day, end, content[: len(content) // 2], unsettled=True)]
        if not corrected:
            content = package(self._system, 1, (start, end), elements)
            files = [Drop(code, f"{name}-01.xml", day, end, content)]
            return [*files, Drop(code, f"{name}-01 (1).xml", day, end, content)] if twice else files
        # the correction's name sorts before that of what it corrects
        mistaken = [(key, _NAME.sub("<TenTTHC>Thủ tục ghi nhầm<", text), wrong) for key, text, wrong in elements]
        first = package(self._system, 1, (start, end - BETWEEN), mistaken)
        second = package(self._system, 2, (start, end), elements)
        return [
            Drop(code, f"{name}-01.xml", day, end - BETWEEN, first),
            Drop(code, f"{name}-01-dinh-chinh.xml", day, end, second),
        ]

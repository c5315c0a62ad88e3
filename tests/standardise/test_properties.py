"""What holds for every chunk: how it is cut or ordered changes nothing, and no clear value leaves the vault."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.standardise.records import Raw, Result, standardise
from tests.standardise.chunk import context, dossier, mapping, raw, read

_times = st.sampled_from(["20220905083000", "05/09/2022", "05/09/2022 08:30", "2022-09-05T08:30:00Z", "?", "", None])
_fees = st.lists(
    st.fixed_dictionaries(
        {"MaPhiLePhi": st.sampled_from(["A", "B", "", None, 1]), "Gia": st.sampled_from(["5", "-5", 7])}
    ),
    max_size=3,
)
_records = st.fixed_dictionaries(
    {
        "MaHoSo": st.sampled_from(["000.00.40.H56-220905-0007", "123/2022", "", None]),
        "ChuHoSo": st.sampled_from(["Lê Thị Bưởi", "NguyÔn V¨n ¸nh", "A\0B", None]),
        "SoGiayToChuHoSo": st.sampled_from(["038190004321", "38190004321", "000000001", 171234567]),
        "TrangThaiHoSo": st.sampled_from(["1", "4", "9", "11", ""]),
        "DonViXuLy": st.sampled_from(["Sở Nội vụ", "UBND huyện Hoằng Hoá", "Nơi khác", None]),
        "NgayTiepNhan": _times,
        "NgayHenTra": _times,
        "DanhSachLePhi": _fees,
    },
    optional={"Moi": st.just("1"), "TaiLieuNop": st.sampled_from(["x", [{"TepDinhKemId": "1"}]])},
)
_payloads = st.one_of(_records.map(msgspec.json.encode), st.sampled_from([b"[]", b'{"MaHoSo":"\xff"}', b"{"]))
_chunks = st.lists(st.tuples(st.sampled_from(["k1", "k2", "k3", ""]), _payloads), max_size=6)


def _part(whole: Raw, rows: list[int]) -> Raw:
    columns = (whole.keys, whole.versions, whole.payloads, whole.rows, whole.hashes, whole.batches, whole.agency_codes)
    return Raw(*([column[i] for i in rows] for column in columns))  # type: ignore[arg-type]


def _content(results: list[Result]) -> tuple[dict[str, list[Any]], Counter[Any]]:
    """All rows of some results in a form that forgets their order."""
    rows: dict[str, list[Any]] = {}
    drift: Counter[Any] = Counter()
    for result in results:
        frames = {**result.tables, **{f"clear {k}": f for k, f in result.clear.items()}, "refused": result.quarantined}
        for name, frame in frames.items():
            rows.setdefault(name, []).extend(map(repr, frame.rows()))
        for *what, count in result.drift.rows():
            drift[tuple(what)] += count
    return {name: sorted(found) for name, found in rows.items() if found}, drift


@settings(max_examples=25, deadline=None)
@given(_chunks, st.randoms(use_true_random=False), st.integers(0, 6))
def test_any_cut_and_order_gives_the_same(chunk: list[tuple[str, bytes]], random: Any, cut: int) -> None:
    whole, setting = raw([payload for _, payload in chunk], [key for key, _ in chunk]), context()
    order = random.sample(range(len(chunk)), len(chunk))
    parts = [_part(whole, order[:cut]), _part(whole, order[cut:])]
    assert _content([standardise(whole, setting)]) == _content([standardise(part, setting) for part in parts])


@settings(max_examples=20, deadline=None)
@given(_chunks)
def test_every_record_is_accounted_for_once(chunk: list[tuple[str, bytes]]) -> None:
    result = read(*(payload for _, payload in chunk), keys=[key for key, _ in chunk])
    rows = result.tables["dossier"]["raw_row"].to_list() + result.quarantined["raw_row"].to_list()
    assert sorted(rows) == list(range(len(chunk)))
    assert set(result.tables["fee"]["raw_row"]) <= set(result.tables["dossier"]["raw_row"])
    for frame in result.tables.values():
        assert not frame.select("raw_row", "source_key").is_duplicated().any()
        assert all(flags == sorted(set(flags)) for flags in frame["flags"].to_list())


MARK = "Zxqv"  # no word of any language: whatever holds it came from a personal field
PERSONAL = dossier(
    ChuHoSo=f"{MARK} Văn Ngữ",
    SoGiayToChuHoSo="038777123987",
    SoDienThoai="0977123987",
    MaDoiTuong=f"{MARK}-tech",
    Email=f"{MARK}@thu.vn",
    Fax="02377123987",
    ThongTinKhac=f"{MARK} khác",
    TrichYeuHoSo=f"{MARK} trích yếu",
    ThongTinTra=f"{MARK} trả",
    GhiChu=f"{MARK} ghi chú",
    TaiLieuNop=[{"TepDinhKemId": "1", "TenTepDinhKem": f"{MARK}.pdf", "DuongDanTaiTepTin": f"https://{MARK}"}],
    DanhSachTepDinhKemKhac=[{"TenGiayTo": f"{MARK} giấy"}],
    DanhSachHoSoBoSung=[{"NguoiYeuCauBoSung": MARK, "NoiDungBoSung": MARK, "NguoiTiepNhanBoSung": MARK}],
    DanhGiaHaiLongs=[{"YKien": MARK}],
)
STEP = {"MaHoSo": "H1", "ThoiDiemXuLy": "20220905090000", "NguoiXuLy": MARK, "NoiDungXuLy": MARK, "TrangThai": "4"}
HIDDEN = [MARK, MARK.upper(), MARK.lower(), "38777123987", "977123987", "2377123987"]


@pytest.mark.parametrize("use", ["dongbo_hoso_mc", "dongbo_quoc_gia"])
@pytest.mark.parametrize(
    ("stream", "record"),
    [
        ("dossier", PERSONAL),
        ("dossier", PERSONAL | {"ChuHoSo": f"{MARK}\0", "SoDienThoai": f"{MARK} 0977123987", "Moi": MARK}),
        ("dossier", PERSONAL | {"ChuHoSo": f"{MARK} V¨n", "SoGiayToChuHoSo": "38777123987", "MaHoSo": None}),
        ("dossier", PERSONAL | {"ChuHoSo": [MARK]}),
        ("dossier", PERSONAL | {"TrangThaiHoSo": "11"}),
        ("dossier", PERSONAL | {"NgayTiepNhan": MARK}),
        ("step", STEP),
        ("step", STEP | {"ThoiDiemXuLy": MARK}),
        ("step", STEP | {"MaHoSo": ""}),
    ],
)
def test_no_clear_value_leaves_the_vault(stream: str, record: dict[str, Any], use: str) -> None:
    result = read(record, stream=stream, use=mapping(use))
    for frame in (*result.tables.values(), result.quarantined, result.drift):
        text = repr(frame.with_columns(pl.selectors.binary().bin.encode("hex")).to_dicts())
        assert not [hidden for hidden in HIDDEN if hidden in text]
    if result.quarantined.is_empty():
        assert MARK in repr(result.clear[stream].to_dicts())

"""Every mischief of the daily profile shows in what is served; the clean profile serves none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from random import Random
from typing import Any

import polars as pl
import pytest

from hub.errors import HubError
from hub.sandbox import mischief
from hub.sandbox.places import UNKNOWN_PROCEDURES, seed_rows
from hub.sandbox.said import DUMMY_IDENTITY, SYNTHETIC
from hub.sandbox.world import World
from tests.sandbox.conftest import messages

Message = dict[str, Any]
TCVN3 = frozenset("¸µ¶·¹¨»¾¼½Æ©ÊÇÈÉË®")


def _unknown_procedure(message: Message) -> bool:
    return message["MaTTHC"][:8] in UNKNOWN_PROCEDURES


SHOWS: dict[str, Callable[[Message], bool]] = {
    "foreign_number": lambda m: m["MaHoSo"].startswith("TNHS-") and m["MaHoSoKhac"] != "",
    "foreign_receipt": lambda m: m["MaHoSo"].startswith("TNHS-") and m["MaHoSoKhac"] == "",
    "unknown_status": lambda m: m["TrangThaiHoSo"] == "11",
    "unreadable_received": lambda m: m["NgayTiepNhan"] == mischief.SPOILED_TIME,
    "deleted": lambda m: m["NgayXoa"] != "",
    "new_form": lambda m: re.search(r"-\d{8}-\d{7}$", m["MaHoSo"]) is not None,
    "mixed_dates": lambda m: "/" in m["NgayHenTra"] or "-" in m["NgayHenTra"],
    "decomposed_text": lambda m: unicodedata.normalize("NFC", m["ChuHoSo"]) != m["ChuHoSo"],
    "tcvn3_text": lambda m: bool(TCVN3 & set(m["TrichYeuHoSo"])),
    "old_phone": lambda m: len(m["SoDienThoai"]) == 11,
    "lost_zero": lambda m: len(m["SoGiayToChuHoSo"]) == 11,
    "unknown_procedure": _unknown_procedure,
    "extra_field": lambda m: "MaQRHoSo" in m,
}


@pytest.mark.parametrize("name", sorted(SHOWS))
def test_each_mischief_shows_in_daily_and_never_in_clean(name: str, daily: World, clean: World) -> None:
    assert any(map(SHOWS[name], messages(daily, "portal")))
    assert not any(map(SHOWS[name], messages(clean, "portal")))


def test_repetition_shows_in_daily_and_never_in_clean(daily: World, clean: World) -> None:
    units = [unit.versions for unit in daily.streams["portal", "dossier"]]
    assert any(len(v) > 1 and v[0] == v[1] for v in units)  # duplicate
    assert any(v[-1][0] < v[0][0] for v in units)  # an older version after the newer one
    steps = [unit.versions for unit in daily.streams["portal", "step"]]
    assert any(len(v) > 1 for v in steps)  # a step that was sent again
    assert all(len(unit.versions) == 1 for units in clean.streams.values() for unit in units)


def test_clean_copies_are_the_portals_own_message(clean: World) -> None:
    portal = {m["MaHoSo"]: m for m in messages(clean, "portal")}
    both = [(m, portal[m["MaHoSo"]]) for m in messages(clean, "national") if m["MaHoSo"] in portal]
    same = [
        {**a, "NgayCapNhat": ""} == {**b, "NgayCapNhat": ""}
        for a, b in both
        if a["TrangThaiHoSo"] == b["TrangThaiHoSo"]
    ]
    assert len(same) > 500
    assert sum(same) / len(same) > 0.99  # the rest was rated in the last hours: the copy comes later
    assert not {m["NoiDungXuLy"] for m in messages(clean, "national", "step")} & SYNTHETIC


def test_the_national_copy_loses_what_it_is_known_to_lose(daily: World) -> None:
    copies = messages(daily, "national")
    assert not {m["TrangThaiHoSo"] for m in copies} & {"5", "6", "8"}
    assert all(m["NgayNopHoSo"] == "" for m in copies if m["NgayTiepNhan"] == "")
    assert {m["NoiNopHoSo"] for m in copies} == {"2"}
    assert {m["DuocThanhToanTrucTuyen"] for m in copies} == {"1", "3"}
    assert {d["MaCSDL"] for m in copies for d in m["DSKetNoiCSDL"]} == {"7"}
    assert all(int(fee["Gia"]) > 0 for m in copies for fee in m["DanhSachLePhi"])
    assert all("H56" in m["MaHoSo"] for m in copies)
    assert DUMMY_IDENTITY in {m["SoGiayToChuHoSo"] for m in copies}
    assert {len(m["SoGiayToChuHoSo"]) for m in copies} == {9, 12}
    assert not any("DanhGiaHaiLongs" in m for m in copies)
    assert {m["NoiDungXuLy"] for m in messages(daily, "national", "step")} >= SYNTHETIC


def test_every_copy_carries_a_number_or_a_reference(daily: World) -> None:
    members = daily.truth.frames["members"]
    both = members.filter(pl.col("true_id").is_duplicated())
    said = {(s, m["MaHoSo"]): m for s in ("portal", "national") for m in messages(daily, s)}
    for _, rows in both.group_by("true_id"):
        a, b = (said[row] for row in rows.sort("source_id").select("source_id", "source_key").rows())
        assert a["MaHoSo"] in (b["MaHoSo"], b["MaHoSoKhac"]) or a["SoBienNhan"] == b["SoBienNhan"] != ""


def test_a_spoiled_last_version_leaves_the_one_before(daily: World) -> None:
    refused = daily.truth.frames["quarantine"].join(
        daily.truth.frames["members"], on=["source_id", "source_key"], how="semi"
    )
    assert refused.height > 0
    for source_id, key, reason in refused.rows():
        (unit,) = [u for u in daily.streams[source_id, "dossier"] if u.key == key]
        assert reason == "UNKNOWN_STATUS"
        assert b'"TrangThaiHoSo":"11"' in unit.versions[0][1]
        assert b'"TrangThaiHoSo":"11"' not in unit.versions[-1][1]


def test_unknown_procedures_are_in_no_catalogue() -> None:
    assert not UNKNOWN_PROCEDURES.keys() & {row["procedure_code"] for row in seed_rows("procedures.csv")}


def test_text_is_spoiled_as_named() -> None:
    assert mischief.tcvn3("Nguyễn Thị Hồng") == "NguyÔn ThÞ Hång"
    assert mischief.tcvn3("Lê An") == "Lê An"  # one letter alone could not be told from Unicode
    assert mischief.decomposed("ế") == "e\u0302\u0301"
    assert mischief.old_phone("0321234567") == "01621234567"
    assert mischief.old_phone("0901234567") == "0901234567"
    assert mischief.without_zero("038190000000") == "38190000000"
    assert mischief.without_zero("171234567") == "171234567"


def test_clean_draws_no_trait_and_unknown_profiles_are_named() -> None:
    assert mischief.draw(Random(1), mischief.CLEAN) == frozenset()
    with pytest.raises(HubError, match=r"no profile 'rought'.*clean, daily"):
        mischief.switches_of("rought")

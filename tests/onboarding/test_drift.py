"""A source that changes after it was onboarded: `hub sources drift` says what, and its diff mends the mapping."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.http_host import Ask, Host, Reply
from tests.onboarding.conftest import Onboarder

PEOPLE = ("Nguyễn Văn Thử", "Lê Thị Bưởi", "Trần Thị Mẫu", "Phạm Văn Giả", "Vũ Thị Bịa", "Hoàng Văn Nháp")


def dossier(n: int) -> dict[str, Any]:
    return {
        "recordId": 880_001 + n,
        "soHoSo": f"000.00.42.H56-2209{n % 20 + 1:02d}-{n:04d}",
        "maThuTuc": "1.001193",
        "chuHoSo": PEOPLE[n % 6],
        "trangThai": ("DANG_XU_LY", "DA_TRA")[n % 2],
        "ngayTiepNhan": f"2022-09-{n % 20 + 1:02d} 08:30:00",
        "ngayHenTra": f"2022-09-{n % 9 + 21:02d}",
        "soBo": n % 3 + 1,
        "lePhi": [{"maPhi": "LP01", "soTien": 8000}],
        "ngayCapNhat": f"2022-09-{n % 20 + 1:02d} 10:{n:02d}:00",
    }


def changed(n: int) -> dict[str, Any]:
    """A new version: a field more and one renamed, further statuses, other dates, words for a number."""
    said = dossier(n)
    said["tenNguoiDuyet"] = "Quản trị"
    said["emailNguoiNop"] = f"nguoi{n}@example.vn"
    said["tenChuHoSo"] = said.pop("chuHoSo")
    said["trangThai"] = ("DANG_XU_LY", "DA_TRA", "CHO_BO_SUNG", "TREO_17")[n % 4]
    said["ngayHenTra"] = f"{n % 9 + 21:02d}/09/2022 17:00"
    said["soBo"] = ("một bộ", "hai bộ")[n % 2]
    said["lePhi"] = [{"maPhi": "LP01", "soTien": 8000, "tenLePhi": "Lệ phí hộ tịch"}]
    return said


@pytest.fixture
def host() -> Iterator[Host]:
    """Its list; `rows` of the server are what it says."""

    def answer(ask: Ask) -> Reply:
        at, size = int(ask.query.get("trang", 1)) - 1, int(ask.query.get("soDong", 40))
        return Reply({"tong": len(server.rows), "hoSo": server.rows[at * size : (at + 1) * size]})  # type: ignore[attr-defined]

    server = Host(answer)
    server.rows = [dossier(n) for n in range(40)]  # type: ignore[attr-defined]
    yield server
    server.close()


def test_drift_is_told_and_its_diff_mends_the_mapping(onboarder: Onboarder, host: Host) -> None:
    given = ("sources", "scaffold", "lua_vang", "--url", host.url, "--path", "/ds?trang=1&soDong=40")
    onboarder.types(*given, "--out", str(onboarder.files))
    assert "say what their mappings expect" in onboarder.types("sources", "drift", "lua-vang")

    host.rows = [changed(n) for n in range(40)]  # type: ignore[attr-defined]
    found = onboarder.told("sources", "drift", "lua-vang")
    told = {(each["kind"], each["path"], each["value"]): each["proposal"] for each in found["drift"]}
    assert told[("field", "emailNguoiNop", "")] == "probably feeds applicant_email"
    assert told[("field", "lePhi[].tenLePhi", "")] == "probably feeds fee_name"
    assert told[("field", "tenNguoiDuyet", "")].startswith("nobody knows it")
    assert told[("renamed", "tenChuHoSo", "chuHoSo")] == "chuHoSo is called tenChuHoSo now"
    assert told[("code", "trangThai", "CHO_BO_SUNG")] == "CHO_BO_SUNG is 5 by its name"
    assert told[("code", "trangThai", "TREO_17")] == "decide what the code means"
    assert told[("type", "ngayHenTra", "99/99/9999 99:99")] == "times are written as %d/%m/%Y %H:%M, too"
    assert told[("type", "soBo", "aaa aa")].startswith("ask why")
    for person in (*PEOPLE, "@example.vn"):
        assert person not in str(found)

    diff = onboarder.types("sources", "drift", "lua-vang", "--diff")
    subprocess.run(["patch", "-p1"], cwd=onboarder.files / "mappings", input=diff, text=True, check=True)
    text = (onboarder.files / "mappings/lua_vang.yml").read_text(encoding="utf-8")
    assert "# unsure: status TREO_17: which code? seen in 10 records" in text
    assert "applicant_name: [tenChuHoSo, chuHoSo]  # unsure: was chuHoSo" in text
    preview = onboarder.told("sources", "preview", "lua-vang", "--limit", "40")
    drift = {(kind, path) for kind, path, _, _ in preview["drift"]}
    assert drift == {("field", "tenNguoiDuyet"), ("code", "trangThai"), ("type", "soBo")}  # what a person decides
    first = {field["name"]: field["standardised"] for field in preview["records"][0]["fields"]}
    assert first["applicant_name"] and first["due_at"] == "2022-09-21 17:00:00+07:00"
    assert {record["reason"] for record in preview["records"]} == {"", "UNKNOWN_STATUS"}

    onboarder.types("run", "--source", "lua-vang")
    since = onboarder.told("sources", "drift", "lua-vang", "--no-look")["drift"]
    assert {(each["kind"], each["path"]) for each in since} == drift
    assert all(each["since"] and each["records"] for each in since)

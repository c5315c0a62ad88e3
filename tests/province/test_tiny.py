"""A tiny complete province, from HTTP pages to what BI tools and the official form show, against figures by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.application import Hub
from hub.explaining import Story, explain, find
from hub.reference import load_reference
from hub.settings import load
from tests.conftest import two_systems
from tests.databases import copied
from tests.mart.rows import at
from tests.province.dossiers import (
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
    H7,
    H8,
    HELD,
    II06A,
    REPAIRS,
    S1,
    S2,
    S2_COPY,
    S3,
    S4,
    S5,
    S6,
    S7,
    S8,
)
from tests.province.systems import Systems

PERIOD = "'2022-06-15', '2022-09-14'"


@pytest.fixture(scope="module")
def hub(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """The hub after one run over both systems."""
    systems = Systems(HELD)
    home: Path = tmp_path_factory.mktemp("tiny")
    told = {"HUB_HOME": str(home), "HUB_SOURCES": str(two_systems(home / "declared"))}
    made = Hub(load(told | {"HUB_NOW": "2022-10-01T06:00:00+07:00"} | systems.settings()))
    with copied(server, "hub_tiny") as warehouse:
        made.warehouse = warehouse
        with warehouse.begin("matcher") as connection:
            load_reference(connection, made.now())
        run(made)
        yield made
    systems.host.close()


def run(hub: Hub) -> None:
    """All four stations."""
    sources = hub.chosen()
    assert {(pull.source_id, pull.stream): pull.message for pull in hub.land(sources) if pull.outcome != "ok"} == {}
    assert {loaded.source_id: loaded.error for loaded in hub.load(sources) if loaded.error} == {}
    hub.reconcile()
    hub.refresh()


def asked(hub: Hub, query: str, role: Any = "bi") -> list[Any]:
    """The rows of a query, as the role that BI tools have."""
    with hub.warehouse.begin(role) as connection:
        return connection.execute(query.encode()).fetchall()


def test_form_ii06a(hub: Hub) -> None:
    columns = (
        "tiep_nhan_tong, tiep_nhan_truc_tuyen, tiep_nhan_truc_tiep_buu_chinh, tu_ky_truoc, da_giai_quyet_tong, "
        "truoc_han, dung_han, qua_han, dang_giai_quyet_tong, trong_han, qua_han_chua_xong"
    )
    rows = asked(hub, f"select ma_don_vi, linh_vuc, {columns} from bi.ii06a({PERIOD})")
    assert {(agency, field): figures for agency, field, *figures in rows} == {key: [*row] for key, row in II06A.items()}


def test_what_the_form_repaired_is_listed(hub: Hub) -> None:
    rows = asked(hub, f"select ma_don_vi, muc, can_cu, so_ho_so from bi.ii06a_hieu_chinh({PERIOD})")
    assert {tuple(key): count for *key, count in rows} == REPAIRS


def test_dossiers_for_bi(hub: Hub) -> None:
    rows = asked(
        hub,
        "select ma_ho_so, don_vi_tiep_nhan, linh_vuc, kenh, ma_trang_thai, ngay_ket_thuc::text, ket_qua_han, "
        "duoc_tinh, so_ban_ghi_nguon, chu_ho_so from bi.ho_so",
    )
    commune, department, who = "UBND phường Hàm Rồng", "Sở Tư pháp", "T.T.B.M."
    direct, online, post = "Trực tiếp", "Trực tuyến", "Bưu chính công ích"
    civil, land = "Hộ tịch", "Đất đai"
    assert sorted(rows) == sorted(
        [
            (H1, commune, civil, online, 9, "2022-06-22", "truoc_han", True, 2, who),
            (H2, commune, civil, direct, 9, "2022-07-05", "dung_han", True, 1, who),
            (H3, commune, civil, direct, 5, None, None, True, 2, who),
            (H4, commune, civil, direct, 9, "2022-06-20", "qua_han", True, 1, who),
            (H5, commune, civil, direct, 9, "2022-06-14", "truoc_han", True, 1, who),
            (H7, commune, land, post, 9, "2022-09-20", "qua_han", True, 1, who),
            (H8, "Cơ quan chưa xác định", civil, direct, 4, None, None, True, 1, who),
            (S1, department, civil, online, 7, "2022-08-25", "dung_han", True, 1, who),
            (S2, department, civil, online, 9, "2022-09-02", "dung_han", True, 2, who),
            (S3, department, civil, online, 3, None, None, False, 1, who),
            (S4, department, civil, direct, 4, None, None, True, 1, who),
            (S6, department, civil, direct, 4, None, None, True, 1, who),
            (S7, department, civil, direct, 9, "2022-10-01", "qua_han", True, 1, who),
            (S8, department, civil, direct, 9, "2022-08-01", "truoc_han", True, 1, who),
        ]
    )


def test_everything_is_accounted_for(hub: Hub) -> None:
    held = {key: len(rows) for key, rows in HELD.items()}
    pulls = asked(hub, "select source_id, stream, fetched, stored, unchanged, refused from ops.pull", "matcher")
    assert {(s, t): (f, st, u, r) for s, t, f, st, u, r in pulls} == {key: (n, n, 0, 0) for key, n in held.items()}
    assert asked(hub, "select sum(difference) from ops.balance", "matcher") == [(0,)]
    assert asked(hub, "select sum(raw_difference), sum(std_difference) from ops.flow", "matcher") == [(0, 0)]
    open_ = "select source_id, source_key, reason_code, field from ops.quarantine where resolved_at is null"
    assert asked(hub, open_, "matcher") == [("portal", S5, "UNKNOWN_STATUS", "status")]
    waiting = (
        "select count(*) from std.step_record s where not exists (select from std.dossier_record r "
        "where r.source_id = s.source_id and r.dossier_no = s.parent_no)"
    )
    assert asked(hub, waiting, "matcher") == [(1,)]


def story(hub: Hub, number: str) -> Story:
    """What is told of the one dossier that this number leads to."""
    with hub.warehouse.begin("steward") as connection:
        (match,) = find(connection, number)
        return explain(connection, match.dossier_id)


def values(told: Story) -> dict[str, tuple[Any, str]]:
    return {value.field: (value.value, value.source_id) for value in told.values}


def test_one_dossier_under_two_numbers(hub: Hub) -> None:
    told = story(hub, S2_COPY)
    assert told == story(hub, S2)
    assert [(r.source_id, r.source_key, r.rule) for r in told.records] == [
        ("portal", S2, "reference"),
        ("national", S2_COPY, "reference"),
    ]
    assert told.dossier["dossier_no"] == S2
    assert {(n["kind"], n["number"]): n["source_ids"] for n in told.numbers} == {
        ("dossier_no", S2): ["portal"],
        ("dossier_no", S2_COPY): ["national"],
        ("alt_dossier_no", S2): ["national"],
        ("alt_dossier_no", S2_COPY): ["portal"],
    }


def test_the_lossy_copy_is_not_believed(hub: Hub) -> None:
    told = story(hub, H3)
    assert values(told)["status"] == (5, "portal")
    assert values(told)["finished_at"] == (at("2022-08-15 10:00"), "national")
    assert [(c["field"], c["kept_value"], c["value"], c["source_id"]) for c in told.conflicts] == [
        ("status", "5", "9", "national")
    ]
    assert [child["requested_at"] for child in told.children["supplement"]] == [at("2022-08-12 09:00")]
    submitted = story(hub, H1)
    assert values(submitted)["submitted_at"] == (at("2022-06-19 20:00"), "portal")
    assert [c["field"] for c in submitted.conflicts] == ["submitted_at"]


def test_a_withdrawal_that_only_a_step_tells(hub: Hub) -> None:
    told = story(hub, S1)
    assert told.dossier["withdrawn_at"] == told.dossier["closed_step_at"] == at("2022-08-25 10:00")
    assert [(e.at, e.status) for e in told.timeline if e.kind == "step"] == [
        (at("2022-08-20 08:10"), 4),
        (at("2022-08-25 10:00"), 7),
    ]


def test_invented_steps_are_left_out(hub: Hub) -> None:
    assert [(e.at, e.status) for e in story(hub, S4).timeline if e.kind == "step"] == [(at("2022-08-01 08:10"), 4)]


def test_a_deleted_dossier_is_still_told(hub: Hub) -> None:
    told = story(hub, H6)
    assert (told.dossier["is_deleted"], told.dossier["status"]) == (True, 4)

"""`hub explain`: every number leads to the dossier, and what is told is what core holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from hub import explaining
from tests.cli.conftest import Command
from tests.province.conftest import Province


@pytest.fixture(scope="module")
def steward(province: Province) -> Iterator[psycopg.Connection[Any]]:
    opened = province.open()
    with opened.warehouse.begin("steward") as connection:
        yield connection
    opened.close()


@pytest.fixture(scope="module")
def example(steward: psycopg.Connection[Any]) -> dict[str, Any]:
    """A dossier of two sources with different numbers, a supplement and a conflict."""
    row = steward.execute(
        """
        select d.dossier_id, d.dossier_no, a.number from core.dossier d
        join core.dossier_number a on a.dossier_id = d.dossier_id and a.kind = 'alt_dossier_no'
        where d.source_count > 1 and d.supplement_count > 0 and a.number <> d.dossier_no
          and exists (select from core.conflict c where c.dossier_id = d.dossier_id)
        order by 1 limit 1
        """
    ).fetchone()
    assert row is not None
    return {"dossier_id": row[0], "dossier_no": row[1], "other": row[2]}


def test_every_number_of_every_kind_leads_to_its_dossier(steward: psycopg.Connection[Any]) -> None:
    rows = steward.execute(
        "select kind, number, array_agg(distinct dossier_id) from core.dossier_number group by 1, 2 order by 1, 2"
    ).fetchall()
    kinds = set()
    for kind, number, owners in rows:
        typed = number.split("@")[0].removeprefix("receipt ").removeprefix("uid ")
        found = {match.dossier_id for match in explaining.find(steward, typed.lower())}
        assert set(owners) <= found, (kind, number)
        kinds.add(kind)
    assert {"dossier_no", "alt_dossier_no", "receipt_no"} <= kinds


def test_every_value_told_is_the_value_that_core_holds(steward: psycopg.Connection[Any]) -> None:
    """Holds the order of trust in Python to the one in SQL."""
    ids = [row[0] for row in steward.execute("select dossier_id from core.dossier order by 1").fetchall()]
    compared = 0
    for dossier_id in ids:
        story = explaining.explain(steward, dossier_id)
        for value in story.values:
            if value.value is None or value.field.endswith("_agency_code") or value.field == "paid_online":
                continue
            assert story.dossier[value.field] == value.value, (dossier_id, value)
            compared += 1
    assert compared > 10 * len(ids)


def test_the_story_in_vietnamese(hub: Command, example: dict[str, Any]) -> None:
    told = hub("explain", example["dossier_no"]).out
    assert told.startswith(f"Hồ sơ {example['dossier_no']} (số của kho {example['dossier_id']})")
    for heading in ("Bản ghi nguồn", "Giá trị và nguồn", "Các nguồn không khớp", "Diễn biến", "Yêu cầu bổ sung"):
        assert f"\n{heading}\n" in told
    assert "Thời điểm tiếp nhận" in told
    assert "dẫn chiếu số hiệu của nhau" in told or "trùng mã hồ sơ" in told


def test_the_story_tells_origin_difference_and_clock(hub: Command, example: dict[str, Any]) -> None:
    told = hub("explain", example["dossier_no"]).out
    assert "\nĐồng hồ\n" in told
    assert "Hẹn trả lần đầu" in told
    story = hub("explain", example["dossier_no"], "--json").json["story"]
    status = next(value for value in story["values"] if value["field"] == "status")
    assert (status["source_id"], status["others"]) == ("portal", 1)
    assert {row["kind"] for row in story["conflicts"]} <= {"distortion", "behind", "differs", "rounding", "precision"}
    assert all(row["kind"] for row in story["conflicts"])
    (clock,) = story["beside"]["clock"]
    assert clock["due_at"] == story["dossier"]["due_at"]


def test_the_language_is_a_setting(hub: Command, example: dict[str, Any]) -> None:
    assert "Source records" in hub("explain", example["dossier_no"], HUB_LANG="en").out
    assert "Bản ghi nguồn" in hub("explain", example["dossier_no"], "--lang", "vi", HUB_LANG="en").out


def test_a_leg_tells_its_journey_and_a_judgement_its_reason(
    hub: Command, province: Province, example: dict[str, Any]
) -> None:
    opened = province.open()
    planted = (
        "insert into mart.journey (journey_id, first_dossier_id, procedure_code, receiving_agency_id, legs, "
        "finished_legs, limit_on, outcome) values (1, %(id)s, 'x', 0, 2, 2, '2022-09-30', 'early')",
        "insert into mart.journey_leg (dossier_id, journey_id, leg_no, kind, dossier_no, procedure_code, "
        "receiving_agency_id, processing_agency_id, outcome) values "
        "(%(id)s, 1, 1, null, 'CHẶNG-1', 'x', 0, 0, 'on_time'), (-1, 1, 2, 'origin', 'CHẶNG-2', 'x', 0, 0, 'overdue')",
        "insert into core.judgement (source_id_a, source_key_a, source_id_b, source_key_b, verdict, judged_by, "
        "judged_at, reason) select 'a', 'a', source_id, source_key, 'different', 'cán bộ A', now(), "
        "'hai người khác nhau' from core.dossier_source where dossier_id = %(id)s order by source_id limit 1",
    )
    try:
        with opened.warehouse.begin() as connection:
            for statement in planted:
                connection.execute(statement, {"id": example["dossier_id"]})
        told = hub("explain", example["dossier_no"]).out
        for word in (
            "Hành trình liên thông",
            "CHẶNG-2",
            "nêu mã hồ sơ gốc",
            "quá hạn",
            "hạn cả hành trình: 2022-09-30",
        ):
            assert word in told
        for word in ("Phán quyết", "không phải là một", "cán bộ A", "hai người khác nhau"):
            assert word in told
        english = hub("explain", example["dossier_no"], "--lang", "en").out
        assert "Journey" in english
        assert "overdue" in english
    finally:
        with opened.warehouse.begin() as connection:
            connection.execute("delete from mart.journey where journey_id = 1")
            connection.execute("delete from mart.journey_leg where journey_id = 1")
            connection.execute("delete from core.judgement where judged_by = 'cán bộ A'")
        opened.close()


def test_the_story_in_english(hub: Command, example: dict[str, Any]) -> None:
    told = hub("explain", example["dossier_no"], "--lang", "en").out
    for heading in ("Source records", "Conflicts", "Timeline", "Recorded history"):
        assert f"\n{heading}\n" in told
    assert "received_at" in told
    assert "Hồ sơ" not in told


def test_the_story_for_a_program(hub: Command, example: dict[str, Any]) -> None:
    for number in (example["dossier_no"], example["other"], str(example["dossier_id"])):
        told = hub("explain", number, "--json").json
        assert [match["dossier_id"] for match in told["matches"]] == [example["dossier_id"]]
    story = told["story"]
    assert len(story["records"]) == story["dossier"]["source_count"]
    assert "applicant_id" not in story["dossier"]
    assert story["history"][-1]["recorded_to"] is None
    assert {row["raw_file"] for row in story["records"]}


def test_several_matches_are_listed(hub: Command, province: Province, example: dict[str, Any]) -> None:
    opened = province.open()
    planted = ("insert into core.dossier_number (kind, number, source_id, source_key, dossier_id) "
               "select 'receipt_no', 'receipt SEVERAL@x/' || dossier_id, 'portal', dossier_id::text, dossier_id "
               "from core.dossier d order by d.dossier_id limit 2")  # fmt: skip
    try:
        with opened.warehouse.begin() as connection:
            connection.execute(planted)
        assert "Số several dẫn đến 2 hồ sơ" in hub("explain", "several").out
        assert hub("explain", "SEVERAL", "--json").json["story"] is None
    finally:
        with opened.warehouse.begin() as connection:
            connection.execute("delete from core.dossier_number where number like 'receipt SEVERAL@%'")
        opened.close()


def test_a_merged_away_id_leads_on(hub: Command, province: Province, example: dict[str, Any]) -> None:
    opened = province.open()
    try:
        with opened.warehouse.begin() as connection:
            connection.execute(
                "insert into core.dossier_redirect values (999999, %s, now(), 'merged')", (example["dossier_id"],)
            )
        told = hub("explain", "999999", "--json").json
        assert told["matches"][0]["via"] == "redirect"
        assert told["story"]["redirected_from"] == [999999]
    finally:
        with opened.warehouse.begin() as connection:
            connection.execute("delete from core.dossier_redirect where from_dossier_id = 999999")
        opened.close()


def test_a_change_stands_in_the_history(hub: Command, province: Province, example: dict[str, Any]) -> None:
    """A version planted before the first one differs from it by one value."""
    opened = province.open()
    try:
        with opened.warehouse.begin() as connection:
            columns = ", ".join(
                row[0]
                for row in connection.execute(
                    """select column_name from information_schema.columns where table_schema = 'core'
                       and table_name = 'dossier_history' and column_name not in
                       ('recorded_from', 'recorded_to', 'supplement_count')"""
                ).fetchall()
            )
            connection.execute(
                f"""insert into core.dossier_history (recorded_from, recorded_to, supplement_count, {columns})
                    select timestamptz '2022-09-30 00:00+07', recorded_from, 7, {columns} from core.dossier_history
                    where dossier_id = %s and recorded_to = 'infinity'""".encode(),
                (example["dossier_id"],),
            )
        history = hub("explain", example["dossier_no"], "--json").json["story"]["history"]
        assert [change[:2] for change in history[1]["changes"]] == [["supplement_count", 7]]
        assert "Số lần yêu cầu bổ sung" in hub("explain", example["dossier_no"]).out
    finally:
        with opened.warehouse.begin() as connection:
            connection.execute(
                "delete from core.dossier_history where recorded_from = timestamptz '2022-09-30 00:00+07'"
            )
        opened.close()


def test_nobody_is_named(steward: psycopg.Connection[Any], hub: Command, people: list[str]) -> None:
    rows = steward.execute(
        "select dossier_id from core.dossier order by source_count desc, dossier_id limit 3"
    ).fetchall()
    for (dossier_id,) in rows:
        told = hub("explain", str(dossier_id)).out + hub("explain", str(dossier_id), "--json").out
        assert not [person for person in people if person in told]


def test_a_number_that_nobody_has(hub: Command) -> None:
    hub("explain", "000.00.00.H56-200101-0001").refused("no dossier has the number 000.00.00.H56-200101-0001")
    hub("explain", "100%").refused("no dossier has the number 100%")


def test_a_record_in_quarantine_says_so(hub: Command) -> None:
    findings = hub("quarantine", "list", "--json").json["findings"]
    lost = [f for f in findings if "no dossier" in hub("explain", f["source_key"]).err or f["source_key"] == ""]
    held = [f for f in findings if "is in quarantine" in hub("explain", f["source_key"]).err]
    assert held
    assert not [f for f in lost if f not in held and f["record_type"] == "dossier"]

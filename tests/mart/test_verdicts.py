"""The overdue rules: tables of cases, and SQL against polars over invented dossiers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.rules.overdue import RULES, verdicts
from tests.mart.rows import at, clocks, end, put, refresh, stops

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

# Friday 2022-07-08; received on Monday the 4th
BASE: dict[str, Any] = {"received_at": "2022-07-04 08:00", "due_at": "2022-07-08 17:00", "due_precision": "s"}
DONE = BASE | {"status": 9, "finished_precision": "s"}
CASES: list[tuple[dict[str, Any], str, tuple[str, str, str, str]]] = [
    # values, as of, outcomes by ii06a_td_v1, qd766_dvcqg_v1, qd766_td_v1, opencps_v1
    (DONE | {"finished_at": "2022-07-07 16:00"}, "2022-07-31", ("early", "on_time", "early", "on_time")),
    (DONE | {"finished_at": "2022-07-08 17:00"}, "2022-07-31", ("on_time", "on_time", "on_time", "on_time")),
    # after the hour, on the day: late to the second, on time by the day
    (DONE | {"finished_at": "2022-07-08 18:00"}, "2022-07-31", ("on_time", "overdue", "on_time", "overdue")),
    (DONE | {"finished_at": "2022-07-11 08:00"}, "2022-07-31", ("overdue", "overdue", "overdue", "overdue")),
    # a time known by its day alone is compared by day under every rule
    (
        DONE | {"finished_at": "2022-07-08 18:00", "finished_precision": "d"},
        "2022-07-31",
        ("on_time", "on_time", "on_time", "on_time"),
    ),
    # what happened later is not known
    (
        DONE | {"finished_at": "2022-07-11 08:00"},
        "2022-07-08",
        ("within_due", "overdue_open", "within_due", "overdue_open"),
    ),
    (DONE | {"finished_at": "2022-07-12 08:00"}, "2022-07-11", ("overdue_open",) * 4),
    (BASE | {"status": 4}, "2022-07-07", ("within_due",) * 4),
    (BASE | {"status": 2}, "2022-07-09", ("overdue_open", "overdue_open", "overdue_open", "not_judged")),
    # the hand-over before the due moment is early for OpenCPS
    (
        DONE | {"finished_at": "2022-07-05 08:00", "returned_at": "2022-07-05 09:00"},
        "2022-07-31",
        ("early", "on_time", "early", "early"),
    ),
    # an extension makes it early for OpenCPS; a date that a supplement has moved is none
    (
        DONE | {"finished_at": "2022-07-07 16:00", "supplement_count": 1, "reappointment_count": 1},
        "2022-07-31",
        ("early", "on_time", "early", "on_time"),
    ),
    (
        DONE | {"finished_at": "2022-07-07 16:00", "supplement_count": 1, "reappointment_count": 2},
        "2022-07-31",
        ("early", "on_time", "early", "early"),
    ),
    (
        DONE | {"finished_at": "2022-07-07 16:00", "apology_count": 1, "reappointment_count": 1},
        "2022-07-31",
        ("early", "on_time", "early", "early"),
    ),
    # without a due date: on time by the form; by the law where its limit is known; else nobody can tell
    (
        DONE | {"due_at": None, "finished_at": "2022-07-11"},
        "2022-07-31",
        ("on_time", "not_judged", "on_time", "not_judged"),
    ),
    (
        DONE | {"due_at": None, "legal_due_at": "2022-07-08 17:00", "finished_at": "2022-07-11"},
        "2022-07-31",
        ("on_time", "overdue", "on_time", "not_judged"),
    ),
    # withdrawn: on time by the form, finished by QĐ 766
    (
        BASE | {"status": 7, "withdrawn_at": "2022-07-11 08:00"},
        "2022-07-31",
        ("on_time", "overdue", "overdue", "not_judged"),
    ),
    # waiting is never overdue by the form
    (
        BASE | {"status": 6, "stops": stops(("2022-07-06", None))},
        "2022-07-31",
        ("within_due", "overdue_open", "not_judged", "not_judged"),
    ),
    # three days of waiting for papers are taken out nationally
    (
        DONE
        | {
            "finished_at": "2022-07-11 08:00",
            "supplement_count": 1,
            "stops": stops(("2022-07-05", "2022-07-08")),
            "supplement_stops": stops(("2022-07-05", "2022-07-08")),
        },
        "2022-07-31",
        ("overdue", "on_time", "overdue", "overdue"),
    ),
    # one request and no finish ends there; a second one is overdue
    (
        BASE | {"status": 5, "stops": stops(("2022-07-06", None)), "supplement_stops": stops(("2022-07-06", None))},
        "2022-07-31",
        ("within_due", "within_due", "not_judged", "not_judged"),
    ),
    (
        DONE | {"finished_at": "2022-07-07", "second_supplement_at": "2022-07-06", "supplement_count": 2},
        "2022-07-31",
        ("early", "overdue", "early", "on_time"),
    ),
    (BASE | {"status": 3}, "2022-07-31", ("not_judged",) * 4),
]


def test_every_rule(core: psycopg.Connection[Any]) -> None:
    for number, (values, _, _) in enumerate(CASES):
        put(core, number, **values)
    refresh(core)
    query = "select dossier_id, outcome from mart.verdicts(%s, %s::date)"
    said = {(rule, day): dict(core.execute(query, (rule, day)).fetchall()) for rule in RULES for _, day, _ in CASES}
    found = [(*case[:2], tuple(said[rule, case[1]].get(n) for rule in RULES)) for n, case in enumerate(CASES)]
    assert found == CASES


def test_how_late_in_working_minutes(core: psycopg.Connection[Any]) -> None:
    clocks(core)
    put(core, 1, **DONE | {"finished_at": "2022-07-11 08:30"})
    put(core, 2, **DONE | {"finished_at": "2022-07-08 14:00"})
    refresh(core)
    by_moment = core.execute(
        "select late_by from mart.verdicts('qd766_dvcqg_v1', '2022-07-31'::date) order by dossier_id"
    )
    assert by_moment.fetchall() == [(90,), (-180,)]
    by_day = core.execute("select late_by from mart.verdicts('ii06a_td_v1', '2022-07-31'::date) order by dossier_id")
    assert by_day.fetchall() == [(480,), (0,)]


def test_as_recorded_then(core: psycopg.Connection[Any]) -> None:
    put(core, 1, "2022-07-09", **BASE | {"status": 4})
    put(core, 1, "2022-07-20", **DONE | {"finished_at": "2022-07-07 08:00"})
    refresh(core)
    query = "select outcome from mart.verdicts('ii06a_td_v1', '2022-07-31'::date, %s)"
    assert core.execute(query, (at("2022-07-10"),)).fetchall() == [("overdue_open",)]
    assert core.execute(query, (at("2022-07-21"),)).fetchall() == [("early",)]


def test_the_stored_verdict_follows_time_and_versions(core: psycopg.Connection[Any]) -> None:
    query = "select rule_id, outcome from mart.verdict where rule_id = 'ii06a_td_v1'"
    put(core, 1, "2022-09-30", **BASE | {"status": 4, "due_at": "2022-10-05 17:00"})
    refresh(core, now="2022-10-01 06:00")
    assert core.execute(query).fetchall() == [("ii06a_td_v1", "within_due")]
    assert refresh(core, now="2022-10-05 23:00")["verdict"] == 2  # two rules look at the hour
    refresh(core, now="2022-10-06 06:00")
    assert core.execute(query).fetchall() == [("ii06a_td_v1", "overdue_open")]
    end(core, 1, "2022-10-07")
    refresh(core, now="2022-10-08 06:00")
    assert core.execute(query).fetchall() == []


def test_a_receipt_that_lies_ahead_is_judged_when_its_day_has_come(core: psycopg.Connection[Any]) -> None:
    put(core, 1, received_at=at("2022-10-04 08:00"), due_at=at("2022-10-20 17:00"), status=4)
    refresh(core, now="2022-10-03 06:00")
    query = "select count(*) from mart.verdict where dossier_id = 1"
    assert core.execute(query).fetchone() == (0,)
    refresh(core, now="2022-10-04 23:00")
    found = core.execute(query).fetchone()
    assert found is not None
    assert found[0] > 0
    with_all = core.execute("select * from mart.verdict order by 1, 2").fetchall()
    assert refresh(core, now="2022-10-04 23:00", full=True)["verdict"] == 0
    assert core.execute("select * from mart.verdict order by 1, 2").fetchall() == with_all


def test_appointments_that_moved_are_counted_and_the_first_is_kept(core: psycopg.Connection[Any]) -> None:
    told = BASE | {"status": 4, "told_by": "s", "original_due_at": "2022-07-08 17:00"}
    later = {"due_at": "2022-07-12 17:00", "original_due_at": "2022-07-12 17:00"}  # core knows no date before it
    put(core, 1, "2022-07-05", **told)
    put(core, 1, "2022-07-08", **told | later)
    # a supplement says itself what the date was before
    moved = {"original_due_at": "2022-07-08 17:00", "reappointment_count": 1, "supplement_count": 1}
    put(core, 2, "2022-07-05", **told)
    put(
        core,
        2,
        "2022-07-08",
        **told | moved | {"due_at": "2022-07-12 17:00", "stops": stops(("2022-07-06", "2022-07-07"))},
    )
    # another source's date is no new appointment
    put(core, 3, "2022-07-05", **told)
    put(core, 3, "2022-07-08", **told | later | {"told_by": "t", "source_count": 2})
    refresh(core)
    found = core.execute(
        "select dossier_id, original_due_at, reappointment_count from mart.dossier_version "
        "where recorded_to = 'infinity' order by 1"
    ).fetchall()
    assert found == [(1, at("2022-07-08 17:00"), 1), (2, at("2022-07-08 17:00"), 1), (3, at("2022-07-12 17:00"), 0)]


MOMENT = st.datetimes(datetime(2022, 7, 1), datetime(2022, 7, 12)).map(
    lambda m: m.replace(microsecond=0, second=0, minute=0, tzinfo=ZONE)
)
PRECISION = st.sampled_from(["s", "m", "d"])


@st.composite
def intervals(draw: st.DrawFn) -> list[dict[str, datetime | None]]:
    times = sorted(set(draw(st.lists(MOMENT, max_size=4))))
    found: list[dict[str, datetime | None]] = [
        {"start": a, "end": b} for a, b in zip(times[::2], [*times[1::2], None][: len(times[::2])], strict=True)
    ]
    return found


@st.composite
def dossiers(draw: st.DrawFn) -> dict[str, Any]:
    """A row of mart.dossier_version as the refresh may make it."""
    status = draw(st.sampled_from([2, 4, 5, 6, 7, 8, 9, 10]))
    received = draw(MOMENT)
    finished = draw(st.none() | MOMENT) if status in (7, 9, 10) else None
    asked = draw(intervals())
    return {
        "status": status,
        "is_counted": draw(st.booleans()),
        "effective_received_on": received.date(),
        "effective_finished_at": finished,
        "effective_finished_on": finished.date() if finished else None,
        "finished_precision": draw(PRECISION) if finished else None,
        "finished_basis": "finished_at" if finished else None,
        "returned_at": draw(st.none() | MOMENT),
        "due_at": draw(st.none() | MOMENT),
        "due_precision": draw(PRECISION),
        "legal_due_at": draw(st.none() | MOMENT),
        "second_supplement_at": draw(st.none() | MOMENT),
        **{n: draw(st.sampled_from([0, 1])) for n in ("supplement_count", "apology_count", "reappointment_count")},
        "supplement_stops": asked,
        "stops": asked or draw(intervals()),
    }


def _ranges(found: list[dict[str, datetime | None]]) -> str:
    return "{" + ",".join(f"[{i['start']},{i['end'] or ''})" for i in found) + "}"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(dossiers(), min_size=5, max_size=40), MOMENT)
def test_sql_and_polars_say_the_same(
    core: psycopg.Connection[Any], rows: list[dict[str, Any]], as_of: datetime
) -> None:
    core.execute("delete from mart.dossier_version")
    for n, row in enumerate(rows):
        values = row | {
            "dossier_id": n,
            "supplement_stops": _ranges(row["supplement_stops"]),
            "stops": _ranges(row["stops"]),
        }
        values |= {"due_on": row["due_at"].date() if row["due_at"] else None}
        core.execute(
            f"insert into mart.dossier_version ({', '.join(values)}, recorded_from, recorded_to, procedure_code, "
            "field_name, receiving_agency_id, processing_agency_id, holder_agency_id, channel, repaired, "
            f"result_is_electronic, source_count, is_deleted) values ({', '.join(f'%({k})s' for k in values)}, "
            "'2022-01-01', 'infinity', '?', '?', 0, 0, 0, 1, false, false, 1, false)".encode(),  # type: ignore[arg-type]
            values,
        )
    span = pl.List(
        pl.Struct({"start": pl.Datetime("us", "Asia/Ho_Chi_Minh"), "end": pl.Datetime("us", "Asia/Ho_Chi_Minh")})
    )
    time = pl.Datetime("us", "Asia/Ho_Chi_Minh")
    names = ("effective_finished_at", "returned_at", "due_at", "legal_due_at", "second_supplement_at")
    schema: dict[str, Any] = dict.fromkeys(names, time) | {"stops": span, "supplement_stops": span}
    texts = {"finished_precision": pl.String, "due_precision": pl.String}
    frame = pl.DataFrame(rows, schema_overrides=schema | texts).with_row_index("dossier_id")
    frame = frame.rename({"effective_finished_at": "finished_at", "effective_received_on": "received_on"})
    for rule in RULES:
        query = "select dossier_id, outcome from mart.verdicts_at(%s, %s) order by 1"
        found = core.execute(query, (rule, as_of)).fetchall()
        assert found == verdicts(frame, rule, as_of).sort("dossier_id").rows(), rule

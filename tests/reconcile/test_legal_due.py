"""Due dates by law: what core works out by SQL is what the functions over columns say, in every unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import polars as pl

from hub import reference
from hub.rules.calendar import working_days
from hub.rules.deadlines import ZONE, Deadlines
from tests.mart.rows import at
from tests.reconcile.rows import CLOCK_RULES, Province

UNITS = ("working_day", "calendar_day", "hour", "same_day")
LIMITS = [(unit, value) for unit in UNITS for value in ((0,) if unit == "same_day" else (0, 1, 2, 3, 5, 8, 12, 20))]
CODES = {f"1.{n:06d}": limit for n, limit in enumerate(LIMITS, start=1)}


def law(province: Province) -> None:
    """The calendar of 2022, projected from December, and a procedure for each limit."""
    days = working_days(date(2022, 1, 1), date(2022, 12, 31), corrections=reference.calendar_corrections())
    days = days.with_columns(projected=pl.col("date") >= date(2022, 12, 1))
    rows = days.select("date", "is_working", "is_makeup", "name_vi", "projected", "working_index").rows()
    with province.warehouse.begin() as connection:
        connection.execute(CLOCK_RULES)
        connection.cursor().executemany(
            "insert into core.calendar_day values (%s, '-infinity', 'infinity', %s, %s, %s, %s, %s)", rows
        )
        connection.cursor().executemany(
            "insert into core.procedure_time_limit values (%s, 0, '', '2022-01-01', 'infinity', %s, %s, 'x')",
            [(code, value, unit) for code, (unit, value) in CODES.items()],
        )


def test_sql_and_columns_say_the_same(province: Province) -> None:
    law(province)
    rng = Random(20220701)
    moments = [at("2022-01-02") + timedelta(seconds=rng.randrange(350 * 86400)) for _ in range(400)]
    edges = [
        at(f"2022-08-{d} {t}")
        for d in ("31", "27")
        for t in ("06:59", "11:30", "13:30", "15:00", "15:01", "17:00", "17:01")
    ]
    rows = [(f"{n:04d}", moment, rng.choice(list(CODES))) for n, moment in enumerate([*moments, *edges * 8])]
    for key, moment, code in rows:
        province.dossier(
            "portal", key, dossier_no=f"000.00.31.H56-220915-{key}", received_at=moment, procedure_code=code
        )
    province.reconcile("2022-12-31 06:00")
    found = dict(province.rows("select right(dossier_no, 4), legal_due_at from core.dossier"))
    frame = pl.DataFrame(
        [(key, moment, *CODES[code]) for key, moment, code in rows],
        schema={"key": pl.String, "received": pl.Datetime("us", ZONE), "unit": pl.String, "value": pl.Int64},
        orient="row",
    )
    law_of = Deadlines(
        working_days(date(2022, 1, 1), date(2022, 12, 31), corrections=reference.calendar_corrections()).with_columns(
            projected=pl.col("date") >= date(2022, 12, 1)
        )
    )
    same_day = law_of.same_day("received").cast(pl.Datetime("us")).dt.offset_by("17h").dt.replace_time_zone(ZONE)
    due = pl.when(pl.col("unit") == "same_day").then(same_day).otherwise(law_of.due_at("received", "value", "unit"))
    expected = frame.with_columns(due=due).with_columns(
        due=pl.when(~law_of.is_projected("received", "due")).then("due")
    )
    wrong = [
        (r["unit"], r["value"], r["received"], r["due"], found[r["key"]])
        for r in expected.to_dicts()
        if r["due"] != found[r["key"]]
    ]
    assert wrong == []
    assert sum(moment is None for moment in found.values()) > 5
    assert sum(moment is not None for moment in found.values()) > 300


def test_the_dossiers_own_case_and_channel_decide(province: Province) -> None:
    law(province)
    code = "1.999999"
    with province.warehouse.begin() as connection:
        connection.cursor().executemany(
            "insert into core.procedure_time_limit"
            " values (%s, %s, %s, '2022-07-01', '2022-10-01', %s, 'working_day', 'x')",
            [(code, 0, "", 5), (code, 2, "", 3), (code, 0, "Cấp lại", 1)],
        )
    cases = {
        "a": ({}, 5),
        "b": ({"channel": 2}, 3),
        "c": ({"channel": 2, "procedure_case": "Cấp lại"}, 1),
        "d": ({"procedure_case": "Cấp mới"}, 5),
        # no limit is known to have been valid
        "e": ({"received_at": "2022-06-30 08:00"}, None),
        "f": ({"received_at": "2022-10-03 08:00"}, None),
    }
    for key, (values, _) in cases.items():
        given = {"received_at": "2022-09-12 08:00", "channel": 1, "procedure_code": code} | values
        province.dossier("portal", key, **given)
    province.reconcile()
    days = {None: None, 1: 13, 3: 15, 5: 19}
    expected = {key: days[value] for key, (_, value) in cases.items()}
    found = {key: province.golden("portal", key)["legal_due_at"] for key in cases}
    assert {key: due and due.astimezone(ZoneInfo(ZONE)).day for key, due in found.items()} == expected
    assert isinstance(found["a"], datetime)


def test_hours_and_the_same_day_need_a_time_of_day(province: Province) -> None:
    law(province)
    hour = next(code for code, limit in CODES.items() if limit == ("hour", 8))
    day = next(code for code, limit in CODES.items() if limit == ("working_day", 1))
    for key, code in (("a", hour), ("b", day)):
        province.dossier("portal", key, received_at="2022-09-12", received_precision="d", procedure_code=code)
    province.reconcile()
    assert province.golden("portal", "a")["legal_due_at"] is None
    assert province.golden("portal", "b")["legal_due_at"] == at("2022-09-13 17:00")

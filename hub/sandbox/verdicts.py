"""What each overdue rule says of a dossier, and its due date by law, from the truth and in code of its own.

Here: outcomes as of the world's day and legal due dates, where the truth leaves no doubt. Not here: the hub's rules,
with which these are compared. A row is left out where a rule's words allow two readings, or a golden time is one that
no source tells rightly: an interval of a supplement under QĐ 766, a time known by its day alone under rules to the
second, a limit with cases. Times are those of Asia/Ho_Chi_Minh.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from hub.sandbox.places import WorkingDays, plain_limits
from hub.sandbox.truth import ZONE

RULES = ("ii06a_td_v1", "qd766_dvcqg_v1", "qd766_td_v1", "opencps_v1")
VERDICT_SCHEMA: dict[str, Any] = {"true_id": pl.Int64, "rule_id": pl.String, "outcome": pl.String}
DUE_SCHEMA: dict[str, Any] = {"true_id": pl.Int64, "legal_due_at": pl.Datetime("us", ZONE)}
_TIMES = (
    "received_at",
    "due_at",
    "original_due_at",
    "finished_at",
    "returned_at",
    "rejected_at",
    "withdrawn_at",
    "closed_step_at",
)
NEEDED = frozenset({*_TIMES, "status", "supplement_count", "is_deleted", "submitted_at"})
_CLOSE = time(17)
Row = dict[str, Any]


def verdicts(dossiers: pl.DataFrame, undetermined: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Outcomes (early, on_time, overdue, within_due, overdue_open, not_judged) by true_id and rule_id at `now`.

    `dossiers` and `undetermined` are frames of the truth; `now` is naive.
    """
    rows = []
    for row in _judged(dossiers, undetermined):
        for rule_id, rule in _OUTCOMES.items():
            outcome = rule(row, now)
            if outcome:
                rows.append((row["true_id"], rule_id, outcome))
    return pl.DataFrame(rows, schema=VERDICT_SCHEMA, orient="row")


def due_dates(dossiers: pl.DataFrame, undetermined: pl.DataFrame, work: WorkingDays) -> pl.DataFrame:
    """The end of the last day that the law allows, where one limit in days was in force at receipt."""
    limits = plain_limits()
    rows = []
    for row in _judged(dossiers, undetermined):
        received, limit = row["received_at"], limits.get(row["procedure_code"] or "")
        if received is None or limit is None or received.time() > _CLOSE or received.date() not in work:
            continue
        if not limit["valid_from"] <= received.date().isoformat() < (limit["valid_to"] or "9"):
            continue
        count = int(limit["limit_value"])
        if limit["limit_unit"] == "working_day":
            day = work.after(received.date(), count)
        else:
            day = work.after(received.date() + timedelta(days=count), 0)
        if work.is_announced(received.date(), day):  # else nobody knows yet which day it is
            rows.append((row["true_id"], datetime.combine(day, _CLOSE)))
    frame = pl.DataFrame(rows, schema={**DUE_SCHEMA, "legal_due_at": pl.Datetime("us")}, orient="row")
    return frame.with_columns(pl.col("legal_due_at").dt.replace_time_zone(ZONE))


def _judged(dossiers: pl.DataFrame, undetermined: pl.DataFrame) -> list[Row]:
    """Rows whose times are known, as naive times of the province."""
    doubtful = undetermined.filter(pl.col("field").is_in(NEEDED))
    local = [pl.col(name).dt.convert_time_zone(ZONE).dt.replace_time_zone(None) for name in _TIMES]
    stops = pl.col("stops").list.eval(pl.element().struct["end"].is_null()).list.any().alias("is_stopped")
    return (
        dossiers.join(doubtful, on="true_id", how="anti")
        .filter(~pl.col("is_deleted"))
        .with_columns(*local, stops)
        .drop("stops")
        .rows(named=True)
    )


def _by_days(row: Row, now: datetime) -> str:
    """Form II.06a as the provincial product counts it."""
    if row["status"] in (1, 3):
        return "not_judged"
    due = row["due_at"]
    if row["status"] in (7, 9, 10):
        finish = next(
            (row[n] for n in ("finished_at", "withdrawn_at", "returned_at", "closed_step_at") if row[n]), None
        )
        if finish is None:
            return ""
        if row["received_at"]:
            finish = max(finish, row["received_at"])
        if due is None or row["status"] == 7:
            return "on_time"
        return _compared(finish.date(), due.date())
    if due is None or row["is_stopped"] or row["status"] in (5, 6, 8):
        return "within_due"
    return "overdue_open" if due.date() < now.date() else "within_due"


def _by_product(row: Row, now: datetime) -> str:
    """QĐ 766 as the provincial product counts it: by days, in three sets of statuses."""
    status, due = row["status"], row["due_at"]
    if status in (1, 3):
        return "not_judged"
    if due is None or status == 7:
        return ""
    if status in (9, 10):
        return _compared(row["finished_at"].date(), due.date()) if row["finished_at"] else ""
    if status in (5, 6, 8) or row["is_stopped"]:  # one copy may tell of a request that the status does not know yet
        return ""
    return "overdue_open" if due.date() < now.date() else "within_due"


def _by_nation(row: Row, now: datetime) -> str:
    """QĐ 766 as the national portal counts it: to the second; a second request for papers is overdue."""
    status, due = row["status"], row["due_at"]
    if status not in (2, 4, 9, 10) or not row["received_at"]:
        return ""
    if row["supplement_count"] > 1:
        return "overdue"
    if row["supplement_count"] or due is None or due.time() == time():
        return ""
    if status in (9, 10):
        finish = row["finished_at"]
        return "" if finish is None else "overdue" if finish > due else "on_time"
    if due.date() == now.date():
        return ""
    return "overdue_open" if due < now else "within_due"


def _by_opencps(row: Row, now: datetime) -> str:
    """OpenCPS: to the second, release for the verdict, return for early; waiting and receiving are not judged."""
    status, due = row["status"], row["due_at"]
    if status in (1, 2, 5):
        return "not_judged"
    if status not in (4, 9, 10) or due is None or due.time() == time():
        return ""
    if status == 4:
        return "" if due.date() == now.date() else "overdue_open" if due < now else "within_due"
    if row["finished_at"] is None:
        return ""
    if row["finished_at"] > due:
        return "overdue"
    if row["returned_at"] and row["returned_at"] < due:
        return "early"
    if row["apology_count"]:
        return ""  # is an apology, which asks for more time, an extension?
    return "" if row["original_due_at"] != due else "on_time"  # is an appointment that papers moved an extension?


def _compared(finish: date, due: date) -> str:
    return "early" if finish < due else "on_time" if finish == due else "overdue"


_OUTCOMES = {
    "ii06a_td_v1": _by_days,
    "qd766_dvcqg_v1": _by_nation,
    "qd766_td_v1": _by_product,
    "opencps_v1": _by_opencps,
}

"""The overdue rules, each a pure function with its version in its name: early, on time, overdue, open, not judged.

Here: the rules as polars expressions over dossiers as of one moment. Not here: which version of a dossier counts
(`mart.dossier_version`), due dates (`deadlines.py`). The same rules as set-based SQL: mart.verdicts_at; a property test
holds the two together. A new reading of a rule is a new name: a verdict that was issued keeps its meaning.

Columns of a frame: dossier_id; is_counted; status; received_on (Date); finished_at, returned_at, due_at, legal_due_at,
second_supplement_at (Datetime with zone); finished_precision, due_precision (s, m, d); reappointment_count;
stops, supplement_stops: lists of {start, end}, end null while running, sorted and without overlap.
`as_of` is a moment with a zone: what happened after it is not known.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from hub.rules.deadlines import ZONE

RULES = ("ii06a_td_v1", "qd766_dvcqg_v1", "qd766_td_v1", "opencps_v1")
OUTCOMES = ("early", "on_time", "overdue", "within_due", "overdue_open", "not_judged")
_WAITING = (5, 6, 8)


def verdicts(dossiers: pl.DataFrame, rule_id: str, as_of: datetime, *, waiting_column: int = 12) -> pl.DataFrame:
    """dossier_id and outcome by a rule of `RULES`, for dossiers received by `as_of`.

    `waiting_column`: where form II.06a counts dossiers that wait (12, or 9: then they are on_time).
    Raises KeyError for a rule that does not exist.
    """
    rule = {"ii06a_td_v1": _ii06a, "qd766_dvcqg_v1": _national, "qd766_td_v1": _product, "opencps_v1": _opencps}[
        rule_id
    ]
    moment = pl.lit(as_of, pl.Datetime("us", ZONE))
    day = moment.dt.date()
    is_finished = pl.when(pl.col("finished_precision") == "d").then(_day("finished_at") <= day)
    first = pl.col("supplement_stops").list.first().struct["start"]
    kept = dossiers.filter(pl.col("received_on").is_null() | (pl.col("received_on") <= day)).with_columns(
        is_finished=is_finished.otherwise(pl.col("finished_at") <= moment).fill_null(value=False),
        is_waiting=_running_at(moment) | (pl.col("status").is_in(_WAITING) & ~_unended()).fill_null(value=False),
        asked_at=pl.when(first <= moment).then(first),
    )
    stopped = pl.when(pl.col("status") == 8).then(_last_start(moment))
    finish = pl.when("is_finished").then(pl.col("finished_at")).otherwise(pl.coalesce("asked_at", stopped))
    judged = _without_supplements(kept.with_columns(till=pl.coalesce(finish, moment)))
    outcome = pl.when(~pl.col("is_counted")).then(pl.lit("not_judged")).otherwise(rule(moment, waiting_column))
    return judged.select("dossier_id", outcome=outcome)


def _ii06a(moment: pl.Expr, waiting_column: int) -> pl.Expr:
    """Form II.06a: dates; withdrawn or without due date is on time; who waits is never overdue."""
    due, day = _day("due_at"), moment.dt.date()
    finished = pl.when((pl.col("status") == 7) | due.is_null()).then(pl.lit("on_time")).otherwise(_by_day(due))
    waiting = pl.lit("on_time" if waiting_column == 9 else "within_due")
    return pl.when("is_finished").then(finished).when("is_waiting").then(waiting).otherwise(_open(due < day))


def _product(moment: pl.Expr, waiting_column: int) -> pl.Expr:
    """QĐ 766 as the provincial product counts it: dates; withdrawn is finished; who waits is in neither set."""
    due, day = _day("due_at"), moment.dt.date()
    finished = pl.when(due.is_null()).then(pl.lit("on_time")).otherwise(_by_day(due))
    return (
        pl.when("is_finished").then(finished).when("is_waiting").then(pl.lit("not_judged")).otherwise(_open(due < day))
    )


def _national(moment: pl.Expr, waiting_column: int) -> pl.Expr:
    """QĐ 766 as the national portal counts it: moments, supplements taken out, a second request is overdue."""
    due = pl.coalesce("due_at", "legal_due_at")
    repeated = (pl.col("second_supplement_at") <= moment).fill_null(value=False)
    till, by_day = pl.col("net"), _any_day("is_finished")
    late = pl.when(by_day).then(_local(till) > _local(due)).otherwise(till > due)
    return (
        pl.when(repeated)
        .then(pl.lit("overdue"))
        .when(due.is_null())
        .then(pl.lit("not_judged"))
        .when("is_finished")
        .then(pl.when(late).then(pl.lit("overdue")).otherwise(pl.lit("on_time")))
        .otherwise(_open(late))
    )


def _opencps(moment: pl.Expr, waiting_column: int) -> pl.Expr:
    """OpenCPS: moments; received, waiting and withdrawn are not judged; early by hand-over or after an extension."""
    due, by_day = pl.col("due_at"), _any_day("is_finished")
    till = pl.when("is_finished").then(pl.col("finished_at")).otherwise(moment)
    late = pl.when(by_day).then(_local(till) > _local(due)).otherwise(till > due)
    before = pl.when(by_day).then(_local(till) < _local(due)).otherwise(till < due)
    handed = pl.when(by_day).then(_day("returned_at") < _local(due)).otherwise(pl.col("returned_at") < due)
    early = (before & (pl.col("reappointment_count") > 0)) | (handed & (pl.col("returned_at") <= moment))
    return (
        pl.when(pl.col("status").is_in([2, 5, 6, 7, 8]) | due.is_null())
        .then(pl.lit("not_judged"))
        .when("is_finished")
        .then(pl.when(late).then(pl.lit("overdue")).when(early).then(pl.lit("early")).otherwise(pl.lit("on_time")))
        .otherwise(_open(late))
    )


def _by_day(due: pl.Expr) -> pl.Expr:
    finish = _day("finished_at")
    late, early = pl.when(finish > due).then(pl.lit("overdue")), pl.lit("early")
    return late.when(finish < due).then(early).otherwise(pl.lit("on_time"))


def _open(late: pl.Expr) -> pl.Expr:
    return pl.when(late).then(pl.lit("overdue_open")).otherwise(pl.lit("within_due"))


def _any_day(finished: str) -> pl.Expr:
    """Whether a time that is compared is known by its day alone."""
    due = pl.col("due_at").is_not_null() & (pl.col("due_precision") == "d")
    return (due | (pl.col(finished) & (pl.col("finished_precision") == "d"))).fill_null(value=False)


def _local(moment: pl.Expr) -> pl.Expr:
    return moment.dt.convert_time_zone(ZONE).dt.date()


def _day(name: str) -> pl.Expr:
    return _local(pl.col(name))


def _running_at(moment: pl.Expr) -> pl.Expr:
    """Whether a stop holds at the moment: begun by it, and ended after it or not at all."""
    start, end = pl.element().struct["start"], pl.element().struct["end"]
    return pl.col("stops").list.eval((start <= moment) & (end.is_null() | (end > moment))).list.any()


def _unended() -> pl.Expr:
    return pl.col("stops").list.eval(pl.element().struct["end"].is_null()).list.any()


def _last_start(moment: pl.Expr) -> pl.Expr:
    start = pl.element().struct["start"]
    return pl.col("stops").list.eval(start.filter(start <= moment)).list.max()


def _without_supplements(frame: pl.DataFrame) -> pl.DataFrame:
    """`till` less the time in which papers were awaited before it, as `net`."""
    inside = (
        frame.select("dossier_id", "till", "supplement_stops")
        .explode("supplement_stops")
        .unnest("supplement_stops")
        .filter(pl.col("start") < pl.col("till"))
        .group_by("dossier_id")
        .agg(waited=(pl.min_horizontal("end", "till") - pl.col("start")).sum())
    )
    net = pl.col("till") - pl.col("waited").fill_null(pl.duration())
    return frame.join(inside, on="dossier_id", how="left").with_columns(net=net)

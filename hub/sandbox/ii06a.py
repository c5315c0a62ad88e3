"""Form II.06a counted from the truth, in the same words as the rule and in other code than the hub's.

Here: effective times (effective_v1) and the thirteen columns (ii06a_td_v1, layout of TT 01/2020/TT-VPCP). Not here:
the hub's own figures (`bi.ii06a`), with which these are compared. Dates only, both ends of a period included; a
dossier at status 5, 6 or 8 at the end of the day counts as within its due date.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from hub.rules.periods import period
from hub.sandbox.places import seed_rows
from hub.sandbox.truth import CLOSED, ZONE

WITHDRAWN = 7
EXCLUDED = (1, 3)
UNKNOWN_FIELD = "Chưa xác định"  # of a procedure that nobody knows
GROUPS = ("agency_code", "field_name")
COLUMNS = (
    "intake_total",
    "received_online",
    "received_direct_postal",
    "carried_over",
    "resolved_total",
    "resolved_early",
    "resolved_on_time",
    "resolved_overdue",
    "open_total",
    "open_within_due",
    "open_overdue",
)


def periods_before(today: date) -> list[tuple[date, date]]:
    """The last complete VPCP quarter, VPCP month and calendar month before `today`."""
    found = []
    for kind, form, count in (("quarter", "vpcp", 4), ("month", "vpcp", 12), ("month", "calendar", 12)):
        candidates = [period(kind, year, n, form) for year in (today.year - 1, today.year) for n in range(1, count + 1)]  # type: ignore[arg-type]
        found.append(max(span for span in candidates if span[1] < today))
    return found


def with_effective_dates(dossiers: pl.DataFrame) -> pl.DataFrame:
    """`dossiers` of the truth with `received_on`, `finished_on`, `due_on` (dates) and `closed`.

    A closed dossier whose finish no source tells is known to be closed only since the hub saw it: `finished_on` is
    null, and any period that ended before finds it open.
    """

    def day(name: str) -> pl.Expr:
        return pl.col(name).dt.convert_time_zone(ZONE).dt.date()

    number_day = pl.coalesce(
        pl.col("dossier_no").str.extract(r"-(\d{8})-\d{7}$").str.to_date("%Y%m%d", strict=False),
        ("20" + pl.col("dossier_no").str.extract(r"-(\d{6})-\d{3,7}$")).str.to_date("%Y%m%d", strict=False),
    )
    closed = pl.col("status").is_in(CLOSED)
    finished = pl.coalesce(
        day("finished_at"), day("withdrawn_at"), day("returned_at"), day("closed_step_at")
    )  # fmt: skip
    with_received = dossiers.with_columns(
        received_on=pl.coalesce(
            day("received_at"), pl.when(pl.col("status") > 3).then(day("submitted_at")), number_day
        ),
        due_on=day("due_at"),
        closed=closed,
    )
    # a register names no field: then it is that of the procedure in the catalogue, if that is known
    catalogue = {row["procedure_code"]: row["field_name"] for row in seed_rows("procedures.csv")}
    of_procedure = pl.col("procedure_code").replace_strict(catalogue, default=None, return_dtype=pl.String)
    return with_received.with_columns(
        pl.col("field_name").fill_null(of_procedure).fill_null(UNKNOWN_FIELD),
        # the larger of two dates would also be the larger of one date and nothing
        finished_on=pl.when(closed & finished.is_not_null()).then(pl.max_horizontal(finished, "received_on")),
    )


def expected_ii06a(dossiers: pl.DataFrame, start: date, end: date, as_of: date | None = None) -> pl.DataFrame:
    """The form of the period `start`..`end` as of the end of the day `as_of` (default `end`).

    `dossiers` is the truth's frame. Result: agency_code (receiving; null where not known), field_name and COLUMNS in
    the form's order, one row per agency and field that has a dossier to count.
    """
    judged = as_of or end
    midnight = pl.lit(judged + timedelta(days=1)).cast(pl.Datetime("us")).dt.replace_time_zone(ZONE)
    stop = pl.element().struct
    stopped = pl.col("stops").list.eval(
        (stop["start"] < midnight) & (stop["end"].is_null() | (stop["end"] >= midnight))
    )
    finished, due = pl.col("finished_on"), pl.col("due_on")
    counted = (
        with_effective_dates(dossiers)
        .filter(
            ~pl.col("is_deleted"),
            ~pl.col("status").is_in(EXCLUDED),
            pl.col("received_on") <= end,
            finished.is_null() | (finished >= start),
        )
        .with_columns(
            carried=pl.col("received_on") < start,
            online=pl.col("channel") == 2,
            resolved=(finished <= judged).fill_null(value=False),
            early=((finished < due) & (pl.col("status") != WITHDRAWN)).fill_null(value=False),
            late=((finished > due) & (pl.col("status") != WITHDRAWN)).fill_null(value=False),
            overdue=((due < judged) & ~stopped.list.any()).fill_null(value=False),
        )
    )
    new, done = ~pl.col("carried"), pl.col("resolved")
    measures = {
        "intake_total": pl.len(),
        "received_online": (new & pl.col("online")).sum(),
        "received_direct_postal": (new & ~pl.col("online")).sum(),
        "carried_over": pl.col("carried").sum(),
        "resolved_total": done.sum(),
        "resolved_early": (done & pl.col("early")).sum(),
        "resolved_on_time": (done & ~pl.col("early") & ~pl.col("late")).sum(),
        "resolved_overdue": (done & pl.col("late")).sum(),
        "open_total": (~done).sum(),
        "open_within_due": (~done & ~pl.col("overdue")).sum(),
        "open_overdue": (~done & pl.col("overdue")).sum(),
    }
    return (
        counted.group_by(pl.col("receiving_agency_code").alias("agency_code"), "field_name")
        .agg(*(measure.cast(pl.Int64).alias(name) for name, measure in measures.items()))
        .sort(GROUPS, nulls_last=True)
    )

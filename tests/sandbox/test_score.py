"""The measures of `verify --score` on frames made by hand: what is right, wrong, missing and not to be judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from hub.sandbox.compare import COMPARED
from hub.sandbox.score import score
from hub.sandbox.truth import DOSSIER_SCHEMA, SCHEMAS, ZONE
from hub.sandbox.verdicts import DUE_SCHEMA, RULES, VERDICT_SCHEMA, verdicts

RECEIVED, DUE = datetime(2022, 9, 1, 8), datetime(2022, 9, 8, 17)
TWO = [(1, "portal", "a"), (1, "national", "a"), (2, "portal", "b"), (2, "national", "b")]
BEHAVIOURS = [(1, "bulk_closing"), (2, "bulk_closing"), (2, "finish_backdated")]


def expected(members: list[tuple[Any, ...]] = TWO, **rows: list[tuple[Any, ...]]) -> dict[str, pl.DataFrame]:
    """The truth of dossiers 1 and 2, each in two systems."""
    schemas = SCHEMAS | {"verdicts": VERDICT_SCHEMA, "due_dates": DUE_SCHEMA | {"legal_due_at": pl.Datetime("us")}}
    frames = {
        name: pl.DataFrame(rows.get(name, []), schema=schemas[name], orient="row")
        for name in ("undetermined", "due_dates", "verdicts", "behaviours", "links")
    }
    frames["members"] = pl.DataFrame(members, schema=SCHEMAS["members"], orient="row")
    ids = sorted({row[0] for row in members})
    plain = {"status": 4, "received_at": RECEIVED, "is_deleted": False}
    frames["dossiers"] = pl.DataFrame([{"true_id": n, **plain} for n in ids], schema=DOSSIER_SCHEMA)
    return frames


def found(
    members: list[tuple[Any, ...]] = TWO, status: dict[int, int] | None = None, **rows: list[tuple[Any, ...]]
) -> dict[str, pl.DataFrame]:
    """A warehouse whose dossier ids are 10 times those of `members`."""
    names = {"verdicts": ("dossier_id", "rule_id", "outcome"), "behaviours": ("dossier_id", "kind"),
             "links": ("dossier_id", "next_dossier_id"), "legs": ("journey_id", "dossier_id")}  # fmt: skip
    integers = {"dossier_id", "next_dossier_id", "journey_id"}
    frames = {
        name: pl.DataFrame(
            rows.get(name, []), schema={c: pl.Int64 if c in integers else pl.String for c in columns}, orient="row"
        )
        for name, columns in names.items()
    }
    held = [(row[0] * 10, *row[1:]) for row in members]
    frames["members"] = pl.DataFrame(
        held, schema={"dossier_id": pl.Int64, "source_id": pl.String, "source_key": pl.String}, orient="row"
    )
    schema = {"dossier_id": pl.Int64, **{n: DOSSIER_SCHEMA[n] for n in COMPARED}, "legal_due_at": pl.Datetime("us")}
    plain = {"received_at": RECEIVED, "is_deleted": False}
    values = [
        {"dossier_id": n, "status": (status or {}).get(n // 10, 4), **plain} for n in sorted({row[0] for row in held})
    ]
    frames["dossiers"] = pl.DataFrame(values, schema=schema)
    frames["reviews"] = pl.DataFrame({"count": [0]})
    return frames


FUSED = [(1, source, key) for _, source, key in TWO]
SPLIT = [(1, "portal", "a"), (3, "national", "a"), *TWO[2:]]


@pytest.mark.parametrize(
    ("truth", "warehouse", "values"),
    [
        (expected(), found(), {"pairs_precision": 1, "pairs_recall": 1, "clusters_exact": 1, "fields_right": 1}),
        (expected(), found(FUSED), {"pairs_precision": 2 / 6, "pairs_recall": 1, "clusters_exact": 0}),
        (expected(), found(SPLIT), {"pairs_precision": 1, "pairs_recall": 0.5, "clusters_exact": 0.5}),
        (expected(), found([]), {"pairs_precision": 1, "pairs_recall": 0, "clusters_exact": 0, "fields_right": 0}),
        (expected(), found(status={1: 9}), {"fields_right": 1 - 1 / (2 * len(COMPARED))}),
        (expected(undetermined=[(1, "status")]), found(status={1: 9}), {"fields_right": 1}),
        (
            expected(behaviours=BEHAVIOURS),
            found(behaviours=[(10, "bulk_closing"), (10, "vanished_dossier")]),
            {"behaviour_precision": 0.5, "behaviour_recall": 1 / 3, "behaviour_recall_bulk_closing": 0.5},
        ),
        (expected(behaviours=BEHAVIOURS), found(), {"behaviour_precision": 1, "behaviour_recall": 0}),
        (  # of whom no record can tell it is not missed, and not falsely accused either
            expected(behaviours=BEHAVIOURS, undetermined=[(2, "bulk_closing"), (2, "finish_backdated")]),
            found(behaviours=[(10, "bulk_closing")]),
            {"behaviour_precision": 1, "behaviour_recall": 1},
        ),
        (
            expected(behaviours=BEHAVIOURS, undetermined=[(2, "bulk_closing")]),
            found(behaviours=[(20, "bulk_closing"), (20, "finish_backdated")]),
            {"behaviour_precision": 1, "behaviour_recall": 0.5, "behaviour_recall_bulk_closing": 0},
        ),
        (expected(links=[(1, 2)]), found(links=[(10, 20)]), {"links_right": 1}),
        (expected(links=[(1, 2)]), found(links=[(20, 10)]), {"links_right": 0}),
        (expected(links=[(1, 2)]), found(), {"links_right": 0}),
        (
            expected(verdicts=[(1, RULES[0], "early"), (2, RULES[0], "overdue")]),
            found(verdicts=[(10, RULES[0], "early"), (20, RULES[0], "on_time")]),
            {f"overdue_right_{RULES[0]}": 0.5, f"overdue_right_{RULES[1]}": 1, "overdue_judged": 1},
        ),
        (  # what a rule says of golden values that are not the truth's is not the rule's fault
            expected(verdicts=[(1, RULES[0], "overdue_open"), (2, RULES[0], "overdue_open")]),
            found(status={1: 9}, verdicts=[(10, RULES[0], "on_time"), (20, RULES[0], "overdue_open")]),
            {f"overdue_right_{RULES[0]}": 1, "overdue_judged": 0.5, "fields_right": 1 - 1 / (2 * len(COMPARED))},
        ),
        (  # but a dossier that has them and is not judged is
            expected(verdicts=[(1, RULES[0], "overdue_open"), (2, RULES[0], "overdue_open")]),
            found(verdicts=[(20, RULES[0], "overdue_open")]),
            {f"overdue_right_{RULES[0]}": 0.5, "overdue_judged": 1},
        ),
        (expected(links=[(1, 2)]), found(legs=[(10, 10), (10, 20)]), {"journeys_right": 1}),
        (expected(links=[(1, 2)]), found(legs=[(10, 10), (10, 20), (10, 30)]), {"journeys_right": 0}),
        (expected(links=[(1, 2)]), found(), {"journeys_right": 0}),
        (expected(), found(legs=[(10, 10), (10, 20)]), {"journeys_right": 0}),
        (
            expected(verdicts=[(1, "qd766_dvcqg_v1", "on_time")]),
            found(verdicts=[(10, "qd766_dvcqg_v1", "early")]),
            {"overdue_right_qd766_dvcqg_v1": 1},
        ),
        (expected(due_dates=[(1, datetime(2026, 9, 1, 17))]), found(), {"due_dates_right": 0}),
    ],
)
def test_measures(truth: dict[str, pl.DataFrame], warehouse: dict[str, pl.DataFrame], values: dict[str, float]) -> None:
    told = dict(score(truth, warehouse))
    assert {name: told[name] for name in values} == pytest.approx(values)


NOW = datetime(2022, 10, 1, 6)


@pytest.mark.parametrize(
    ("row", "outcomes"),
    [
        ({"status": 9, "finished_at": datetime(2022, 9, 7, 9)}, ("early", "on_time", "early", "on_time")),
        ({"status": 9, "finished_at": datetime(2022, 9, 8, 9)}, ("on_time", "on_time", "on_time", "on_time")),
        ({"status": 9, "finished_at": datetime(2022, 9, 8, 18)}, ("on_time", "overdue", "on_time", "overdue")),
        (
            {"status": 10, "finished_at": datetime(2022, 9, 7, 9), "returned_at": datetime(2022, 9, 8, 9)},
            ("early", "on_time", "early", "early"),
        ),
        ({"status": 4}, ("overdue_open", "overdue_open", "overdue_open", "overdue_open")),
        ({"status": 4, "due_at": datetime(2022, 10, 1, 17)}, ("within_due", None, "within_due", None)),
        ({"status": 5, "supplement_count": 1}, ("within_due", None, None, "not_judged")),
        (  # one copy tells of a stop that the status does not know yet
            {"status": 4, "stops": [{"start": datetime(2022, 9, 5, 9), "end": None}]},
            ("within_due", "overdue_open", None, "overdue_open"),
        ),
        ({"status": 4, "supplement_count": 2}, ("overdue_open", "overdue", "overdue_open", "overdue_open")),
        ({"status": 3}, ("not_judged", None, "not_judged", None)),
        ({"status": 7, "withdrawn_at": datetime(2022, 9, 20, 9)}, ("on_time", None, None, None)),
        ({"status": 9}, (None, None, None, None)),
        ({"status": 9, "finished_at": datetime(2022, 9, 7, 9), "is_deleted": True}, (None, None, None, None)),
    ],
)
def test_outcomes_by_rule(row: dict[str, Any], outcomes: tuple[str | None, ...]) -> None:
    plain = {"true_id": 1, "received_at": RECEIVED, "due_at": DUE, "supplement_count": 0, "is_deleted": False}
    values = plain | {"original_due_at": row.get("due_at", DUE), "stops": []} | row
    frame = pl.DataFrame([values], schema=DOSSIER_SCHEMA).with_columns(
        pl.col(pl.Datetime("us")).dt.replace_time_zone(ZONE),
        pl.col("stops").cast(pl.List(pl.Struct({p: pl.Datetime("us", ZONE) for p in ("start", "end")}))),
    )
    nothing = pl.DataFrame(schema=SCHEMAS["undetermined"])
    told = dict(verdicts(frame, nothing, NOW).select("rule_id", "outcome").rows())
    assert tuple(told.get(rule) for rule in RULES) == outcomes
    doubtful = pl.DataFrame([(1, "due_at")], schema=SCHEMAS["undetermined"], orient="row")
    assert verdicts(frame, doubtful, NOW).is_empty()

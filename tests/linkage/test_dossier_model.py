"""What the shipped model of dossiers makes of two records: cases by kind of disagreement, one record against one."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from hub.linkage.model import load_model
from hub.linkage.score import score
from hub.reconcile.comparing import name_shares

HOUR = 3_600_000_000
AT = 1_662_951_600_000_000  # 2022-09-12 10:00 in Thanh Hóa
MODEL = load_model("dossier")
TEXTS = ("applicant_name", "applicant_id_no", "applicant_phone", "received_precision", "submitted_precision")
TIMES = ("received_at", "submitted_at", "due_at", "finished_at", "returned_at")
COPY: dict[str, Any] = {
    "applicant_name": "Nguyễn Văn An",
    "applicant_id_no": "038190004321",
    "applicant_phone": "0912345678",
    "received_at": AT,
    "received_precision": "s",
    "submitted_at": None,
    "submitted_precision": None,
    "due_at": AT + 240 * HOUR,
    "finished_at": AT + 200 * HOUR,
    "returned_at": AT + 210 * HOUR,
}
DAY = {"received_at": AT - 10 * HOUR, "received_precision": "d"}
STRANGER = {"applicant_name": "Lê Thị Hoa", "applicant_id_no": "038190779118", "applicant_phone": "0987654321"}
UNKNOWN = {"applicant_id_no": None, "applicant_phone": None}
OPEN = {"finished_at": None, "returned_at": None, "due_at": None}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing differs": ({}, "merge"),
    "identity missing": ({"applicant_id_no": None}, "merge"),
    "identity without its leading zero": ({"applicant_id_no": "38190004321"}, "merge"),
    "identity with two digits transposed": ({"applicant_id_no": "038190003421"}, "merge"),
    "name without marks": ({"applicant_name": "NGUYEN VAN AN"}, "merge"),
    "name mistyped, no identity": ({"applicant_name": "Nguyễn Vân An", "applicant_id_no": None}, "merge"),
    "a day alone, no identity": ({"applicant_id_no": None, **DAY}, "merge"),
    "received two days later, no identity": ({"received_at": AT + 48 * HOUR, "applicant_id_no": None}, "merge"),
    "day and month swapped": ({"received_at": 1_670_644_800_000_000}, "merge"),  # 2022-12-09 beside 2022-09-12
    "a stranger of the same second": (STRANGER, "apart"),
    "a stranger of the same day": (STRANGER | DAY, "apart"),
    "a common name alone on one day": ({**UNKNOWN, **OPEN, **DAY}, "review"),
    # a twin whose own copy is missing meets the other's copy, and nothing else speaks against it
    "a twin two hours later": ({"received_at": AT + 2 * HOUR}, "review"),
    "a twin one second later": ({"received_at": AT + 1_000_000}, "review"),
    "a twin on the next day": ({"received_at": AT + 27 * HOUR}, "review"),
    "a twin, both still open": ({"received_at": AT + 2 * HOUR, **OPEN}, "review"),
}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = {"node": pl.Int64, **dict.fromkeys(TEXTS, pl.String), **dict.fromkeys(TIMES, pl.Int64)}
    return pl.DataFrame([{"node": at, **row} for at, row in enumerate(rows)], schema=schema)


def scored(*rows: dict[str, Any], turned: bool = False) -> dict[str, Any]:
    records = frame(*rows)
    pairs = pl.DataFrame({"a": [1], "b": [0]} if turned else {"a": [0], "b": [1]})
    return score(records, pairs, MODEL, {"applicant_name": name_shares(records["applicant_name"])}).row(0, named=True)


def zone(weight: float) -> str:
    return "merge" if weight >= MODEL.zones.merge else "review" if weight >= MODEL.zones.review else "apart"


@pytest.mark.parametrize("case", CASES)
def test_zones(case: str) -> None:
    differs, wanted = CASES[case]
    found = scored(COPY, COPY | differs)
    assert zone(found["weight"]) == wanted, found
    turned = scored(COPY, COPY | differs, turned=True)
    assert turned["weight"] == pytest.approx(found["weight"], abs=1e-9)


def test_the_parts_add_up_unless_a_level_of_doubt_holds_them() -> None:
    plain, twin = scored(COPY, COPY | DAY), scored(COPY, COPY | {"received_at": AT + 2 * HOUR})
    for found in (plain, twin):
        parts = MODEL.prior_weight + sum(value for name, value in found.items() if name.startswith("w_"))
        assert found["doubt"] == (found is twin)
        assert (found["weight"] < parts) if found is twin else (found["weight"] == pytest.approx(parts))


def test_a_rare_name_says_more_than_a_common_one() -> None:
    rare = {"applicant_name": "Cầm Thị Xoan"}
    assert scored(COPY | rare, COPY | rare)["w_applicant_name"] > scored(COPY, COPY)["w_applicant_name"] + 2

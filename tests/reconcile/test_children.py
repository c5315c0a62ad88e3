"""What belongs to a dossier: whole sets of one source, what counts as real, and the facts made of it."""

from __future__ import annotations

from typing import Any

import pytest

from hub.reconcile import core
from schemas.tables.core import CHILD_TABLES
from tests.mart.rows import at, stops
from tests.reconcile.rows import Province

NO = "000.00.31.H56-220915-0001"
P, N, D = "portal", "national", "district-380"
DAY = "2022-09-16 08:00"


def two(province: Province, **values: Any) -> None:
    """One dossier in portal and national copy."""
    province.dossier(P, NO, **values)
    province.dossier(N, NO, **values)


def facts(province: Province, *names: str, source: str = P) -> tuple[Any, ...]:
    golden = province.golden(source, NO)
    return tuple(golden[name] for name in names)


@pytest.mark.parametrize("kind", ["step", "supplement", "fee", "document", "rating", "apology"])
def test_a_set_is_taken_whole_from_the_best_source_that_has_any(province: Province, kind: str) -> None:
    two(province)
    for key in ("1", "2"):
        province.child(N, kind, key, NO)
    province.reconcile()
    assert province.children(P, NO, kind) == [(N, "1"), (N, "2")]
    province.child(P, kind, "only", NO)
    province.dossier(P, NO)
    province.reconcile()
    assert province.children(P, NO, kind) == [(P, "only")], "one of the better source replaces two of the other"
    province.forget(P, kind, "only")
    province.dossier(P, NO)
    province.reconcile()
    assert province.children(P, NO, kind) == [(N, "1"), (N, "2")]


@pytest.mark.parametrize(
    ("kind", "best"), [("step", D), ("supplement", D), ("fee", P), ("document", D), ("rating", P), ("apology", D)]
)
def test_which_source_is_best(province: Province, kind: str, best: str) -> None:
    two(province)
    province.dossier(D, NO)
    for source in (P, N, D):
        province.child(source, kind, "1", NO)
    province.reconcile()
    assert province.children(P, NO, kind) == [(best, "1")]


@pytest.mark.parametrize("kind", list(CHILD_TABLES))
def test_children_of_a_stream_of_their_own_wait_for_their_parent(province: Province, kind: str) -> None:
    province.child(P, kind, "1", parent_no=NO)
    done = province.reconcile()
    assert (done.batches, done.records, done.dossiers) == (1, 0, 0)
    assert province.rows(f"select count(*) from std.{kind}_record where source_id = 'portal'") == [(1,)]
    province.dossier(P, "khóa khác", dossier_no=NO)
    province.dossier(N, NO)
    province.reconcile()
    assert province.children(N, NO, kind) == [(P, "1")]
    province.child(P, kind, "2", parent_no=NO)
    assert province.reconcile().records == 2
    assert province.children(N, NO, kind) == [(P, "1"), (P, "2")]


@pytest.mark.parametrize("kind", list(CHILD_TABLES))
def test_a_child_that_its_source_deletes_is_gone_and_its_record_stays(province: Province, kind: str) -> None:
    province.dossier(P, NO)
    for key in ("1", "2"):
        province.child(P, kind, key, parent_no=NO)
    province.reconcile()
    with province.warehouse.begin() as connection:
        connection.execute(f"delete from std.{kind}_record where source_key = '2'".encode())
    province.child(P, kind, "2", parent_no=NO, is_deleted=True)
    province.reconcile()
    assert province.children(P, NO, kind) == [(P, "1")]
    assert province.rows(f"select count(*) from std.{kind}_record") == [(2,)]


@pytest.mark.parametrize("kind", list(CHILD_TABLES))
def test_a_child_of_a_stream_of_its_own_may_name_the_key(province: Province, kind: str) -> None:
    province.dossier(P, "4711", dossier_no=NO)
    province.reconcile()
    province.child(P, kind, "1", "4711", is_deleted=False)
    assert province.reconcile().records == 1
    assert province.children(P, "4711", kind) == [(P, "1")]


def test_a_child_inside_a_record_and_one_that_names_the_number_are_one_set(province: Province) -> None:
    province.dossier(P, NO)
    province.child(P, "step", "in", NO, step_at=DAY)
    province.child(P, "step", "by number", parent_no=NO, step_at=DAY)
    province.child(N, "step", "of another source", parent_no=NO, step_at=DAY)
    province.reconcile()
    assert province.children(P, NO, "step") == [(P, "by number"), (P, "in")]


def test_invented_steps_are_no_steps(province: Province) -> None:
    two(province, status=9)
    province.child(P, "step", "invented", parent_no=NO, step_at=DAY, status=9, is_synthetic=True)
    province.child(N, "step", "real", parent_no=NO, step_at=DAY, status=4)
    province.reconcile()
    assert province.children(P, NO, "step") == [(N, "real")]
    assert facts(province, "closed_step_at") == (None,)
    province.child(N, "step", "real", parent_no=NO, step_at=DAY, status=4, is_synthetic=True)
    province.reconcile()
    assert province.children(P, NO, "step") == []


def test_removed_documents_are_no_documents(province: Province) -> None:
    two(province)
    province.child(P, "document", "removed", NO, is_removed=True, digitised=True)
    province.child(N, "document", "1", NO, is_removed=False, digitised=False)
    province.child(N, "document", "2", NO)
    province.child(N, "document", "removed", NO, is_removed=True)
    province.reconcile()
    assert province.children(P, NO, "document") == [(N, "1"), (N, "2")]
    assert facts(province, "digitised", "result_is_electronic") == (False, False)


# (documents, (digitised, result_is_electronic))
DOCUMENTS: list[tuple[list[dict[str, Any]], Any]] = [
    ([], (None, False)),
    ([{"digitised": False}, {"digitised": True}], (True, False)),
    ([{"digitised": None}], (None, False)),
    ([{"document_kind": "other", "digitised": True}], (None, False)),
    ([{"document_kind": "result", "has_file": True, "document_code": "KQ.1", "digitised": True}], (None, True)),
    ([{"document_kind": "result", "has_file": False, "document_code": "KQ.1"}], (None, False)),
    ([{"document_kind": "result", "has_file": True}], (None, False)),
    ([{"has_file": True, "document_code": "TP.1"}], (None, False)),
]


@pytest.mark.parametrize("at_case", range(len(DOCUMENTS)))
def test_facts_of_documents(province: Province, at_case: int) -> None:
    documents, expected = DOCUMENTS[at_case]
    province.dossier(P, NO)
    for number, values in enumerate(documents):
        province.child(P, "document", str(number), NO, **values)
    province.reconcile()
    assert facts(province, "digitised", "result_is_electronic") == expected


ASKED = {"requested_at": "2022-09-16 08:00", "completed_at": "2022-09-19 09:00"}
MOVED = {"previous_due_at": "2022-09-20 17:00", "new_due_at": "2022-09-23 17:00"}
AGAIN = {"requested_at": "2022-09-21 08:00", "previous_due_at": "2022-09-23 17:00"}
COUNTS = ("supplement_count", "original_due_at", "reappointment_count", "apology_count", "stops")


def test_supplements_move_the_date_that_was_first_promised(province: Province) -> None:
    province.dossier(P, NO, due_at="2022-09-30 17:00", status=4)
    province.reconcile()
    assert facts(province, *COUNTS[:4]) == (0, at("2022-09-30 17:00"), 0, 0)
    province.child(P, "supplement", "b", NO, **AGAIN)
    province.child(P, "supplement", "a", NO, **ASKED | MOVED)
    province.child(P, "supplement", "c", NO, requested_at="2022-09-28 08:00", completed_at="2022-09-28 08:00")
    province.child(P, "apology", "d", NO, apologised_at="2022-09-29 08:00", new_due_at="2022-10-05 17:00")
    province.child(P, "apology", "e", NO, apologised_at="2022-09-30 08:00")
    province.dossier(P, NO, due_at="2022-10-05 17:00", status=4)
    province.reconcile()
    assert facts(province, *COUNTS[:4]) == (3, at("2022-09-20 17:00"), 2, 2)


def test_a_date_that_stays_is_no_new_appointment(province: Province) -> None:
    province.dossier(P, NO, due_at="2022-09-20 17:00")
    province.child(P, "supplement", "a", NO, **ASKED, previous_due_at="2022-09-20 17:00", new_due_at="2022-09-20 17:00")
    province.reconcile()
    assert facts(province, *COUNTS[:3]) == (1, at("2022-09-20 17:00"), 0)


STEP_5 = {"status": 5, "step_at": "2022-09-16 08:00"}
STEP_6 = {"status": 6, "step_at": "2022-09-17 08:00"}
STEP_4 = {"status": 4, "step_at": "2022-09-19 08:00"}
WAITED = ("2022-09-16 08:00", "2022-09-19 09:00")

# (dossier, supplements, steps, stops)
STOPS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]], list[tuple[str, str | None]]]] = {
    "nothing": ({}, [], [], []),
    "asked and answered": ({"status": 4}, [ASKED], [], [WAITED]),
    "asked twice at once": (
        {"status": 4},
        [ASKED, {"requested_at": "2022-09-18 08:00", "completed_at": "2022-09-20 08:00"}],
        [],
        [("2022-09-16 08:00", "2022-09-20 08:00")],
    ),
    "answered before it was asked": (
        {"status": 4},
        [{"requested_at": "2022-09-16 08:00", "completed_at": "2022-09-15 08:00"}],
        [],
        [],
    ),
    "not answered": ({"status": 5}, [AGAIN], [], [("2022-09-21 08:00", None)]),
    "not answered, and closed": (
        {"status": 9, "finished_at": "2022-09-22 10:00"},
        [AGAIN],
        [],
        [("2022-09-21 08:00", "2022-09-22 10:00")],
    ),
    "not answered, and closed before it was asked": ({"status": 9, "finished_at": "2022-09-20 10:00"}, [AGAIN], [], []),
    "paying, then going on": ({"status": 4}, [], [STEP_6, STEP_4], [("2022-09-17 08:00", "2022-09-19 08:00")]),
    "paying": ({"status": 6}, [], [STEP_6], [("2022-09-17 08:00", None)]),
    "a step that asks is told by the supplement": ({"status": 4}, [ASKED], [STEP_5, STEP_4], [WAITED]),
    "a step that asks stops nothing by itself": ({"status": 4}, [], [STEP_5, STEP_4], []),
    "a stop inside a wait": ({"status": 4}, [ASKED], [STEP_6, STEP_4], [WAITED]),
    "suspended at a time": ({"status": 8, "suspended_at": "2022-09-18 08:00"}, [], [], [("2022-09-18 08:00", None)]),
    "waiting since nobody knows when": ({"status": 5}, [], [], [("2022-09-15 08:00", None)]),
}


@pytest.mark.parametrize("case", STOPS)
def test_stops_of_the_clock(province: Province, case: str) -> None:
    dossier, supplements, steps, expected = STOPS[case]
    province.dossier(P, NO, **dossier)
    for number, values in enumerate(supplements):
        province.child(P, "supplement", str(number), NO, **values)
    for number, values in enumerate(steps):
        province.child(P, "step", str(number), parent_no=NO, **values)
    province.reconcile()
    id_ = province.id_of(P, NO)
    found = "select stops = %s::tstzmultirange, stops::text from core.dossier where dossier_id = %s"
    ((equal, told),) = province.rows(found, stops(*expected), id_)
    assert equal, told


# (status, steps, (withdrawn_at, closed_step_at))
CLOSING: dict[str, tuple[dict[str, Any], list[tuple[int, str]], Any]] = {
    "withdrawn by a step": (
        {"status": 7},
        [(2, DAY), (7, "2022-09-18 08:00")],
        ("2022-09-18 08:00", "2022-09-18 08:00"),
    ),
    "withdrawn at a time": (
        {"status": 7, "withdrawn_at": "2022-09-17 08:00"},
        [(7, "2022-09-18 08:00")],
        ("2022-09-17 08:00", "2022-09-18 08:00"),
    ),
    "taken up again": ({"status": 4}, [(7, "2022-09-18 08:00"), (4, "2022-09-19 08:00")], (None, None)),
    "closed by the first closing step": (
        {"status": 10},
        [(10, "2022-09-19 08:00"), (9, "2022-09-18 08:00")],
        (None, "2022-09-18 08:00"),
    ),
    "closed without a step": ({"status": 9}, [(4, DAY)], (None, None)),
}


@pytest.mark.parametrize("case", CLOSING)
def test_closing_steps(province: Province, case: str) -> None:
    dossier, steps, expected = CLOSING[case]
    province.dossier(P, NO, **dossier)
    for number, (status, step_at) in enumerate(steps):
        province.child(P, "step", str(number), parent_no=NO, status=status, step_at=step_at)
    province.reconcile()
    assert facts(province, "withdrawn_at", "closed_step_at") == tuple(at(time) if time else None for time in expected)
    assert (facts(province, "withdrawn_precision")[0] is None) == (expected[0] is None)


@pytest.mark.parametrize("kind", list(CHILD_TABLES))
def test_children_that_name_their_dossier_by_number_are_found_by_number(province: Province, kind: str) -> None:
    """The planner sees that the words of core fit the index of those streams.

    Where it does not, all children of the source are read for each dossier: a first load of 20,000 dossiers then
    took over twenty minutes instead of ten seconds.
    """
    found = core._BY_NUMBER.format(child=kind, real="").replace("chosen k", "std.dossier_record k", 1)
    found = found.removeprefix("union all\n").replace("k.dossier_id, k.is_new", "1, true")
    table = f"std.{kind}_record"
    others = (
        f"alter table {table} drop constraint pk_{kind}_record; drop index std.ix_{kind}_record_parent_key_source_id"
    )
    with province.warehouse.begin() as connection, connection.transaction(force_rollback=True):
        connection.execute("set local enable_seqscan = off")
        connection.execute(others.encode())
        plan = "\n".join(row[0] for row in connection.execute(f"explain {found}".encode()).fetchall())
    assert f"ix_{kind}_record_parent_no_source_id" in plan, plan

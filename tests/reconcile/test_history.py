"""Recorded time: what changes is added, what does not change is not written, and time never stands still."""

from __future__ import annotations

from typing import Any

from hub.reconcile.core import Reconciled
from tests.mart.rows import at
from tests.reconcile.rows import NOW, Province

NO = "000.00.31.H56-220915-0001"
OTHER = "000.00.31.H56-220915-0002"
P, N = "portal", "national"
VERSIONS = (
    "select status, recorded_from::text, recorded_to::text from core.dossier_history "
    "where dossier_id = %s order by recorded_from"
)


def fill(province: Province) -> list[int]:
    """Everything that core has a table for."""
    who: dict[str, Any] = {"procedure_code": "1.001193", "applicant_id_hash": b"a" * 16}
    province.dossier(P, NO, status=4, due_at="2022-09-20 17:00", **who)
    province.dossier(N, NO, status=9)
    other: dict[str, Any] = {"procedure_code": "1.012817", "applicant_id_hash": b"b" * 16, "origin_no": NO}
    province.dossier(N, OTHER, received_at="2022-08-15 08:00", **other)
    province.dossier("district-380", OTHER, **who)
    province.child(P, "step", "1", parent_no=NO, step_at="2022-09-16 08:00", officer_hash=b"o" * 16)
    for kind in ("supplement", "fee", "document", "rating", "apology"):
        province.child(P, kind, "1", NO)
    return province.load()


def test_the_same_batches_again_write_no_row(province: Province) -> None:
    batches = fill(province)
    done = province.reconcile()
    assert (done.written, done.dossiers, done.reviews) == (3, 3, 1)
    before, reviews = province.written(), province.rows("select ctid::text, xmin::text from core.review")
    assert all(before.values()), "a table without a row would prove nothing"
    assert len(reviews) == 1
    again = province.again(batches)
    assert (again.batches, again.records, again.written, again.gone) == (len(batches), 4, 0, 0)
    assert province.written() == before
    assert province.rows("select ctid::text, xmin::text from core.review") == reviews


def test_who_tells_a_dossier_is_who_decides_it_now(province: Province) -> None:
    """A record is deleted, and another tells the same: no value changes, but it is told by another source."""
    told: dict[str, Any] = {"procedure_code": "1.001193", "version_at": "2022-09-16 08:00"}
    province.dossier("district-380", NO, **told)
    province.dossier(P, NO, **told)
    province.reconcile()
    assert province.golden(P, NO)["told_by"] == "district-380"
    province.dossier("district-380", NO, **told, is_deleted=True)
    assert province.reconcile().written == 1
    assert province.golden(P, NO)["told_by"] == P
    versions = province.rows("select told_by, recorded_to::text from core.dossier_history order by recorded_from")
    assert [told_by for told_by, _ in versions] == ["district-380", P]
    assert versions[1][1] == "infinity"


def test_a_register_tells_a_dossier_only_where_nobody_else_does(province: Province) -> None:
    register: dict[str, Any] = {"flags": ["implied_status"], "status": 4, "version_at": "2022-09-16 08:00"}
    for key in (NO, OTHER):
        province.dossier("commune-1", key, **register)
    province.dossier(P, NO, status=4, version_at="2022-09-15 09:00")
    province.reconcile()
    told = [(row["told_by"], row["told_at"]) for row in (province.golden(P, NO), province.golden("commune-1", OTHER))]
    assert told == [(P, at("2022-09-15 09:00")), ("commune-1", at("2022-09-16 08:00"))]


def test_a_run_without_batches_writes_nothing_at_all(province: Province) -> None:
    fill(province)
    province.reconcile()
    grown = []
    for _ in range(3):  # the server's own processes may write at any time, but not each time
        ((before,),) = province.rows("select pg_current_wal_insert_lsn()::text")
        assert province.reconcile() == Reconciled()
        ((bytes_,),) = province.rows("select pg_current_wal_insert_lsn() - %s::pg_lsn", before)
        grown.append(bytes_)
    assert min(grown) == 0
    assert province.rows("select count(*) from ops.core_run") == [(1,)]


def test_a_change_closes_one_version_and_opens_one(province: Province) -> None:
    province.dossier(P, NO, status=4)
    province.dossier(P, OTHER, status=4)
    province.reconcile()
    quiet = province.written()["core.dossier_history"]
    province.dossier(P, NO, status=9)
    assert province.reconcile("2022-10-02 06:00").written == 1
    first, second = "2022-10-01 06:00:00+07", "2022-10-02 06:00:00+07"
    found = province.rows(VERSIONS, province.id_of(P, NO))
    assert found == [(4, first, second), (9, second, "infinity")]
    golden = province.golden(P, NO)
    assert (str(golden["first_recorded_at"]), str(golden["last_recorded_at"])) == (first + ":00", second + ":00")
    assert province.rows(VERSIONS, province.id_of(P, OTHER)) == [(4, first, "infinity")]
    assert len(quiet & province.written()["core.dossier_history"]) == 1, "the other dossier's version is not touched"


def test_only_what_changed_is_written(province: Province) -> None:
    batches = fill(province)
    province.reconcile()
    before = province.written()
    province.dossier(P, NO, status=5, due_at="2022-09-20 17:00", procedure_code="1.001193", applicant_id_hash=b"a" * 16)
    province.reconcile("2022-10-02 06:00")
    after = province.written()
    changed = {name: len(after[name] - before[name]) for name in after if after[name] != before[name]}
    assert changed == {
        "std.dossier_record": 1,
        "core.dossier": 1,
        "core.dossier_history": 2,
        "core.conflict": 1,
    }
    assert province.again(batches).written == 0


def test_a_dossier_that_comes_back_to_an_earlier_state_has_three_versions(province: Province) -> None:
    for status in (4, 9, 4):
        province.dossier(P, NO, status=status)
        province.reconcile()
    assert [row[0] for row in province.rows(VERSIONS, province.id_of(P, NO))] == [4, 9, 4]


def test_recorded_time_grows_while_the_clock_stands_still_or_goes_back(province: Province) -> None:
    clocks = [NOW, NOW, NOW, "2022-09-30 06:00", "2022-10-01 07:00"]
    for status, clock in enumerate(clocks, start=1):
        province.dossier(P, NO, status=status)
        province.reconcile(clock)
    runs = [row[0] for row in province.rows("select recorded_at::text from ops.core_run order by core_run_id")]
    assert runs == [
        "2022-10-01 06:00:00+07",
        "2022-10-01 06:00:00.000001+07",
        "2022-10-01 06:00:00.000002+07",
        "2022-10-01 06:00:00.000003+07",
        "2022-10-01 07:00:00+07",
    ]
    versions = province.rows(VERSIONS, province.id_of(P, NO))
    assert [version[1] for version in versions] == runs
    assert [version[2] for version in versions] == [*runs[1:], "infinity"]


def test_a_merged_dossier_ends_and_the_other_goes_on(province: Province) -> None:
    province.dossier(P, NO, status=4)
    province.dossier(N, OTHER, status=9)
    province.reconcile()
    kept, gone = sorted((province.id_of(P, NO), province.id_of(N, OTHER)))
    province.dossier(N, OTHER, status=9, alt_dossier_no=NO)
    province.reconcile("2022-10-02 06:00")
    ends = dict(province.rows("select dossier_id, max(recorded_to)::text from core.dossier_history group by 1"))
    assert ends == {kept: "infinity", gone: "2022-10-02 06:00:00+07"}
    open_ = province.rows("select source_count from core.dossier_history where recorded_to = 'infinity'")
    assert open_ == [(2,)]


def test_the_ledger_of_core_tells_what_a_run_did(province: Province) -> None:
    batches = fill(province)
    province.reconcile()
    told = province.rows("select batches, records, dossiers, written from ops.core_run")
    assert told == [(len(batches), 4, 3, 3)]
    consumed = province.rows(
        "select consumer, count(*), sum(stored)::int from ops.batch_consumed group by 1 order by 1"
    )
    assert consumed == [("core", len(batches), 10), ("std", len(batches), 10)]

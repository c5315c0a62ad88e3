"""What a census finds, what it mends, and whom it leaves alone; sources whose lists are read whole for their keys."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import Unreachable
from hub.source import Shrink
from tests.census.conftest import Office
from tests.landing.memory import record

TWENTY = [record(n, at=n) for n in range(20)]


def counts(office: Office, source: str) -> tuple[int, int, int, int]:
    done = office.census(source)[source]
    return done.missing, done.differing, done.vanished, done.remaining


def test_what_agrees_is_counted_and_nothing_is_written(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    before = office.rows("select xmin::text, source_key from std.dossier_record order by 2")
    done = office.census()["a"]
    assert (done.outcome, done.source_count, done.hub_count, done.differences) == ("agrees", 20, 20, 0)
    assert office.rows("select xmin::text, source_key from std.dossier_record order by 2") == before
    assert office.column("select count(*) from ops.census_group") == [0]


def test_what_is_missing_is_read_again_without_moving_the_watermark(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    marks = office.watermarks()
    office.forget("a", *TWENTY[3:6])
    done = office.census()["a"]
    assert (done.outcome, done.missing, done.remaining) == ("mended", 3, 0)
    assert office.live("a") == {row.key for row in TWENTY}
    assert office.watermarks() == marks
    assert office.rows("select since, cursor_after from ops.pull order by pull_id desc limit 1") == [
        {"since": f"census {done.census_id}", "cursor_after": None}
    ]
    assert office.census()["a"].outcome == "agrees"


def test_where_it_differs_is_kept_by_group(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.forget("a", TWENTY[0])
    office.census()
    found = office.rows(
        "select agency, day, status, source_count, hub_count, missing, differing, vanished from ops.census_group"
    )
    assert [(row["source_count"] - row["hub_count"], row["missing"], row["vanished"]) for row in found] == [(1, 1, 0)]
    assert found[0]["day"] and found[0]["status"]


def test_a_version_that_never_came_is_read_again(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    late = record(4, at=5, GhiChu="đổi sau")  # a later version that lies before the watermark: no pull asks for it
    office.serve("a", *TWENTY[:4], late, *TWENTY[5:])
    assert counts(office, "a") == (0, 1, 0, 0)
    assert office.column("select version from std.dossier_record where source_key = %s", late.key) == [late.version]


def test_what_is_newer_than_the_watermark_is_left_to_the_next_pull(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.serve("a", *TWENTY[:-1], record(19, at=300), record(30, at=301))
    done = office.census()["a"]
    assert (done.outcome, done.ahead, done.differences) == ("agrees", 2, 0)
    assert office.live("a") == {row.key for row in TWENTY}


def test_a_record_in_quarantine_is_not_missing(office: Office) -> None:
    office.serve("a", *TWENTY, record(40, at=3, TrangThaiHoSo="77"))
    office.pull()
    done = office.census()["a"]
    assert (done.outcome, done.quarantined, done.missing) == ("agrees", 1, 0)


def test_what_vanished_keeps_its_last_image_and_goes_to_core(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.reconcile()
    image = office.rows("select * from std.dossier_record where source_key = %s", TWENTY[7].key)[0]
    office.serve("a", *TWENTY[:7], *TWENTY[8:])
    done = office.census()["a"]
    assert (done.outcome, done.vanished, done.buried) == ("mended", 1, 1)
    after = office.rows("select * from std.dossier_record where source_key = %s", TWENTY[7].key)[0]
    marked = {name for name in image if image[name] != after[name]}
    assert (marked, after["deletion"]) == ({"is_deleted", "deleted_at", "deletion"}, "vanished")
    assert office.reconcile().written == 1
    assert office.column("select dossier_no from core.dossier where is_deleted") == [TWENTY[7].key]
    assert office.reconcile().records == 0
    assert office.census()["a"].outcome == "agrees"


@pytest.mark.parametrize("at", [7, 2], ids=["as it was", "in an older version"])
def test_a_key_that_comes_back_is_revived(office: Office, at: int) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.serve("a", *TWENTY[:7], *TWENTY[8:])
    office.census()
    office.reconcile()
    office.serve("a", *TWENTY[:7], record(7, at=at), *TWENTY[8:])
    done = office.census()["a"]
    assert (done.outcome, done.revived, done.remaining) == ("mended", 1, 0)
    assert office.live("a") == {row.key for row in TWENTY}
    assert office.rows("select deletion, deleted_at from std.dossier_record where source_key = %s", TWENTY[7].key) == [
        {"deletion": None, "deleted_at": None}
    ]
    office.reconcile()
    assert office.column("select count(*) from core.dossier where is_deleted") == [0]


def test_std_made_again_from_raw_knows_what_is_gone(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.serve("a", *TWENTY[:7], *TWENTY[8:])
    office.census()
    with office.warehouse.begin() as connection:
        connection.execute("truncate std.dossier_record")
        connection.execute("delete from ops.batch_consumed")
    office.load()
    assert office.live("a") == {row.key for row in TWENTY} - {TWENTY[7].key}


def test_without_repair_nothing_changes(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.forget("a", TWENTY[0])
    office.serve("a", *TWENTY[:7], *TWENTY[8:])
    pulls = office.column("select count(*) from ops.pull")
    done = office.census(repair=False)["a"]
    assert (done.outcome, done.missing, done.vanished) == ("differs", 1, 1)
    assert office.column("select count(*) from ops.pull") == pulls
    assert office.live("a") == {row.key for row in TWENTY} - {TWENTY[0].key}


def test_a_source_that_fails_deletes_nothing_and_stops_nobody(office: Office) -> None:
    for name in ("a", "ill", "z"):
        office.serve(name, *TWENTY)
    office.pull()
    for name in ("a", "z"):
        office.forget(name, TWENTY[0])
    office.served["ill"].error, office.served["ill"].after = Unreachable("ill, dossier: gone", "wait"), 1
    done = office.census()
    assert {name: item.outcome for name, item in done.items()} == {"a": "mended", "ill": "failed", "z": "mended"}
    assert "gone" in done["ill"].message
    assert all(office.live(name) == {row.key for row in TWENTY} for name in office.served)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(ValueError("Lê Thị Bưởi"), "failed"), (Unreachable("a, dossier: no answer", ""), "failed")],
)
def test_errors_of_connecting_are_told_without_values(office: Office, error: Exception, outcome: str) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.served["a"].refusal = error
    done = office.census()["a"]
    assert done.outcome == outcome and "Bưởi" not in done.message
    assert office.column("select outcome from ops.census") == ["failed"]


def test_a_source_that_was_never_read_is_not_counted(office: Office) -> None:
    office.serve("a", *TWENTY)
    assert office.census()["a"].outcome == "skipped"


def test_quiet_hours_hold_unless_somebody_insists(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.pull()
    office.quiet = ["05:00-07:00"]
    assert office.census()["a"].outcome == "skipped"
    assert office.census(insist=True)["a"].outcome == "agrees"


def test_what_waits_in_raw_is_loaded_before_it_is_counted(office: Office) -> None:
    office.serve("a", *TWENTY)
    office.land()
    assert office.census()["a"].outcome == "agrees"


def test_no_value_of_a_person_stands_in_the_account(office: Office) -> None:
    office.serve("a", *(record(n, at=n, ChuHoSo="Lê Thị Bưởi", SoGiayToChuHoSo="038099001234") for n in range(20)))
    office.pull()
    office.forget("a", TWENTY[0])
    office.served["a"].streams["dossier"].pop()
    office.census()
    tables = ("census", "census_group", "census_key", "tombstone")
    told = [str(row) for table in tables for row in office.rows(f"select * from ops.{table}")]
    assert told and not [row for row in told if "Bưởi" in row or "038099001234" in row]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_after_a_census_std_holds_what_the_source_lists(office: Office, data: st.DataObject) -> None:
    """Whatever was lost here, and deleted, changed or brought back there, outside the guard."""
    office.shrink = Shrink(1.0, 100)
    name = f"s{len(office.served)}"
    office.serve(name, *TWENTY)
    office.pull(name)
    some = st.lists(st.sampled_from(TWENTY), max_size=20, unique_by=lambda row: row.key)
    for _ in range(2):
        office.forget(name, *data.draw(some))
        kept = data.draw(some.filter(bool))
        changed = [record(int(row.key[-4:]), at=data.draw(st.integers(0, 19))) for row in kept]
        office.serve(name, *changed)
        office.census(name)
        assert office.live(name) == {row.key for row in kept}

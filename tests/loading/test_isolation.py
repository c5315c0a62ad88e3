"""A load that cannot be finished leaves no trace and stops nobody; once its cause is gone it is done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub import loading_stream
from hub.standardise.records import Context, Raw, Result, standardise
from hub.warehouse import merge
from tests.landing.memory import Hall, Served, record

TABLES = ("std.dossier_record", "vault.dossier_record", "ops.batch_consumed", "ops.quarantine", "ops.drift")


def province(hall: Hall) -> None:
    for name in ("a", "b", "ill"):
        hall.serve(name, *(record(n, at=n, GhiChu=name) for n in range(9)), record(10, TrangThaiHoSo="77"))
    hall.land(workers=1 if "ill" in hall.served else 2)


def traces(hall: Hall) -> dict[str, int]:
    own = "batch_id in (select batch_id from ops.batch where source_id = 'ill')"
    conditions = {table: own if "batch_consumed" in table else "source_id = 'ill'" for table in TABLES}
    return {t: hall.column(f"select count(*) from {t} where {where}")[0] for t, where in conditions.items()}


def only_the_ill_one_failed(hall: Hall, error: str) -> None:
    done = hall.load()
    assert error in done["ill"].error
    assert (done["ill"].batches, done["ill"].stored) == (0, 0)
    assert {(done[name].error, done[name].new, done[name].quarantined) for name in "ab"} == {("", 9, 1)}
    assert set(traces(hall).values()) == {0}


def the_next_load_is_whole(hall: Hall) -> None:
    done = hall.load()
    assert set(done) == {"ill"}
    assert (done["ill"].error, done["ill"].new, done["ill"].quarantined) == ("", 9, 1)
    assert traces(hall) == dict(zip(TABLES, (9, 9, 1, 1, 1), strict=True))


@pytest.mark.parametrize("after", [0, 2])
def test_a_defect_in_standardising(hall: Hall, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    province(hall)
    calls: list[int] = []
    (ill,) = hall.column("select batch_id from ops.batch where source_id = 'ill'")

    def fails(raw: Raw, context: Context) -> Result:
        if ill in raw.batches:
            calls.append(1)
            if len(calls) > after:
                raise ValueError("Lê Thị Bưởi")
        return standardise(raw, context)

    with monkeypatch.context() as patched:
        patched.setattr(loading_stream, "PART", 3)
        patched.setattr(loading_stream, "MERGED_AT_ONCE", 3)
        patched.setattr(loading_stream, "standardise", fails)
        only_the_ill_one_failed(hall, "ValueError while standardising")
    the_next_load_is_whole(hall)


@pytest.mark.parametrize("step", ["decide", "merge", "merge_children", "keep_clear", "counts"])
def test_a_refusal_of_the_server_at_any_step(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    province(hall)
    real: Callable[..., Any] = getattr(merge, step)

    def fails(connection: Any, *rest: Any, **more: Any) -> Any:
        found = real(connection, *rest, **more)
        if "ill" in connection.execute("select array_agg(source_id) from pg_temp.staged_decided").fetchone()[0]:
            connection.execute("select 'Lê Thị Bưởi'::int")
        return found

    with monkeypatch.context() as patched, caplog.at_level(logging.DEBUG):
        patched.setattr(merge, step, fails)
        only_the_ill_one_failed(hall, "InvalidTextRepresentation")
        assert "Bưởi" not in caplog.text
    the_next_load_is_whole(hall)


@pytest.mark.parametrize("difference", [-1, 1])
def test_counts_that_do_not_add_up_roll_back(hall: Hall, monkeypatch: pytest.MonkeyPatch, difference: int) -> None:
    province(hall)
    real = merge.counts
    (ill,) = hall.column("select batch_id from ops.batch where source_id = 'ill'")

    def planted(connection: Any) -> dict[int, dict[str, int]]:
        found = real(connection)
        if ill in found:
            found[ill]["new"] += difference
        return found

    with monkeypatch.context() as patched:
        patched.setattr(merge, "counts", planted)
        only_the_ill_one_failed(hall, f"batch {ill} has 10 rows in raw and {10 + difference} accounted for")
    the_next_load_is_whole(hall)


def test_a_raw_file_that_is_missing_is_named_and_restored(hall: Hall) -> None:
    province(hall)
    hall.serve("alone", *(record(n, at=n) for n in range(3)))
    hall.land("alone")
    (name,) = hall.column("select raw_file from ops.batch where source_id = 'alone'")
    path = Path(hall.settings.raw_url) / name
    kept = path.read_bytes()
    path.write_bytes(kept[: len(kept) // 2])
    done = hall.load()
    assert name in done["alone"].error and "restore this file from the backup" in done["alone"].error
    assert [done[n].error for n in ("a", "b", "ill")] == [""] * 3
    path.write_bytes(kept)
    assert hall.load()["alone"].new == 3


def test_batches_of_a_stream_that_the_mapping_lost_stay_pending(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    hall.served["a"] = Served({"dossier": [record(1)], "step": [record(2, key="s")]})
    hall.land(streams=("dossier", "step"))
    assert hall.load()["a"].batches == 1
    assert "stay pending" in caplog.text
    assert hall.load(streams=("dossier", "step"))["a"].quarantined == 1


def test_nothing_pending_is_nothing_to_do(hall: Hall) -> None:
    hall.serve("a", record(1))
    assert hall.load() == {}
    hall.land()
    hall.load()
    assert hall.load() == {}

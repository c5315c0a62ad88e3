"""From staged rows to std: what is new, changed, unchanged, superseded; nothing is written for what is the same; cuts
and order change no row; many processes at once neither lose nor double anything."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub import ledger, loading, loading_stream
from hub.reconcile.core import reconcile
from hub.settings import load
from hub.warehouse import staging
from hub.warehouse.engine import Warehouse
from tests.databases import TemplateCopy
from tests.landing.memory import NOW, Hall, Record, record

ROOT = Path(__file__).parents[2]
STD = ("dossier", "fee", "document", "supplement", "rating")
FEES = [{"MaPhiLePhi": str(n), "Gia": str(n * 1000)} for n in range(3)]


@pytest.fixture
def hall(warehouse: Warehouse, tmp_path: Path) -> Hall:
    return Hall(warehouse, load({"HUB_HOME": str(tmp_path), "HUB_NOW": NOW}))


def take(hall: Hall, *records: Record) -> tuple[int, ...]:
    """Land and load; gives new, changed, unchanged, superseded, quarantined."""
    hall.serve("a", *records)
    hall.land(since="2022")
    done = hall.load().get("a")
    return tuple(getattr(done, name) for name in loading.CLASSES) if done else (0,) * 5


def again(hall: Hall) -> tuple[int, ...]:
    """Replay all batches."""
    with hall.warehouse.begin("loader") as connection:
        ledger.replay(connection, hall.column("select batch_id from ops.batch"))
    done = hall.load()["a"]
    return tuple(getattr(done, name) for name in loading.CLASSES)


def content(hall: Hall) -> dict[str, list[dict[str, Any]]]:
    """All std rows but for where and when they came from; of a child, also of which version of its parent."""
    origin, parent = {"batch_id", "raw_row", "recorded_at"}, {"version", "version_at"}
    return {
        kind: [
            {name: row[name] for name in row.keys() - origin - (set() if kind == "dossier" else parent)}
            for row in hall.rows(f"select * from std.{kind}_record order by source_id, source_key")
        ]
        for kind in STD
    }


def written(hall: Hall) -> tuple[int, ...]:
    """Rows inserted, updated and deleted so far in all std and vault tables, as the server counts them."""
    hall.column("select pg_stat_force_next_flush() from generate_series(1, 1)")
    return tuple(
        hall.column(
            "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int from pg_stat_user_tables"
            " where schemaname = %s",
            schema,
        )[0]
        for schema in ("std", "vault")
    )


def versions(hall: Hall) -> list[dict[str, Any]]:
    """The server's own mark of every row version."""
    return [
        row for kind in STD for row in hall.rows(f"select source_key, xmin::text, ctid::text from std.{kind}_record")
    ]


def test_new_changed_and_unchanged(hall: Hall) -> None:
    assert take(hall, record(1), record(2)) == (2, 0, 0, 0, 0)
    assert take(hall, record(1), record(2, at=1, GhiChu="khác"), record(3)) == (1, 1, 0, 0, 0)
    found = hall.rows("select source_key, version from std.dossier_record order by 1")
    assert [row["version"][-2:] for row in found] == ["00", "01", "00"]


def test_what_is_the_same_is_not_written_at_all(hall: Hall) -> None:
    take(hall, *(record(n, DanhSachLePhi=FEES, GhiChu="x") for n in range(20)))
    before, counted = versions(hall), written(hall)
    assert again(hall) == (0, 0, 20, 0, 0)
    assert versions(hall) == before
    assert written(hall) == counted


def test_an_older_version_that_comes_later_is_superseded(hall: Hall) -> None:
    take(hall, record(1, at=9, DanhSachLePhi=FEES))
    before = versions(hall)
    assert take(hall, record(1, at=5, DanhSachLePhi=FEES[:1])) == (0, 0, 0, 1, 0)
    assert versions(hall) == before


def test_of_several_versions_in_one_load_the_latest_stays(hall: Hall) -> None:
    given = [record(1, at=at, DanhSachLePhi=FEES[: at % 4]) for at in (3, 9, 1, 9, 5)]
    assert take(hall, *given, record(2)) == (2, 0, 1, 3, 0)
    assert hall.column("select version from std.dossier_record order by source_key") == [
        record(1, at=9).version,
        record(2).version,
    ]
    assert hall.column("select fee_code from std.fee_record") == ["0"]


def test_seen_again_later_outweighs_what_was_seen_between(hall: Hall) -> None:
    here, there = record(1, GhiChu="đây"), record(1, GhiChu="kia")
    for given in (here, there, here):
        take(hall, given)
    with hall.warehouse.begin("loader") as connection:
        ledger.replay(connection, hall.column("select batch_id from ops.batch order by 1")[1:2])
    done = hall.load()["a"]
    assert (done.changed, done.superseded) == (0, 1)
    (left,) = hall.rows("select batch_id, recorded_at from std.dossier_record")
    (last,) = hall.rows("select batch_id, recorded_at from ops.batch order by batch_id desc limit 1")
    assert left == last


def test_children_follow_their_parent(hall: Hall) -> None:
    take(hall, record(1, DanhSachLePhi=FEES), record(2, DanhSachLePhi=FEES))
    other = {row["source_key"]: row for row in hall.rows("select *, xmin::text from std.fee_record")}
    changed = [FEES[1] | {"Gia": "7"}, FEES[2], {"MaPhiLePhi": "9", "Gia": "9"}]  # 0 gone, 1 changed, 2 same, 9 added
    assert take(hall, record(1, at=1, DanhSachLePhi=changed)) == (0, 1, 0, 0, 0)
    fees = {row["source_key"]: row for row in hall.rows("select *, xmin::text from std.fee_record")}
    key = record(1).key
    mine = {name.rpartition("|")[2]: row for name, row in fees.items() if row["parent_key"] == key}
    assert {name: row["amount"] for name, row in mine.items()} == {"1": 7, "2": 2000, "9": 9}
    same = [name for name, row in other.items() if fees.get(name, {}).get("xmin") == row["xmin"]]
    assert sorted(name.rpartition("|")[2] for name in same) == ["0", "1", "2", "2"]
    assert take(hall, record(1, at=2)) == (0, 1, 0, 0, 0)
    assert set(hall.column("select parent_key from std.fee_record")) == {record(2).key}


def history() -> list[Record]:
    """Forty records in up to four versions each, some listed twice, some bad, with changing children."""
    rng = random.Random(7)
    rows = [
        record(n, at=at, DanhSachLePhi=rng.sample(FEES, rng.randrange(4)), GhiChu=f"lần {at}")
        for n in range(40)
        for at in rng.sample(range(60), rng.randrange(1, 5))
    ]
    rows += rng.sample(rows, 10) + [record(n, at=99, TrangThaiHoSo="77") for n in range(0, 40, 9)]
    rng.shuffle(rows)
    return rows


@pytest.mark.parametrize(("part", "merged"), [(7, 7), (7, 20), (1000, 1000)])
def test_cuts_and_order_change_no_row(
    hall: Hall, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, part: int, merged: int
) -> None:
    monkeypatch.setattr(loading_stream, "PART", part)
    monkeypatch.setattr(loading_stream, "MERGED_AT_ONCE", merged)
    rows = history()
    assert sum(take(hall, *rows)) == len(rows)
    found = content(hall)
    latest = {row.key: max(r.version for r in rows if r.key == row.key and b'"77"' not in r.payload) for row in rows}
    assert {row["source_key"]: row["version"] for row in found["dossier"]} == latest
    with warehouse.begin() as connection:
        connection.execute("truncate std.dossier_record, std.fee_record, ops.batch, ops.batch_consumed, ops.pull")
    for start in range(0, len(rows), 23):
        take(hall, *rows[::-1][start : start + 23])
    assert content(hall) == found


def test_staging_is_the_connections_own(warehouse: Warehouse) -> None:
    columns = [sa.Column("n", sa.Integer)]
    with warehouse.begin("loader") as one, warehouse.begin("loader") as other:
        for number, connection in enumerate((one, other)):
            name = staging.prepare(connection, "own", columns)
            assert staging.copy(connection, name, ["n"], b"%d\n" % number) == 1
        assert [c.execute(f"select n from {name}".encode()).fetchall() for c in (one, other)] == [[(0,)], [(1,)]]
        staging.empty(one, [name])
        assert [c.execute(f"select n from {name}".encode()).fetchall() for c in (one, other)] == [[], [(1,)]]
        staging.empty(other, [name])
    with pytest.raises(ZeroDivisionError), warehouse.begin("loader") as connection:
        staging.copy(connection, staging.prepare(connection, "own", columns), ["n"], b"7\n")
        raise ZeroDivisionError
    with warehouse.begin("loader") as one, warehouse.begin("loader") as other:
        for connection in (one, other):
            name = staging.prepare(connection, "own", columns)
            assert connection.execute(f"select count(*) from {name}".encode()).fetchone() == (0,)


def test_no_table_of_the_warehouse_is_unlogged(hall: Hall) -> None:
    """A rolled back load and a crash right after it would leave a server that cannot recover."""
    take(hall, record(1, DanhSachLePhi=FEES, GhiChu="x"))
    reconcile(hall.warehouse, hall.settings.now())
    assert hall.column("select relname from pg_class where relpersistence = 'u'") == []
    assert hall.column("select count(*) > 10 from pg_class where relpersistence = 't' and relkind = 'r'") == [True]


def _load_elsewhere(url: str, home: Path, names: Sequence[str], ready: Any, told: Any) -> None:
    """Another process that loads these sources as soon as all are ready."""
    hall = Hall(TemplateCopy(url), load({"HUB_HOME": str(home), "HUB_NOW": NOW}))
    with hall.warehouse.begin() as connection:
        connection.execute("select 1")
    ready.wait(60)
    done = hall.load(*names)
    told.put({name: (item.error, item.new, item.unchanged) for name, item in done.items()})
    hall.warehouse.close()


def at_once(hall: Hall, tasks: Sequence[Sequence[str]]) -> list[dict[str, tuple[str, int, int]]]:
    """Load in as many processes as there are tasks, all at the same moment."""
    context = multiprocessing.get_context("forkserver")  # imports once; a plain fork would copy polars' threads
    context.set_forkserver_preload(["tests.landing.memory"])
    ready, told = context.Barrier(len(tasks)), context.Queue()
    arguments = [(hall.warehouse.url, hall.settings.home, names, ready, told) for names in tasks]
    processes = [context.Process(target=_load_elsewhere, args=each) for each in arguments]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(ROOT))  # else it cannot import ahead
        for process in processes:
            process.start()
    found = [told.get(timeout=90) for _ in processes]
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0] * len(tasks)
    return found


def test_eight_processes_fill_the_same_tables(hall: Hall) -> None:
    names = [f"district-{n}" for n in range(8)]
    for turn in range(3):
        for name in names:
            hall.serve(name, *(record(turn * 30 + n, at=turn, DanhSachLePhi=FEES, GhiChu=name) for n in range(30)))
        hall.land(since="2022")
        found = at_once(hall, [[name] for name in names])
        assert {name: item for each in found for name, item in each.items()} == dict.fromkeys(names, ("", 30, 0))
        rows = hall.rows("select source_id, count(*) from std.dossier_record group by 1")
        assert {row["source_id"]: row["count"] for row in rows} == dict.fromkeys(names, 30 * (turn + 1))
    assert hall.column("select count(*) from std.fee_record") == [8 * 90 * 3]
    assert hall.column("select count(*) from vault.dossier_record") == [8 * 90]
    assert hall.column("select deadlocks::int from pg_stat_database where datname = current_database()") == [0]


def test_two_processes_load_one_source_once(hall: Hall) -> None:
    hall.serve("a", *(record(n, DanhSachLePhi=FEES) for n in range(200)))
    hall.land()
    found = at_once(hall, [["a"], ["a"]])
    assert sorted(item[1] for each in found for item in each.values()) in ([0, 200], [200])
    assert hall.column("select count(*) from std.dossier_record") == [200]
    assert hall.column("select new::int from ops.batch_consumed") == [200]

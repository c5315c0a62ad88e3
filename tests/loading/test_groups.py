"""Sources of one mapping are loaded together, and it makes no difference to any of them."""

from __future__ import annotations

from typing import Any

import pytest

from hub import loading
from hub.loading import grouped
from tests.landing.memory import Hall, record

STD = """
    select source_id, source_key, version, raw_row, dossier_no, status, flags, receiving_agency_code
    from std.dossier_record
    order by 1, 2
"""
DRIFT = "select source_id, kind, path, value, count from ops.drift order by 1, 2, 3, 4"
CONSUMED = """
    select b.source_id, c.stored, c.new, c.unchanged, c.superseded, c.quarantined
    from ops.batch_consumed c join ops.batch b using (batch_id) order by 1
"""
HELD = "select source_id, source_key, raw_row, reason_code, agency_code from ops.quarantine order by 1, 2"
CLEAR = "select source_id, count(*) from vault.dossier_record group by 1 order by 1"


def test_small_sources_of_a_mapping_share_a_group(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "GROUP_ROWS", 10)
    monkeypatch.setattr(loading, "GROUP_SOURCES", 3)
    rows = {"a": 4, "b": 6, "c": 1, "big": 50, "d": 1, "e": 1, "f": 1}
    groups = grouped([hall.source(name) for name in rows], rows)
    assert [[source.source_id for source in group] for group in groups] == [["a", "b"], ["c"], ["big"], ["d", "e", "f"]]


def test_no_group_holds_two_mappings(hall: Hall) -> None:
    steps = hall.source("b", ("dossier", "step"))
    groups = grouped([hall.source("a"), steps, hall.source("c")], {"a": 1, "b": 1, "c": 1})
    assert [[source.source_id for source in group] for group in groups] == [["a", "c"], ["b"]]


def province(hall: Hall) -> None:
    """Equal keys in every source, a record that one source alone cannot explain, a field that only one has."""
    hall.serve("a", record(1, at=1), record(2, at=2, Moi="x"), record(2, at=3))
    hall.serve("b", record(1, at=5, LoaiDoiTuong="7"), record(9, TrangThaiHoSo="77"))
    hall.serve("c", record(1, at=5), record(3, MaTTHC="9.999999"), record(3, MaTTHC="9.999999"))
    hall.land(workers=1)


def content(hall: Hall) -> list[list[dict[str, Any]]]:
    return [hall.rows(query) for query in (STD, DRIFT, CONSUMED, HELD, CLEAR)]


def test_together_or_alone_the_content_is_the_same(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    province(hall)
    hall.load()
    together = content(hall)
    assert [len(rows) for rows in together] == [5, 4, 3, 1, 3]
    with hall.warehouse.begin() as connection:
        connection.execute("truncate std.dossier_record, ops.drift, ops.batch_consumed, ops.quarantine cascade")
        connection.execute("truncate vault.dossier_record cascade")
    monkeypatch.setattr(loading, "GROUP_SOURCES", 1)
    hall.load()
    assert content(hall) == together


def test_a_change_in_one_source_touches_no_other(hall: Hall) -> None:
    fees = [{"MaLePhi": "1", "Gia": 5}, {"MaLePhi": "2", "Gia": 6}]
    for name in "ab":
        hall.serve(name, record(1, at=1, DanhSachLePhi=fees))
    hall.land()
    hall.load()
    for name, fewer in (("a", fees[:1]), ("b", fees)):
        hall.serve(name, record(1, at=2 if name == "a" else 1, DanhSachLePhi=fewer))
    hall.land()
    done = hall.load()
    assert done["a"].changed == 1
    assert [row["source_id"] for row in hall.rows("select source_id from std.fee_record order by 1")] == ["a", "b", "b"]

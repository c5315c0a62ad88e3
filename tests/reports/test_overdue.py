"""The list of overdue dossiers: what is in it, that it agrees with form II.06a, and the workbook read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from openpyxl import load_workbook

from hub.errors import HubError
from hub.reports import ii06a
from hub.reports.overdue import draw
from hub.reports.overdue_form import write_xlsx
from tests.mart.rows import DEPARTMENT, at, clocks, put, refresh

FROM, TO = date(2022, 6, 15), date(2022, 9, 14)
OPEN = {"received_at": "2022-06-20", "due_at": "2022-08-01 17:00", "status": 4}
DONE = OPEN | {"status": 9}


def fill(connection: psycopg.Connection[Any]) -> None:
    clocks(connection)
    put(connection, 1, **DONE | {"finished_at": "2022-08-03 08:00", "dossier_no": "=1+1"})
    put(connection, 2, **DONE | {"finished_at": "2022-07-20 08:00"})
    put(connection, 3, **OPEN | {"receiving_agency_id": DEPARTMENT})
    put(
        connection, 4, **DONE | {"due_at": "2022-06-10 17:00", "received_at": "2022-06-01", "finished_at": "2022-06-14"}
    )
    put(connection, 5, **DONE | {"finished_at": "2022-09-15 08:00"})
    put(connection, 6, **OPEN | {"received_at": "2022-09-15", "due_at": "2022-09-13 17:00"})
    put(connection, 7, **DONE | {"finished_at": "2022-08-01 17:30"})
    refresh(connection)


def test_late_in_the_period_and_late_at_its_end(core: psycopg.Connection[Any]) -> None:
    fill(core)
    report = draw(core, FROM, TO)
    found = {(row.agency_name, row.outcome, row.late_minutes) for row in report.rows}
    days = 480
    assert found == {
        ("UBND xã Tam Chung", "overdue", 2 * days),
        ("Sở Tư pháp", "overdue_open", 30 * days),  # 44 days, twelve of them weekends, two of them holidays
        ("UBND xã Tam Chung", "overdue_open", 30 * days),
    }
    total = ii06a.draw(core, FROM, TO).total
    outcomes = [row.outcome for row in report.rows]
    assert (outcomes.count("overdue"), outcomes.count("overdue_open")) == (total.resolved_overdue, total.open_overdue)
    # to the second one more is late, by half an hour that nobody works
    nation = draw(core, FROM, TO, rule_id="qd766_dvcqg_v1")
    assert len(nation.rows) == len(report.rows) + 1
    assert 0 in {row.late_minutes for row in nation.rows}


def test_as_of_and_as_recorded(core: psycopg.Connection[Any]) -> None:
    fill(core)
    assert len(draw(core, FROM, TO, as_of=date(2022, 7, 31)).rows) == 0
    assert len(draw(core, FROM, TO, as_recorded=at("2022-09-30")).rows) == 0
    assert len(draw(core, FROM, TO, as_recorded=at("2022-10-02")).rows) == 3


def test_what_cannot_be_drawn(core: psycopg.Connection[Any]) -> None:
    with pytest.raises(HubError, match="before it begins"):
        draw(core, TO, FROM)
    with pytest.raises(HubError, match="no overdue rule 'x'"):
        draw(core, FROM, TO, rule_id="x")


def test_the_workbook(core: psycopg.Connection[Any], tmp_path: Path) -> None:
    fill(core)
    path = tmp_path / "overdue.xlsx"
    write_xlsx(draw(core, FROM, TO), path)
    book = load_workbook(path)
    assert book.sheetnames == ["Hồ sơ quá hạn", "Theo cơ quan"]
    rows = list(book["Hồ sơ quá hạn"].iter_rows(min_row=4, values_only=True))
    assert rows[0][:4] == ("TT", "Mã hồ sơ", "Mã cơ quan", "Cơ quan tiếp nhận")
    done = next(row for row in rows if row[6] == "Quá hạn")
    assert done[1] == "=1+1"
    assert done[7:11] == ("17:00:00 ngày 01/08/2022", "08:00:00 ngày 03/08/2022", 960, "Kết thúc xử lý")
    counts = [row[2:] for row in book["Theo cơ quan"].iter_rows(min_row=3, values_only=True)]
    assert counts == [("Sở Tư pháp", 0, 1), ("UBND xã Tam Chung", 1, 1), ("Tổng số", 1, 2)]

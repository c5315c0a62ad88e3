"""Over invented dirty dossiers: the identities of form II.06a hold, and SQL agrees with a plain reading of the rule.

The reading below is written from the rule, dossier by dossier in Python; it shares no line with the SQL.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mart.rows import COMMUNE, DEPARTMENT, DISTRICT, ZONE, put, refresh

RECORDED = datetime(2022, 7, 20, 9, tzinfo=ZONE)
NUMBER_DAY = date(2022, 7, 3)
days = st.dates(date(2022, 6, 25), date(2022, 7, 15))
moments = st.datetimes(datetime(2022, 6, 25), datetime(2022, 7, 15)).map(
    lambda d: d.replace(microsecond=0, tzinfo=ZONE)
)
maybe = st.none() | moments
dossiers = st.fixed_dictionaries(
    {
        "status": st.none() | st.integers(1, 10),
        "receiving_agency_id": st.sampled_from([None, DEPARTMENT, DISTRICT, COMMUNE]),
        "procedure_code": st.sampled_from(["1.010001", "1.010002", None]),
        "channel": st.sampled_from([None, 1, 2, 3]),
        "is_deleted": st.sampled_from([False, False, False, True]),
        "dossier_no": st.sampled_from([None, "123/2022", f"000.01.31.H56-{NUMBER_DAY:%y%m%d}-0001"]),
        "stop": st.none() | st.tuples(moments, st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=9))),
        **dict.fromkeys(
            ("received_at", "submitted_at", "due_at", "finished_at", "returned_at", "withdrawn_at", "closed_step_at"),
            maybe,
        ),
    }
)


def local(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(ZONE).date()


def receipt(d: dict[str, Any]) -> date | None:
    if d["received_at"]:
        return local(d["received_at"])
    later = [d[k] for k in ("finished_at", "returned_at", "withdrawn_at", "closed_step_at") if d[k]]
    if d["submitted_at"] and ((d["status"] or 0) > 3 or d["stop"] or any(t > d["submitted_at"] for t in later)):
        return local(d["submitted_at"])
    return NUMBER_DAY if (d["dossier_no"] or "").startswith("000") else None


def finish(d: dict[str, Any], received: date) -> date | None:
    if d["status"] == 7:
        order = ("finished_at", "withdrawn_at", "returned_at", "closed_step_at")
    elif d["status"] in (9, 10):
        order = ("finished_at", "returned_at", "closed_step_at")
    else:
        return None
    found = local(next((d[k] for k in order if d[k]), RECORDED))
    assert found is not None
    return max(found, received)


def columns(d: dict[str, Any], first: date, last: date, as_of: date) -> tuple[int, int] | None:
    """The column of receipt and the column of result, or None when the form does not count the dossier."""
    received = receipt(d)
    if d["is_deleted"] or d["status"] in (1, 3) or received is None or received > min(last, as_of):
        return None
    finished = finish(d, received)
    if finished is not None and finished > as_of:
        finished = None
    if finished is not None and finished < first:
        return None
    came = 6 if received < first else 4 if d["channel"] == 2 else 5
    due = local(d["due_at"])
    if finished is not None:
        on_time = d["status"] == 7 or due is None or finished == due
        return came, 9 if on_time else 8 if due and finished < due else 10
    end_of_day = datetime.combine(as_of, time.max, ZONE)
    start, length = d["stop"] or (None, timedelta(0))
    waiting = start is not None and start <= end_of_day and (length is None or end_of_day < start + length)
    waiting |= d["status"] in (5, 6, 8) and length is not None  # waits now, since an unknown moment
    return came, 13 if due and due < as_of and not waiting else 12


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    invented=st.lists(dossiers, min_size=5, max_size=25),
    first=days,
    length=st.integers(0, 10),
    shift=st.integers(-6, 6),
)
def test_form_ii06a(
    core: psycopg.Connection[Any], invented: list[dict[str, Any]], first: date, length: int, shift: int
) -> None:
    last = first + timedelta(days=length)
    as_of = last + timedelta(days=shift)
    expected: dict[tuple[int, str], Counter[int]] = {}
    with core.transaction(force_rollback=True):
        for number, dossier in enumerate(invented):
            start, span = dossier["stop"] or (None, None)
            stops = f"{{[{start},{'' if span is None else start + span})}}" if start else "{}"
            put(core, number, "2022-07-20 09:00", **{k: v for k, v in dossier.items() if k != "stop"}, stops=stops)
            if counted := columns(dossier, first, last, as_of):
                field = {"1.010001": "Đất đai", "1.010002": "Hộ tịch", None: "Chưa xác định"}[dossier["procedure_code"]]
                expected.setdefault((dossier["receiving_agency_id"] or 0, field), Counter()).update(counted)
        refresh(core)
        rows = core.execute(
            "select don_vi_id, linh_vuc, tiep_nhan_truc_tuyen, tiep_nhan_truc_tiep_buu_chinh, tu_ky_truoc, "
            "truoc_han, dung_han, qua_han, trong_han, qua_han_chua_xong, "
            "tiep_nhan_tong, da_giai_quyet_tong, dang_giai_quyet_tong from bi.ii06a(%s, %s, %s)",
            (first, last, as_of),
        ).fetchall()
    assert {row[:2]: row[2:10] for row in rows} == {
        key: tuple(counts[column] for column in (4, 5, 6, 8, 9, 10, 12, 13)) for key, counts in expected.items()
    }
    for _, _, c4, c5, c6, c8, c9, c10, c12, c13, c3, c7, c11 in rows:
        assert (c3, c7, c11, c3) == (c4 + c5 + c6, c8 + c9 + c10, c12 + c13, c7 + c11)

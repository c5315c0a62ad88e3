"""Form II.06a/VPCP/KSTT (TT 01/2020/TT-VPCP): "Tình hình, kết quả giải quyết TTHC".

Here: drawing the form for the province or one agency, its identities, JSON, and the snapshot that keeps an issued
form. Not here: what is counted (`bi.ii06a`), how the sheet looks (`form.py`).
A form is always drawn as of a recorded moment, the newest one unless told, so that its two queries see the same
versions and the same form can be drawn again later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import psycopg
from psycopg.rows import class_row

from hub.collation import sort_key
from hub.errors import HubError
from hub.rules.periods import MONTHS, PeriodKind, period

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RULE_ID = "ii06a_td_v1"
NATIONAL_RECIPIENT = "Văn phòng Chính phủ"
PROVINCIAL_RECIPIENT = "Văn phòng UBND tỉnh"
Structure = Literal["then", "today"]
_CO_CAU: dict[Structure, str] = {"then": "khi_do", "today": "hien_nay"}
# The form groups fields by the level that settles them; a branch of a department is provincial.
SECTIONS = {
    "Cấp tỉnh": ("province", "department", "branch"),
    "Cấp huyện": ("district",),
    "Cấp xã": ("commune",),
    "Cơ quan chưa xác định": ("unknown",),
}
_PERIOD_NAMES = {
    "month": "Tháng {n} năm {year}",
    "quarter": "Quý {n} năm {year}",
    "six_months": "6 tháng đầu năm {year}",
    "nine_months": "9 tháng đầu năm {year}",
    "year": "Năm {year}",
}


@dataclass(frozen=True)
class Figures:
    """Columns 3 to 13 of the form, in its order; numbers of dossiers."""

    intake_total: int = 0
    received_online: int = 0
    received_direct_postal: int = 0
    carried_over: int = 0
    resolved_total: int = 0
    resolved_early: int = 0
    resolved_on_time: int = 0
    resolved_overdue: int = 0
    open_total: int = 0
    open_within_due: int = 0
    open_overdue: int = 0


@dataclass(frozen=True)
class Line(Figures):
    """What one agency (as it stood in its time) counts in one field; the form adds these up."""

    agency_code: str = ""
    agency_name: str = ""
    level: str = ""
    field_name: str = ""


@dataclass(frozen=True)
class Row:
    """A printed row: a level (`is_section`) with the sum of its fields, or a field within the level above it."""

    no: str
    label: str
    is_section: bool
    figures: Figures


@dataclass(frozen=True)
class Repair:
    """How many counted dossiers of an agency were judged by another time than the source's finish or receipt."""

    agency_code: str
    agency_name: str
    what: str
    basis: str
    dossiers: int


@dataclass(frozen=True)
class Report:
    """A drawn form. Dates are local and inclusive; `as_recorded` is the recorded moment that it can be drawn again by.

    `data_cutoff`: the newest recorded change that the figures know; None while the mart is empty. `structure`: then
    counts at the agency that received, today at the one that stands for it now; `approximate` dossiers were shared out
    to a default successor, or stay with a dissolved agency, because no record tells who took them over.
    """

    rule_id: str
    period_name: str
    period_kind: str
    period_from: date
    period_to: date
    as_of: date
    as_recorded: datetime | None
    data_cutoff: datetime | None
    drawn_at: datetime
    structure: Structure
    approximate: int
    agency_code: str | None
    reporter: str
    recipient: str
    rows: tuple[Row, ...]
    total: Figures
    lines: tuple[Line, ...]
    repairs: tuple[Repair, ...]


_LINES = """
    select tiep_nhan_tong as intake_total, tiep_nhan_truc_tuyen as received_online,
           tiep_nhan_truc_tiep_buu_chinh as received_direct_postal, tu_ky_truoc as carried_over,
           da_giai_quyet_tong as resolved_total, truoc_han as resolved_early, dung_han as resolved_on_time,
           qua_han as resolved_overdue, dang_giai_quyet_tong as open_total, trong_han as open_within_due,
           qua_han_chua_xong as open_overdue,
           ma_don_vi as agency_code, ten_don_vi as agency_name, cap_don_vi as level, linh_vuc as field_name
    from bi.ii06a(%(from)s, %(to)s, %(as_of)s, %(as_recorded)s, %(structure)s)
    where %(agency)s::text is null or ma_don_vi = %(agency)s
    order by ma_don_vi, ten_don_vi, linh_vuc"""
_REPAIRS = """
    select ma_don_vi as agency_code, ten_don_vi as agency_name, muc as what, can_cu as basis, so_ho_so as dossiers
    from bi.ii06a_hieu_chinh(%(from)s, %(to)s, %(as_of)s, %(as_recorded)s, %(structure)s)
    where %(agency)s::text is null or ma_don_vi = %(agency)s
    order by ma_don_vi, ten_don_vi, muc, can_cu"""
_APPROXIMATE = """
    select count(*) from bi.ii06a_ho_so(%(from)s, %(to)s, %(as_of)s, %(as_recorded)s, %(structure)s) h
    join mart.agency a on a.agency_id = h.don_vi_id
    where quy_doi in ('mac_dinh', 'khong_ro') and (%(agency)s::text is null or a.agency_code = %(agency)s)"""
# A rule recorded after the newest dossier belongs to today's figures too; -infinity is not a moment of recording.
_RECORDED = """
    select max(recorded_from) filter (where is_dossier), max(recorded_from), now()
    from (select max(recorded_from) as recorded_from, true as is_dossier from mart.dossier_version
          where recorded_from <= coalesce(%(as_recorded)s, 'infinity'::timestamptz)
          union all
          select max(recorded_from), false from mart.rule where recorded_from > '-infinity') r"""
_REPORTER = """
    select name from mart.agency
    where case when %(agency)s::text is null then level = 'province' else agency_code = %(agency)s end
    order by valid_from <= %(to)s desc, valid_from desc
    limit 1"""


def draw(
    connection: psycopg.Connection[Any],
    from_: date,
    to: date,
    as_of: date | None = None,
    as_recorded: datetime | None = None,
    agency: str | None = None,
    period_kind: PeriodKind = "vpcp",
    structure: Structure = "then",
) -> Report:
    """Draw the form for dossiers received or carried over between `from_` and `to`, both included.

    `as_of`: the day on which results are judged, `to` by default. `as_recorded`: what the warehouse had recorded by
    then (a time without a zone is local), everything by default. `agency`: the code of one receiving agency, without
    those below it; the whole province by default. `period_kind` names the period: vpcp or calendar. `structure`: count
    at the agencies of then, or at those that stand for them today. Needs SELECT on bi and mart alone. Raises HubError:
    a period that ends before it begins, an agency that is not in the warehouse, an identity of the form that does not
    hold (with the agency and field).
    """
    if from_ > to:
        raise HubError(f"the period {from_} to {to} ends before it begins", hint="swap --from and --to")
    if as_recorded is not None and as_recorded.tzinfo is None:
        as_recorded = as_recorded.replace(tzinfo=ZONE)
    as_of = as_of or to
    cutoff, newest, drawn_at = connection.execute(_RECORDED, {"as_recorded": as_recorded}).fetchall()[0]
    as_recorded = as_recorded or newest
    asked = {"from": from_, "to": to, "as_of": as_of, "as_recorded": as_recorded, "agency": agency}
    asked["structure"] = _CO_CAU[structure]
    reporter = connection.execute(_REPORTER, asked).fetchone()
    if reporter is None and agency is not None:
        raise HubError(f"agency {agency!r} is not in the warehouse", hint="see its code in bi.don_vi (ma_don_vi)")
    with connection.cursor(row_factory=class_row(Line)) as cursor:
        lines = tuple(cursor.execute(_LINES, asked).fetchall())
    with connection.cursor(row_factory=class_row(Repair)) as cursor:
        repairs = tuple(cursor.execute(_REPAIRS, asked).fetchall())
    for line in lines:
        check_identities(line)
    approximate = 0 if structure == "then" else connection.execute(_APPROXIMATE, asked).fetchall()[0][0]
    return Report(
        rule_id=RULE_ID,
        period_name=name_period(from_, to, period_kind),
        period_kind=period_kind,
        period_from=from_,
        period_to=to,
        as_of=as_of,
        as_recorded=as_recorded,
        data_cutoff=cutoff,
        drawn_at=drawn_at,
        structure=structure,
        approximate=approximate,
        agency_code=agency,
        reporter=reporter[0] if reporter else "",
        recipient=NATIONAL_RECIPIENT if agency is None else PROVINCIAL_RECIPIENT,
        rows=tuple(_rows(lines)),
        total=_sum(lines),
        lines=lines,
        repairs=repairs,
    )


def check_identities(line: Line) -> None:
    """3 = 4 + 5 + 6, 7 = 8 + 9 + 10, 11 = 12 + 13, 3 = 7 + 11; raises HubError naming agency, field and identity."""
    for name, left, right in (
        ("3 = 4 + 5 + 6", line.intake_total, line.received_online + line.received_direct_postal + line.carried_over),
        ("7 = 8 + 9 + 10", line.resolved_total, line.resolved_early + line.resolved_on_time + line.resolved_overdue),
        ("11 = 12 + 13", line.open_total, line.open_within_due + line.open_overdue),
        ("3 = 7 + 11", line.intake_total, line.resolved_total + line.open_total),
    ):
        if left != right:
            raise HubError(
                f"II.06a of {line.agency_code} {line.agency_name}, field {line.field_name!r}: columns {name} "
                f"do not hold ({left} against {right})",
                hint="do not issue it; list its dossiers with bi.ii06a_ho_so and report this to the hub's maintainers",
            )


def name_period(from_: date, to: date, period_kind: PeriodKind) -> str:
    """The Vietnamese name of a report period, or "Từ … đến …" when the dates are no period of this kind."""
    for kind, months in MONTHS.items():
        for n in range(1, 12 // months + 1 if months <= 3 else 2):
            if period(kind, to.year, n, period_kind) == (from_, to):
                return _PERIOD_NAMES[kind].format(n=n, year=to.year)
    return f"Từ {from_:%d/%m/%Y} đến {to:%d/%m/%Y}"


def to_json(report: Report) -> str:
    """The whole report as JSON: header, printed rows, the lines they add up, repairs; times in ISO 8601."""
    return msgspec.json.encode(report).decode()


def snapshot(connection: psycopg.Connection[Any], report: Report) -> int:
    """Keep an issued report in ops.report_snapshot; returns its number. The caller commits. Needs INSERT on ops."""
    whole = msgspec.to_builtins(report)
    content = {key: whole.pop(key) for key in ("rows", "total", "lines", "repairs")}
    row = connection.execute(
        "insert into ops.report_snapshot (report, parameters, content, drawn_at) "
        "values ('ii06a', %s::jsonb, %s::jsonb, %s) returning snapshot_id",
        (msgspec.json.encode(whole).decode(), msgspec.json.encode(content).decode(), report.drawn_at),
    ).fetchall()[0]
    return int(row[0])


def _sum(figures: Iterable[Figures]) -> Figures:
    every = attrgetter(*(field.name for field in fields(Figures)))
    return Figures(*map(sum, zip(*map(every, figures), strict=True)))


def _rows(lines: Sequence[Line]) -> Iterable[Row]:
    """Levels in the order of the form, each with its fields in Vietnamese order; empty levels are left out."""
    numerals = iter(("I", "II", "III", "IV"))
    for label, levels in SECTIONS.items():
        inside = [line for line in lines if line.level in levels]
        if not inside:
            continue
        yield Row(next(numerals), label, True, _sum(inside))
        names = sorted({line.field_name for line in inside}, key=sort_key)
        for no, name in enumerate(names, start=1):
            yield Row(str(no), name, False, _sum(line for line in inside if line.field_name == name))

"""`hub report`: official forms, on the terminal or as the file that is sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.opening import aware, opened
from hub.cli.output import JsonOption, say, show_json, show_table
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.reports.ii06a import Report
    from hub.reports.overdue import Overdue

app = typer.Typer(no_args_is_help=True, help="Official forms, as of any day and as recorded at any moment.")
_DAYS = ["%Y-%m-%d"]
_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%z"]


class Period(StrEnum):
    """By which calendar a period is named: a month of VPCP runs from the 15th to the 14th."""

    VPCP = "vpcp"
    CALENDAR = "calendar"


class StructureOf(StrEnum):
    """At which agencies dossiers count: those that received them, or those that stand for them today."""

    THEN = "then"
    TODAY = "today"


@app.callback()
def _group() -> None:
    """A group even while it has one form."""


@app.command("ii06a")
def ii06a(
    from_: Annotated[datetime, typer.Option("--from", formats=_DAYS, help="First day of the period.")],
    to: Annotated[datetime, typer.Option("--to", formats=_DAYS, help="Last day of the period.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="Judge results as of this day; --to by default.")
    ] = None,
    as_recorded: Annotated[
        datetime | None, typer.Option(formats=_MOMENTS, help="As the warehouse had it then; everything by default.")
    ] = None,
    agency: Annotated[str | None, typer.Option(help="One receiving agency by code; the province by default.")] = None,
    period_kind: Annotated[Period, typer.Option(help="By which calendar the period is named.")] = Period.VPCP,
    structure: Annotated[
        StructureOf, typer.Option(help="Count at the agencies of then, or at those that stand for them today.")
    ] = StructureOf.THEN,
    out: Annotated[Path | None, typer.Option(help="Write .xlsx or .json and keep the form as issued.")] = None,
    json: JsonOption = False,
) -> None:
    """Form II.06a (TT 01/2020/TT-VPCP): received, resolved and open dossiers by level and field."""
    from hub.reports import form
    from hub.reports.ii06a import draw, snapshot, to_json

    if out is not None and out.suffix not in (".xlsx", ".json"):
        raise typer.BadParameter(f"{out}: write .xlsx or .json", param_hint="--out")
    recorded = aware(as_recorded) if as_recorded else None
    with opened() as hub:
        with hub.warehouse.begin("bi") as connection:
            report = draw(
                connection,
                from_.date(),
                to.date(),
                as_of.date() if as_of else None,
                recorded,
                agency,
                period_kind.value,
                structure.value,
            )
        if out is not None:
            try:
                if out.suffix == ".xlsx":
                    form.write_xlsx(report, out)
                else:
                    out.write_text(to_json(report) + "\n", encoding="utf-8")
            except OSError as error:
                raise HubError(f"{out} cannot be written: {error.strerror}", "choose another file") from error
            with hub.warehouse.begin("matcher") as connection:
                number = snapshot(connection, report)
    if json:
        show_json(report)
    elif out is not None:
        say(f"{out}: {report.total.intake_total:,} dossiers, kept as report {number}")
    else:
        _draw(report)


def _draw(report: Report) -> None:
    say(f"II.06a · {report.period_name} ({report.period_from:%d/%m/%Y} – {report.period_to:%d/%m/%Y})")
    say(f"Đơn vị báo cáo: {report.reporter} · tính đến {report.as_of:%d/%m/%Y}")
    if report.structure == "today":
        say(
            f"Quy đổi theo cơ cấu hiện nay; {report.approximate:,} hồ sơ quy đổi gần đúng (cột quy_doi, bi.ii06a_ho_so)"
        )
    columns = ("STT", "Lĩnh vực", *(f"({number})" for number in range(3, 14)))
    rows = [(row.no, row.label, *astuple(row.figures)) for row in report.rows]
    show_table(columns, [*rows, ("", "Tổng cộng", *astuple(report.total))])
    say("(3)=(4)+(5)+(6) tiếp nhận: trực tuyến, trực tiếp và bưu chính, từ kỳ trước; (7)=(8)+(9)+(10) đã giải quyết:")
    say("trước hạn, đúng hạn, quá hạn; (11)=(12)+(13) đang giải quyết: trong hạn, quá hạn; (3)=(7)+(11)")
    repaired = sum(repair.dossiers for repair in report.repairs)
    if repaired:
        say(f"{repaired:,} hồ sơ được tính theo thời điểm hiệu dụng khác nguồn ghi (có trong tệp của --out)")


@app.command("overdue")
def overdue(
    from_: Annotated[datetime, typer.Option("--from", formats=_DAYS, help="First day of the period.")],
    to: Annotated[datetime, typer.Option("--to", formats=_DAYS, help="Last day of the period.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="Judge as of this day; --to by default.")
    ] = None,
    as_recorded: Annotated[
        datetime | None, typer.Option(formats=_MOMENTS, help="As the warehouse had it then; everything by default.")
    ] = None,
    rule: Annotated[str, typer.Option(help="ii06a_td_v1, qd766_dvcqg_v1, qd766_td_v1 or opencps_v1.")] = "ii06a_td_v1",
    structure: Annotated[
        StructureOf, typer.Option(help="List at the agencies of then, or at those that stand for them today.")
    ] = StructureOf.THEN,
    out: Annotated[Path | None, typer.Option(help="Write .xlsx.")] = None,
    json: JsonOption = False,
) -> None:
    """Overdue dossiers by a rule: finished late in the period, or open and late at its end."""
    from hub.reports.overdue import draw
    from hub.reports.overdue_form import write_xlsx

    if out is not None and out.suffix != ".xlsx":
        raise typer.BadParameter(f"{out}: write .xlsx", param_hint="--out")
    recorded = aware(as_recorded) if as_recorded else None
    with opened() as hub, hub.warehouse.begin("bi") as connection:
        report = draw(
            connection, from_.date(), to.date(), as_of.date() if as_of else None, recorded, rule, structure.value
        )
    if out is not None:
        write_xlsx(report, out)
    if json:
        show_json(report)
    elif out is not None:
        say(f"{out}: {len(report.rows):,} dossiers")
    else:
        _count(report)


def _count(report: Overdue) -> None:
    from hub.reports.overdue_form import COUNTED

    say(f"Hồ sơ quá hạn · {report.rule_id} · {report.period_from:%d/%m/%Y} – {report.period_to:%d/%m/%Y}")
    if report.structure == "today":
        say(f"Quy đổi theo cơ cấu hiện nay; {report.approximate:,} hồ sơ quy đổi gần đúng (cột quy_doi, bi.phan_quyet)")
    agencies = Counter((row.agency_code, row.agency_name) for row in report.rows)
    open_ = Counter((row.agency_code, row.agency_name) for row in report.rows if row.outcome == "overdue_open")
    rows = [(*agency, count - open_[agency], open_[agency]) for agency, count in agencies.items()]
    total = ("", "Tổng cộng", len(report.rows) - open_.total(), open_.total())
    show_table(("Mã cơ quan", COUNTED[report.structure], "Quá hạn", "Quá hạn, chưa xong"), [*rows, total])

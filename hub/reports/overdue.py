"""The list of overdue dossiers by one rule: those finished late in a period, and those open and late at its end.

Here: the rows, drawn as of any day and as recorded at any moment. Not here: the rules (`mart.verdicts`), the sheet
(`overdue_form.py`). Under rule ii06a_td_v1 the two parts are columns 10 and 13 of form II.06a over the same period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from hub.errors import HubError
from hub.reports.ii06a import ZONE, Structure
from hub.rules.overdue import RULES

APPROXIMATE = ("mac_dinh", "khong_ro")


@dataclass(frozen=True)
class Late:
    """An overdue dossier: `outcome` overdue or overdue_open; `late_minutes` working minutes, null without a due date.

    `basis` tells which time stands for the finish; `told_by` is the source whose values hold. `conversion` is the rule
    by which an agency of today stands for the receiver (`mart.conversion`), None where the receiver itself counts.
    """

    dossier_no: str | None
    agency_code: str
    agency_name: str
    procedure_code: str
    procedure_name: str | None
    outcome: str
    due_at: datetime | None
    finished_at: datetime | None
    late_minutes: int | None
    basis: str
    apology_count: int
    told_by: str | None
    conversion: str | None


@dataclass(frozen=True)
class Overdue:
    """A drawn list. Dates are local and inclusive; drawn again with the same `as_recorded` it is the same.

    `structure`: then lists at the agency that received, today at the one that stands for it on the hub's day.
    """

    rule_id: str
    period_from: date
    period_to: date
    as_of: date
    as_recorded: datetime | None
    data_cutoff: datetime | None
    drawn_at: datetime
    structure: Structure
    rows: tuple[Late, ...]

    @property
    def approximate(self) -> int:
        """Dossiers at a default successor, or at a dissolved agency, since no record tells who took them over."""
        return sum(row.conversion in APPROXIMATE for row in self.rows)


_ROWS = """
select v.dossier_no, a.agency_code, a.name as agency_name, v.procedure_code, p.name as procedure_name, f.outcome,
       f.due_at_used, f.finished_at_used, f.late_by, f.basis, v.apology_count, v.told_by, f.conversion
from mart.verdicts(%(rule)s, %(as_of)s::date, coalesce(%(recorded)s::timestamptz, 'infinity'), %(structure)s) f
join mart.dossier_version v on v.dossier_id = f.dossier_id
    and v.recorded_from <= coalesce(%(recorded)s::timestamptz, 'infinity')
    and (v.recorded_to = 'infinity' or v.recorded_to > %(recorded)s::timestamptz)
join mart.agency a on a.agency_id = f.agency_id
left join mart.procedure p on p.procedure_code = v.procedure_code
where f.outcome in ('overdue', 'overdue_open')
  and v.effective_received_on <= %(to)s::date
  and (f.outcome = 'overdue_open' or f.finished_at_used is null
       or coalesce(v.effective_finished_on, (f.finished_at_used at time zone 'Asia/Ho_Chi_Minh')::date)
          >= %(from)s::date)
order by a.sort_key, a.agency_code, f.outcome, f.due_at_used, v.dossier_no, v.dossier_id
"""
_CUTOFF = (
    "select max(recorded_from) from mart.dossier_version where recorded_from <= coalesce(%s::timestamptz, 'infinity')"
)


def draw(
    connection: psycopg.Connection[Any],
    period_from: date,
    period_to: date,
    as_of: date | None = None,
    as_recorded: datetime | None = None,
    rule_id: str = RULES[0],
    structure: Structure = "then",
) -> Overdue:
    """The overdue dossiers of a period by a rule, by agency in Vietnamese order; `as_of` is `period_to` by default.

    `structure`: at the agencies that received them, or at those that stand for these today, as in form II.06a.

    Raises HubError for a period that ends before it begins and for a rule that does not exist.
    """
    if period_to < period_from:
        raise HubError(f"the period ends on {period_to}, before it begins on {period_from}", "swap --from and --to")
    if rule_id not in RULES:
        raise HubError(f"there is no overdue rule {rule_id!r}", f"--rule takes {', '.join(RULES)}")
    day = as_of or period_to
    bound = {"rule": rule_id, "as_of": day, "recorded": as_recorded, "from": period_from, "to": period_to}
    bound |= {"structure": structure}
    rows = tuple(Late(*row) for row in connection.execute(_ROWS, bound).fetchall())
    found = connection.execute(_CUTOFF, (as_recorded,)).fetchone()
    now = connection.execute("select now()").fetchone()
    cutoff, drawn_at = (found[0] if found else None), (now[0] if now else datetime.now(ZONE))
    return Overdue(rule_id, period_from, period_to, day, as_recorded, cutoff, drawn_at, structure, rows)

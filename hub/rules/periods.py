"""Report periods: the dates between which a figure is counted.

Here: VPCP periods (NĐ 09/2019/NĐ-CP art. 12: from the 15th to the 14th) and calendar periods.
Not here: what is counted. Both ends are included; dates are those of Asia/Ho_Chi_Minh.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Literal

from hub.errors import HubError

PeriodKind = Literal["vpcp", "calendar"]

# Length in months of each period; those longer than a quarter start with the year and exist once in it.
MONTHS = {"month": 1, "quarter": 3, "six_months": 6, "nine_months": 9, "year": 12}


def period(kind: str, year: int, n: int = 1, period_kind: PeriodKind = "vpcp") -> tuple[date, date]:
    """First and last day of the `n`-th period of `year`, both included.

    `kind`: month (n 1..12), quarter (n 1..4), six_months, nine_months, year (n 1: they start with the year).
    A VPCP period runs from the 15th of the month before its first month to the 14th of its last month.
    Raises HubError for an unknown kind or an n that the year does not have.
    """
    months = MONTHS.get(kind)
    if months is None or period_kind not in ("vpcp", "calendar"):
        raise HubError(
            f"unknown period {kind!r} ({period_kind!r})",
            hint=f"kinds are {', '.join(MONTHS)}; period kinds are vpcp, calendar",
        )
    count = 12 // months if months <= 3 else 1
    if not 1 <= n <= count:
        raise HubError(f"{kind} {n} of {year} does not exist", hint=f"n runs from 1 to {count}")
    first, last = (n - 1) * months + 1, n * months
    if period_kind == "calendar":
        return date(year, first, 1), date(year, last, monthrange(year, last)[1])
    before = date(year, first - 1, 15) if first > 1 else date(year - 1, 12, 15)
    return before, date(year, last, 14)

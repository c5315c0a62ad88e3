"""Report periods by cases, and that neighbouring periods leave no gap and no overlap."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from hub.errors import HubError
from hub.rules.periods import PeriodKind, period


@pytest.mark.parametrize(
    ("kind", "n", "period_kind", "first", "last"),
    [
        ("month", 1, "vpcp", date(2024, 12, 15), date(2025, 1, 14)),
        ("month", 3, "vpcp", date(2025, 2, 15), date(2025, 3, 14)),
        ("quarter", 1, "vpcp", date(2024, 12, 15), date(2025, 3, 14)),
        ("quarter", 4, "vpcp", date(2025, 9, 15), date(2025, 12, 14)),
        ("six_months", 1, "vpcp", date(2024, 12, 15), date(2025, 6, 14)),
        ("nine_months", 1, "vpcp", date(2024, 12, 15), date(2025, 9, 14)),
        ("year", 1, "vpcp", date(2024, 12, 15), date(2025, 12, 14)),
        ("month", 2, "calendar", date(2025, 2, 1), date(2025, 2, 28)),
        ("quarter", 2, "calendar", date(2025, 4, 1), date(2025, 6, 30)),
        ("six_months", 1, "calendar", date(2025, 1, 1), date(2025, 6, 30)),
        ("nine_months", 1, "calendar", date(2025, 1, 1), date(2025, 9, 30)),
        ("year", 1, "calendar", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_period(kind: str, n: int, period_kind: PeriodKind, first: date, last: date) -> None:
    assert period(kind, 2025, n, period_kind) == (first, last)


@pytest.mark.parametrize("period_kind", ["vpcp", "calendar"])
@pytest.mark.parametrize(("kind", "count"), [("month", 12), ("quarter", 4), ("year", 1)])
def test_periods_follow_each_other(kind: str, count: int, period_kind: PeriodKind) -> None:
    spans = [period(kind, year, n, period_kind) for year in (2023, 2024) for n in range(1, count + 1)]
    assert all(last + timedelta(1) == following for (_, last), (following, _) in pairwise(spans))


@pytest.mark.parametrize(
    ("kind", "n", "period_kind"),
    [("month", 13, "vpcp"), ("quarter", 0, "vpcp"), ("six_months", 2, "vpcp"), ("week", 1, "vpcp"), ("year", 1, "tet")],
)
def test_what_does_not_exist_is_refused(kind: str, n: int, period_kind: PeriodKind) -> None:
    with pytest.raises(HubError):
        period(kind, 2025, n, period_kind)

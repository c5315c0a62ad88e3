"""What became of each fault: collected from the tests, printed at the end of the session in the catalogue's order.

Here: the lines and their count. Not here: faults. They travel as properties of test reports, so that they are
printed whatever process a test ran in, and also when it failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass

import pytest

from tests.faults.catalogue import place

PROPERTY = "fault"


@dataclass(frozen=True)
class Account:
    """How often a fault was injected, noticed and healed, and how many records were missing afterwards."""

    name: str
    injected: int
    noticed: int
    healed: int
    lost: int

    def __str__(self) -> str:
        counts = f"injected {self.injected} noticed {self.noticed} healed {self.healed} lost {self.lost}"
        return f"fault {self.name} {counts}"

    def judge(self) -> None:
        """Fails unless every fault was noticed and healed and nothing was lost."""
        assert self.injected > 0
        assert (self.noticed, self.healed, self.lost) == (self.injected, self.injected, 0), str(self)


def accounts(reports: Iterator[pytest.TestReport]) -> list[Account]:
    """What the reports hold, in the catalogue's order."""
    found = {
        Account(*value)  # type: ignore[misc]
        for report in reports
        for name, value in report.user_properties
        if name == PROPERTY
    }
    return sorted(found, key=lambda account: place(account.name)[1])


def properties(account: Account) -> tuple[str, tuple[object, ...]]:
    """An account as a property of a test's report."""
    return PROPERTY, astuple(account)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The section at the end of a session that struck anything."""
    reports = (
        report for found in terminalreporter.stats.values() for report in found if isinstance(report, pytest.TestReport)
    )
    told = accounts(reports)
    if not told:
        return
    terminalreporter.section("faults")
    for account in told:
        terminalreporter.write_line(str(account))
    families = Counter(place(account.name)[0] for account in told)
    parts = ", ".join(f"{family} {count}" for family, count in families.items())
    terminalreporter.write_line(f"{len(told)} kinds of fault ({parts})")

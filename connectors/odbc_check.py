"""The connection test of a SQL source, line by line.

Here: what is tried and what is said about it. Not here: how anything is asked (`odbc_session`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from connectors.contract import Check
from connectors.errors import Secrets, SourceError
from connectors.odbc_errors import installing
from connectors.odbc_session import Session, driver_manager, skew_s
from connectors.odbc_source import OdbcStream
from connectors.patience import Budget

SKEW_S = 120.0


def checks(
    session: Session,
    secrets: Secrets,
    probe: OdbcStream | None,
    columns: Callable[[OdbcStream], list[tuple[str, str]]],
    first_page: Callable[[OdbcStream], None],
) -> list[Check]:
    """One line per thing tried, until the first that others stand on fails."""
    source, dialect = session.source, session.dialect
    budget = Budget(source.clock, source.budget_s)

    def said(sql: str) -> str:
        return str(session.ask("check", sql, (), budget, lambda cursor: cursor.fetchval()))

    def driver() -> str:
        known = driver_manager().drivers()
        if source.driver not in known and not Path(source.driver).is_file():
            raise SourceError(f"the ODBC driver {source.driver} is not installed", installing(source))
        return source.driver

    def login() -> str:
        session.login(budget)
        return "accepted, for reading alone"

    def spelled(stream: OdbcStream) -> str:
        return ", ".join(f"{name} {kind}" for name, kind in columns(stream))

    def page(stream: OdbcStream) -> str:
        first_page(stream)
        return f"page 1 of {stream.name} was read"

    def tried(name: str, attempt: Callable[[], str]) -> Check:
        try:
            return Check(name, True, secrets.redact(attempt()))
        except SourceError as error:
            error.redact(secrets)
            return Check(name, False, error.message, error.hint)

    lines: list[Check] = []
    for name, attempt in (("driver", driver), ("login", login)):
        lines.append(tried(name, attempt))
        if not lines[-1].ok:
            return lines
    lines.append(tried("server", lambda: said(dialect.version)))
    lines.append(_clock(tried("clock", lambda: said(dialect.clock)), source.clock.wall()))
    if probe is not None:
        lines.append(tried("columns", lambda: spelled(probe)))
        if lines[-1].ok:
            lines.append(tried("page", lambda: page(probe)))
    return lines


def _clock(told: Check, ours: datetime) -> Check:
    """Our clock against the source's, which was asked for its time in UTC."""
    skew = skew_s(told.detail, ours) if told.ok else None
    if skew is None:
        return told
    hint = "set the clock right, or make the lag of the streams longer than the difference"
    fine = abs(skew) <= SKEW_S
    return Check("clock", fine, f"our clock is {skew:+.0f} s from the source's", "" if fine else hint)

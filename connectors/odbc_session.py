"""One connection to a SQL system: read-only, with a time limit on everything, opened again after a cut.

Here: login, session settings, time-outs, retries within the budget of a pull. Not here: which statements
(`odbc_statements`), what their rows mean (`odbc_rows`). Statements commit by themselves, so no transaction of ours is
ever open between two of them and no clerk waits for one. A refused login is never repeated: many systems lock an
account after a few.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from connectors.errors import OverBudget, Refused, Secrets, SourceError, Unreachable
from connectors.odbc_dialects import DIALECTS
from connectors.odbc_errors import translated
from connectors.odbc_source import OdbcSource, connection_string
from connectors.odbc_wire import Wire
from connectors.patience import Budget

if TYPE_CHECKING:
    import pyodbc

log = logging.getLogger("connectors.odbc")
T = TypeVar("T")
Parameters = Sequence[str | int]
_PORTS = {"postgres": 5432, "mariadb": 3306}  # whose drivers have no time-out of their own
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
_GRACE = 1.25  # how much longer than the server, which is asked first to end a query by itself


def driver_manager() -> ModuleType:
    """pyodbc, which cannot be imported where the system has no driver manager. Raises Refused with the line for it."""
    try:
        import pyodbc
    except ImportError:
        raise Refused(
            "the ODBC driver manager is missing", "install it: apt-get install -y --no-install-recommends unixodbc"
        ) from None
    pyodbc.pooling = False  # a pooled connection comes back with the settings of whoever had it before
    library: ModuleType = pyodbc
    return library


class Session:
    """The connection of one source, one statement at a time."""

    def __init__(self, source: OdbcSource, secrets: Secrets) -> None:
        self.source = source
        self.dialect = DIALECTS[source.dialect]
        self._secrets = secrets
        secrets.learn(source.password)
        secrets.learn_named(source.parameters)
        self._connection: pyodbc.Connection | None = None
        self._refused: Refused | None = None
        self.skew_s: float | None = None  # our clock minus the source's, by its answer at login
        named = {name.upper(): value for name, value in source.parameters.items()}
        port = named.get("PORT", "")
        known = int(port) if port.isdecimal() else _PORTS.get(source.dialect)
        self._wire = Wire(named.get("SERVER", ""), known if source.dialect in _PORTS else None)

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except driver_manager().Error as error:
                log.debug("%s: closing: %s", self.source.name, type(error).__name__)

    def give_up(self, budget: Budget) -> None:
        """End a running query at once: its reader has gone."""
        budget.given_up.set()
        self._wire.cut()

    def ask(self, what: str, sql: str, parameters: Parameters, budget: Budget, read: Callable[[pyodbc.Cursor], T]) -> T:
        """What `read` makes of the rows of a statement, after retries. Raises SourceError without secrets."""
        return self._patiently(what, budget, lambda seconds: self._execute(sql, parameters, seconds, read))

    def login(self, budget: Budget) -> None:
        """Open the connection if it is not. Raises SourceError."""
        self._patiently("login", budget, lambda seconds: self._open(seconds) and None)

    def _patiently(self, what: str, budget: Budget, attempt_within: Callable[[float], T]) -> T:
        source = self.source
        for attempt in count(1):
            try:
                if self._refused is not None:
                    raise Refused(self._refused.message, self._refused.hint)
                with source.limiter:
                    left = budget.left_s()
                    if left <= 0:
                        raise OverBudget(f"the {source.budget_s:g} s of the pull are over")
                    return attempt_within(left)
            except SourceError as error:
                problem = error
            if isinstance(problem, Unreachable):
                self.close()
            problem.message = f"{source.name}, {what}: {problem.message}"
            problem.redact(self._secrets)
            last = attempt >= source.retry.attempts or budget.given_up.is_set()
            if isinstance(problem, OverBudget) or not problem.retryable or last:
                raise problem
            wait = source.retry.wait_s(attempt, source.clock.chance())
            if wait >= budget.left_s():
                raise OverBudget(f"{problem.message}; the pull's time is over before the next attempt", problem.hint)
            log.warning("%s; attempt %d, next in %.1f s", problem.message, attempt, wait)
            budget.pause(wait)
        raise AssertionError("count() never ends")

    def _execute(self, sql: str, parameters: Parameters, left_s: float, read: Callable[[pyodbc.Cursor], T]) -> T:
        library = driver_manager()
        connection = self._open(left_s)
        seconds = min(self.source.query_timeout_s * _GRACE, left_s)
        failure: SourceError | None = None
        with self._wire.at_most(seconds) as deadline:
            try:
                cursor = connection.cursor()
                try:
                    cursor.execute(sql, *parameters)
                    answer = read(cursor)
                finally:
                    cursor.close()
                if not deadline.passed:
                    return answer
            except library.Error as error:
                failure = translated(error, self.source)
        if deadline.passed:
            raise Unreachable(f"no whole answer within {seconds:.3g} s", "raise the time-out or ask for smaller pages")
        assert failure is not None
        raise failure

    def _open(self, left_s: float) -> pyodbc.Connection:
        if self._connection is not None:
            return self._connection
        library, source = driver_manager(), self.source
        seconds = min(source.login_timeout_s, left_s)
        try:
            with self._wire.opening(seconds) as deadline:
                connection = library.connect(connection_string(source), autocommit=True, timeout=max(1, round(seconds)))
                self._connection = connection
                self._settle(connection)
            return connection
        except library.Error as error:
            failure = translated(error, source, opening=True)
        self.close()
        if deadline.passed:
            raise Unreachable(f"no login within {seconds:.3g} s", "check host, port and network")
        if isinstance(failure, Refused):
            self._refused = Refused(failure.message, failure.hint)
        raise failure

    def _settle(self, connection: pyodbc.Connection) -> None:
        """Read-only, read committed, and a server that ends a query of ours when its time is over."""
        library = driver_manager()
        seconds = self.source.query_timeout_s
        try:
            connection.timeout = max(1, round(seconds))
        except library.Error:
            log.debug("%s: the driver has no time-out for queries", self.source.name)
        if self.dialect.narrow:
            # This driver cuts the ends off wide texts, in answers and in statements; bytes of UTF-8 it leaves alone.
            for kind in (library.SQL_CHAR, library.SQL_WCHAR):
                connection.setdecoding(kind, encoding="utf-8")
            connection.setencoding(encoding="utf-8", ctype=library.SQL_CHAR)
        filled = {"ms": max(1, round(seconds * 1000)), "s": f"{seconds:g}"}
        for statement in self.dialect.session:
            connection.execute(statement.format(**filled)).close()
        for statement in self.dialect.tolerated:
            try:
                connection.execute(statement.format(**filled)).close()
            except library.ProgrammingError:
                log.debug("%s: unknown to this version: %s", self.source.name, statement.partition("=")[0])
            except library.Error as error:
                if "1193" not in str(error):  # unknown system variable
                    raise
        self.skew_s = skew_s(str(connection.execute(self.dialect.clock).fetchval()), self.source.clock.wall())


def skew_s(told: str, ours: datetime) -> float | None:
    """Our clock minus the source's, in seconds; `told` is its time in UTC, None when it tells none."""
    found = _MOMENT.match(told)
    return (ours - datetime.fromisoformat(found[1]).replace(tzinfo=UTC)).total_seconds() if found else None

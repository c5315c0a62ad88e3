"""The one door to the warehouse: which server, which role, which transaction.

Here: opening the embedded or the managed server, transactions under a named role, advisory locks.
Not here: migrations (`migrate.py`), staging and MERGE (`staging.py`, `merge.py`), any table name.

Every piece of work runs as the role it needs (`loader`, `matcher`, `steward`, `bi`, `owner`), by SET LOCAL ROLE
inside its transaction, so that a mistake in one station cannot reach another's tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from hub.errors import HubError
from hub.settings import Settings
from hub.warehouse import embedded

Role = Literal["owner", "loader", "matcher", "steward", "bi"]
FLOOR = 150000
# One writer of core: every core run holds this lock until its transaction ends.
CORE_LOCK = "hub.core.writer"


def lock_key(name: str) -> int:
    """A signed 64-bit advisory lock key for a name; equal in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


@dataclass
class Warehouse:
    """A warehouse that can be reached at `url`. Cheap to make; connects when first used; safe between threads."""

    url: str = field(repr=False)
    pool_size: int = 20
    patience_s: float = 30  # for a free connection
    _engine: sa.Engine | None = field(default=None, repr=False)

    @classmethod
    def open(cls, settings: Settings) -> Warehouse:
        """The managed server of HUB_WAREHOUSE_URL, else the embedded one, started if needed."""
        if settings.warehouse_url:
            return cls(settings.warehouse_url)
        server = embedded.ensure_running(Path(settings.home), database=settings.database, pg_bin=settings.pg_bin)
        return cls(server.url)

    @property
    def parts(self) -> URL:
        return make_url(self.url)

    @property
    def database(self) -> str:
        return self.parts.database or "hub"

    def engine(self) -> sa.Engine:
        """The SQLAlchemy engine; the session speaks UTF-8 and shows times in Asia/Ho_Chi_Minh."""
        if self._engine is None:
            self._engine = sa.create_engine(
                self.parts.set(drivername="postgresql+psycopg"),
                pool_size=self.pool_size,
                max_overflow=0,
                pool_pre_ping=True,
                pool_timeout=self.patience_s,
                connect_args={
                    "application_name": "hub",
                    "connect_timeout": 10,
                    "prepare_threshold": None,  # a plan made for one batch is wrong for the next
                    "options": "-c timezone=Asia/Ho_Chi_Minh -c client_encoding=UTF8 -c temp_buffers=64MB",
                },
            )
        return self._engine

    def role(self, role: Role) -> str:
        """The name of a role in this database: `hub` and `loader` give `hub_loader`."""
        return f"{self.database}_{role}"

    @contextmanager
    def begin(self, role: Role | None = None) -> Iterator[psycopg.Connection[Any]]:
        """A transaction on a psycopg connection, as `role` if given; commits at the end, rolls back on an error.

        Raises HubError when the server cannot be reached, refuses the password or goes away; then nothing was written.
        """
        try:
            pooled = self.engine().raw_connection()
        except sa.exc.TimeoutError as error:
            raise HubError(
                f"no free connection to the warehouse within {self.patience_s:g} s (pool of {self.pool_size})",
                "another command holds them: look at `hub status`, or wait and run again",
            ) from error
        except (sa.exc.DBAPIError, psycopg.Error) as error:
            raise self._unreachable(error) from error
        try:
            connection = pooled.driver_connection
            assert connection is not None
            with connection.transaction():
                if role is not None:
                    connection.execute(f'set local role "{self.role(role)}"')
                yield connection
        except psycopg.OperationalError as error:
            if connection is None or not connection.broken:
                raise
            raise self._lost() from error
        finally:
            pooled.close()

    @contextmanager
    def session(self, role: Role) -> Iterator[psycopg.Connection[Any]]:
        """A connection of one's own in autocommit, for session locks and many small reads; closed at the end.

        Raises HubError like `begin`.
        """
        plain = self.parts.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            connection = psycopg.connect(plain, autocommit=True, connect_timeout=10, application_name="hub")
        except psycopg.Error as error:
            raise self._unreachable(error) from error
        try:
            with connection:
                connection.execute(f'set role "{self.role(role)}"')
                yield connection
        except psycopg.OperationalError as error:
            if not connection.broken:
                raise
            raise self._lost() from error

    def _lost(self) -> HubError:
        return HubError(
            f"the connection to the warehouse at {self._where} broke off",
            "run again when the server is back: nothing of this step was written, nothing is lost",
        )

    @property
    def _where(self) -> str:
        return f"{self.parts.host}:{self.parts.port or 5432}/{self.parts.database}"

    def _unreachable(self, error: Exception) -> HubError:
        parts, text, where = self.parts, str(error), self._where
        if "password authentication failed" in text or "no password supplied" in text:
            return HubError(
                f"the warehouse at {where} refused user {parts.username}", "mend the password in HUB_WAREHOUSE_URL"
            )
        if "does not exist" in text:
            return HubError(
                f"the warehouse at {where} has no such database or user", "create it, or mend HUB_WAREHOUSE_URL"
            )
        if "too many clients" in text or "remaining connection slots" in text:
            return HubError(
                f"the warehouse at {where} has no free connection", "raise max_connections or stop other clients"
            )
        return HubError(f"the warehouse at {where} cannot be reached", "is the server running? `hub doctor` checks it")

    def version(self) -> int:
        """The server's version number, e.g. 150018. Raises HubError below PostgreSQL 15."""
        with self.begin() as connection:
            found = connection.info.server_version
        if found < FLOOR:
            raise HubError(
                f"the warehouse runs PostgreSQL {found // 10000}; 15 or newer is needed", "upgrade the server"
            )
        return found

    def close(self) -> None:
        """Give all connections back. The embedded server goes on running: `hub warehouse stop` stops it."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def favour_indexes(connection: psycopg.Connection[Any]) -> None:
    """Let this transaction find its few rows by index, whatever the size of the tables.

    A load looks up thousands of rows in tables of millions whose hot part is in memory; with the usual cost of a
    random page the planner reads the whole table instead, and an increment would grow with the warehouse. What is read
    whole after all is read in its own order: a page costs the same either way.
    """
    connection.execute("set local random_page_cost = 0.1; set local seq_page_cost = 0.1")


def widen(connection: psycopg.Connection[Any]) -> None:
    """Four times the memory for each sort and hash of this transaction, of which only one runs at a time."""
    connection.execute(
        "select set_config('work_mem', 4 * setting::int || 'kB', true) from pg_settings where name = 'work_mem'"
    )


def lock(connection: psycopg.Connection[Any], name: str) -> None:
    """Wait for the advisory lock `name`; it is held until the transaction ends."""
    connection.execute("select pg_advisory_xact_lock(%s)", (lock_key(name),))


def try_lock(connection: psycopg.Connection[Any], name: str) -> bool:
    """Take the advisory lock `name` if it is free; held until the transaction ends."""
    row = connection.execute("select pg_try_advisory_xact_lock(%s)", (lock_key(name),)).fetchone()
    return bool(row and row[0])

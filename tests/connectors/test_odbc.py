"""The conformance suite over ODBC: three real servers, each through its real driver."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.connectors.conformance import ConnectorContract
from tests.connectors.served import Fault
from tests.connectors.served_odbc import ServedOdbc

# SQL has no friendly status; a keyset does not shift; what a count counts is what the same rows are.
NEVER = frozenset({Fault.ERROR_BODY, Fault.SHORT_TOTAL, Fault.SHIFT})


class TestPostgres(ConnectorContract):
    not_applicable: ClassVar[frozenset[Fault]] = NEVER
    holds_nul: ClassVar[bool] = False

    @pytest.fixture
    def served(self, served_postgres: ServedOdbc) -> ServedOdbc:
        return served_postgres


class TestMariaDb(ConnectorContract):
    not_applicable: ClassVar[frozenset[Fault]] = NEVER

    @pytest.fixture
    def served(self, served_mariadb: ServedOdbc) -> ServedOdbc:
        return served_mariadb


class TestSqlite(ConnectorContract):
    # A file has no wire that could be cut or fall silent; a locked one is a test of its own.
    not_applicable: ClassVar[frozenset[Fault]] = NEVER | {Fault.CUT, Fault.SLOW}

    @pytest.fixture
    def served(self, served_sqlite: ServedOdbc) -> ServedOdbc:
        return served_sqlite
